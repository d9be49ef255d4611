# SPDX-License-Identifier: GPL-2.0-or-later
"""Third-party modules: which file counts, what a stale one hides, dangling links, owners."""
import program
from program import codes, rescue_json
from test_hardware import VMXNET3, finding, machine

OTHER = "6.1.0-1.x86_64"


def el_root(directory):
    root = program.small_root(directory)
    (root / "etc/depmod.d").mkdir(exist_ok=True)
    (root / "etc/depmod.d/dist.conf").write_text("search updates extra built-in weak-updates\n")
    return root


def modules(root):
    return root / "lib/modules" / program.release()


def stale(root, place, name="vmxnet3.ko"):
    """The in-tree module, as if built for a kernel with other symbol versions."""
    good, = (modules(root) / "kernel").rglob(name)
    data = bytearray(good.read_bytes())
    # __versions: the 4 bytes of a CRC stand right before the name of the layout.
    at = data.index(b"module_layout\0") - 8
    data[at] ^= 0xff
    path = modules(root) / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(data))
    return path


def verify(root, *words, code):
    return rescue_json("verify", "--root", root, *words, code=code)["systems"][0]


def test_a_stale_module_shadows_the_good_one(directory):
    root = el_root(directory)
    stale(root, "extra/vmxnet3.ko")
    system = verify(root, "--hardware", machine(directory, VMXNET3), code=1)
    found = finding(system, "module-shadows")
    assert found["subject"] == f"/lib/modules/{program.release()}/extra/vmxnet3.ko"
    assert "kernel/drivers/net/vmxnet3/vmxnet3.ko" in found["message"]
    assert system["hardware"][0]["verdict"] == "shadowed"
    assert "hides" in finding(system, "network-undriven")["message"]
    assert system["verdict"] == "degraded"


def test_where_depmod_looks_last_nothing_is_hidden(directory):
    root = el_root(directory)
    stale(root, "weak-updates/vmxnet3.ko")
    system = verify(root, "--hardware", machine(directory, VMXNET3), code=1)
    assert "module-shadows" not in codes(system["findings"])
    assert system["hardware"][0]["verdict"] == "driven"
    assert "module-symbol-version" in codes(system["findings"])


def test_an_override_makes_it_count(directory):
    root = el_root(directory)
    stale(root, "weak-updates/x/vmxnet3.ko")
    (root / "etc/depmod.d/x.conf").write_text("override vmxnet3 * weak-updates/x\n")
    assert "module-shadows" in codes(verify(root, code=1)["findings"])


def test_a_dangling_weak_update(directory):
    root = el_root(directory)
    link = modules(root) / "weak-updates/a/a.ko"
    link.parent.mkdir(parents=True)
    link.symlink_to(f"/lib/modules/{OTHER}/extra/a/a.ko")
    system = verify(root, code=1)
    found = finding(system, "weak-update-dangling")
    assert f"/lib/modules/{OTHER}/extra/a/a.ko" in found["message"]
    assert system["verdict"] == "degraded"
    judged, = system["modules"]
    assert judged["verdict"] == "refused" and judged["reason"] == "format"
    # A link that leads to its target in the root, absolute as it is, is a module like any.
    good, = (modules(root) / "kernel").rglob("dummy.ko")
    real = root / f"lib/modules/{OTHER}/extra/a/a.ko"
    real.parent.mkdir(parents=True)
    real.write_bytes(good.read_bytes())
    assert "weak-update-dangling" not in codes(verify(root, code=0)["findings"])


def test_whose_module_it_is(directory):
    root = el_root(directory)
    stale(root, "extra/vmxnet3.ko")
    (root / "etc/vmware-tools").mkdir()
    (root / "etc/vmware-tools/locations").write_text(
        f"file /lib/modules/{program.release()}/extra/vmxnet3.ko 1\n")
    text = finding(verify(root, code=1), "module-shadows")["message"]
    assert f"VMware Tools" in text and f"vmware-config-tools.pl -d -k {program.release()}" in text
    (root / "var/lib/dkms/v/1.0/6.1/x86_64/module").mkdir(parents=True)
    (root / "var/lib/dkms/v/1.0/6.1/x86_64/module/vmxnet3.ko").write_text("")
    text = finding(verify(root, code=1), "module-symbol-version")["message"]
    assert "DKMS (v 1.0), as /var/lib/dkms tells" in text, text
    assert f"dkms install v/1.0 -k {program.release()}" in text, text
    # With no trace of its own it is left to the database, which is not read.
    stale(root, "updates/dummy.ko", "dummy.ko")
    (root / "var/lib/rpm").mkdir(parents=True, exist_ok=True)
    text = [f["message"] for f in verify(root, code=1)["findings"] if "dummy" in (f["subject"] or "")]
    assert f"rpm -qf /lib/modules/{program.release()}/updates/dummy.ko" in text[0], text
