# SPDX-License-Identifier: GPL-2.0-or-later
"""One thing wrong with a healthy system at a time: its finding, and what mends it."""
import shlex

import program
from program import codes, rescue, rescue_json
from test_hardware import finding
from test_third_party import modules

ANY_RESOLVER = True


def verify(root, *words, code):
    return rescue_json("verify", "--root", root, *words, code=code)["systems"][0]


def test_an_index_that_names_files_that_are_gone(directory):
    root = program.small_root(directory)
    path, = modules(root).rglob("vmxnet3.ko")
    path.unlink()
    system = verify(root, code=1)
    found = finding(system, "modules-incomplete")
    assert found["message"].startswith("1 module that "), found
    assert "vmxnet3.ko" in found["message"] and system["verdict"] == "degraded"
    kernel, = rescue_json("inventory", "--root", root, code=1)["systems"][0]["kernels"]
    assert kernel["state"] == "bootable" and kernel["modules"]["state"] == "incomplete"
    screen = rescue("--root", root, code=1).out
    assert "bring these packages" in screen and "kernel-modules-" in screen, screen
    # The packages are in the system's own cache: the command is there, and mends it.
    cache = root / "var/cache/dnf/base-1/packages"
    cache.mkdir(parents=True)
    for rpm in program.small_rpms().glob("*.rpm"):
        (cache / rpm.name).write_bytes(rpm.read_bytes())
    found = finding(verify(root, code=1), "modules-incomplete")
    assert found["remedy"], found
    command = shlex.split(found["remedy"])
    done = rescue_json(*command[1:], "--allow-unsigned", "--yes", code=0)
    assert done["applied"] and done["verdict"] == "bootable", done["findings"]
    assert path.exists() and "modules-incomplete" not in codes(verify(root, code=0)["findings"])


def test_a_module_is_gone_that_mounts_what_fstab_names(directory):
    root = program.small_root(directory)
    table = root / "etc/fstab"
    path, = modules(root).rglob("vfat.ko")
    table.write_text(table.read_text() + "/dev/vdb1 /srv vfat defaults 0 2\n")
    path.unlink()
    system = verify(root, code=1)
    assert "/srv cannot be mounted without" in finding(system, "modules-incomplete")["message"]
    assert system["verdict"] == "unbootable"
    table.write_text(table.read_text().replace("vfat defaults", "vfat nofail"))
    assert verify(root, code=1)["verdict"] == "degraded"


def test_selinux_without_its_policy(directory):
    root = program.small_root(directory)
    entry, = (root / "boot/loader/entries").glob("*.conf")
    config = root / "etc/selinux/config"
    config.write_text("SELINUX=enforcing\nSELINUXTYPE=permissive\n")
    entry.write_text(entry.read_text().replace("options ", "options security=selinux "))
    system = verify(root, code=1)
    assert '("targeted" is)' in finding(system, "selinux-policy-missing")["message"]
    assert system["verdict"] == "unbootable"
    config.write_text("SELINUX=enforcing\nSELINUXTYPE=targeted\n")
    assert verify(root, code=0)["verdict"] == "bootable"


def test_a_symbol_that_nobody_exports(directory):
    root = program.small_root(directory)
    good, = modules(root).rglob("dummy.ko")
    data = good.read_bytes()
    assert data.count(b"alloc_netdev_mqs\0") or data.count(b"register_netdevice\0")
    stale = modules(root) / "extra/other.ko"
    stale.parent.mkdir()
    stale.write_bytes(data.replace(b"register_netdevice\0", b"register_netdevicX\0"))
    system = verify(root, code=1)
    found = finding(system, "module-unknown-symbol")
    assert "unknown symbol register_netdevicX" in found["message"], found
    judged = {m["path"]: m for m in system["modules"]}[found["subject"]]
    assert (judged["verdict"], judged["reason"]) == ("refused", "symbol-missing")
    assert system["verdict"] == "degraded"


def test_where_the_symbols_are_from(directory):
    """The image, the list beside it, the modules: each taken away in turn."""
    root = program.small_root(directory)
    release = program.release()
    for path in (f"/boot/vmlinuz-{release}", f"/lib/modules/{release}/symvers.gz"):
        found = finding(verify(root, code=None), "symbols-source")
        assert found["subject"] == path and found["severity"] == "info", (path, found)
        assert int(found["message"].split(": ")[1].split()[0]) > 5000, found
        (root / path[1:]).unlink()
        (modules(root) / "vmlinuz").unlink(missing_ok=True)
    for link in root.glob("boot/symvers-*"):
        link.unlink()
    found = finding(verify(root, code=None), "symbols-source")
    assert found["subject"] is None and "agree on" in found["message"], found
    for path in (modules(root) / "kernel").rglob("*.ko"):
        path.write_bytes(b"")
    found = finding(verify(root, code=None), "symbols-source")
    assert found["message"].startswith("nothing tells"), found
    assert "symbols-source" not in rescue("--root", root).out


def test_a_damaged_environment_block(directory):
    root = program.small_root(directory)
    path = root / "boot/grub2/grubenv"
    path.write_bytes(b"saved_entry=what\n" + bytes(1007))
    found = finding(verify(root, code=0), "grubenv-damaged")
    assert found["severity"] == "warning" and found["subject"] == "/boot/grub2/grubenv"


def test_an_entry_that_names_what_is_gone(directory):
    root = program.small_root(directory)
    entry, = (root / "boot/loader/entries").glob("*.conf")
    broken = entry.with_name("a" + entry.name)
    broken.write_text(entry.read_text().replace("/vmlinuz-", "/gone-"))
    system = verify(root, code=0)
    found = finding(system, "entry-broken")
    assert "gone-" in found["message"] and found["subject"] == broken.stem, found
    # The kernel starts by another one: no repair would touch this, and none is offered.
    assert found["severity"] == "warning" and not found["remedy"], found
    assert system["verdict"] == "bootable"
