# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages as if restored: the verdict, the right one of several, links for kmods."""
import pathlib
import shlex

import program
import trees
from program import codes, fault, rescue, rescue_json
from test_hardware import PVSCSI, VMXNET, VMXNET3, finding, machine
from test_third_party import modules

ANY_RESOLVER = True
SMALL = ("--allow-unsigned", "--yes")
OLD, NEW = "6.1.0-1.x86_64", "6.1.0-2.x86_64"
ORDER = "search updates extra built-in weak-updates\n"


def el_root(directory, *options):
    root = program.small_root(directory, *options)
    (root / "etc/depmod.d").mkdir(exist_ok=True)
    (root / "etc/depmod.d/dist.conf").write_text(ORDER)
    return root


def third_party(root, release, fits=True):
    """Somebody's own module in extra/ of that release; fits: into these kernels."""
    tree = pathlib.Path(program.lab("lab_kernel", "small"))
    data = bytearray(next(tree.rglob("dummy.ko")).read_bytes())
    if not fits:  # the CRC of the layout lies right before its name
        data[data.index(b"module_layout\0") - 8] ^= 0xff
    path = root / f"lib/modules/{release}/extra/mine/mine.ko"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(data))


def offer(root, *words, code):
    return rescue_json("verify", "--root", root, "--package", program.small_rpms(), *words,
                       code=code)["systems"][0]


def test_a_package_is_judged_as_if_restored(directory):
    root = program.small_root(directory, "state=broken")
    before = trees.manifest(root)
    system = offer(root, "--hardware", machine(directory, VMXNET3), "--all-modules", code=0)
    assert system["verdict"] == "bootable", system["findings"]
    assert system["hardware"][0]["verdict"] == "driven"
    assert len(system["modules"]) > 50
    assert {m["verdict"] for m in system["modules"]} == {"loads"}
    system = offer(root, "--hardware", machine(directory, VMXNET), code=1)
    assert system["verdict"] == "degraded"
    assert finding(system, "network-undriven")["kernel"] == NEW
    text = rescue("verify", "--root", root, "--package", program.small_rpms(), code=0).out
    assert f"As if kernel {NEW} had been restored" in text
    trees.assert_equal(before, trees.manifest(root))
    # Afterwards it is so.
    rescue("restore", "--root", root, program.small_rpms(), *SMALL, code=0)
    found = rescue_json("verify", "--root", root, code=0)["systems"][0]
    assert found["verdict"] == "bootable"


def test_offered_beside_what_is_there(directory):
    root = program.small_root(directory)
    system = offer(root, "--kernel", NEW, code=0)
    assert system["verdict"] == "bootable"
    # What the system has in extra/ stays, and is judged against the offered kernel.
    third_party(root, NEW, fits=False)
    found = finding(offer(root, code=1), "module-symbol-version")
    assert found["subject"].endswith("extra/mine/mine.ko")


def test_packages_that_cannot_be_judged(directory):
    root = program.small_root(directory, "state=broken")
    bad = program.bad_rpms()
    fault("verify", "--root", root, "--package", bad / "incomplete", code=2,
          name="INCOMPLETE-SET")
    fault("verify", "--root", root, "--package", bad / "two", "--kernel", "9.9", code=2,
          name="NO-KERNEL-IN-PACKAGE")
    wrong = rescue_json("verify", "--root", root, "--package", bad / "aarch64",
                        code=1)["systems"][0]
    assert wrong["verdict"] == "unbootable"
    assert "aarch64" in finding(wrong, "package-incompatible")["message"]
    fault("restore", "--root", root, bad / "aarch64", *SMALL, code=2, name="WRONG-ARCH")
    plan = rescue_json("restore", "--root", root, bad / "aarch64", "--allow-unsigned",
                       "--allow-incompatible", "--dry-run")
    assert plan["fault"] is None and plan["plan"]["operations"], plan


def test_the_set_whose_third_party_modules_load(directory):
    root = program.small_root(directory, "state=broken")  # no weak-updates here
    two = program.bad_rpms() / "two"
    plan = rescue_json("restore", "--root", root, two, "--allow-unsigned", "--dry-run")
    assert plan["plan"]["release"] == NEW  # the newest, and the one that the log names
    third_party(root, OLD)
    plan = rescue_json("restore", "--root", root, two, "--allow-unsigned", "--dry-run")
    assert plan["plan"]["release"] == OLD
    text = rescue("restore", "--root", root, two, "--allow-unsigned", "--dry-run").out
    assert f"with kernel {OLD} the system's third-party modules load" in text
    plan = rescue_json("restore", "--root", root, two, "--allow-unsigned", "--dry-run",
                       "--release", NEW)
    assert plan["plan"]["release"] == NEW


def stale_driver(root, name):
    """In extra/ of the newer release: where that is restored it hides the good one."""
    tree = pathlib.Path(program.lab("lab_kernel", "small"))
    data = bytearray(next(tree.rglob(f"{name}.ko")).read_bytes())
    data[data.index(b"module_layout\0") - 8] ^= 0xff
    path = root / f"lib/modules/{NEW}/extra/{name}.ko"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(data))


def chosen(root, *words):
    return rescue("restore", "--root", root, program.bad_rpms() / "two", "--allow-unsigned",
                  "--dry-run", *words).out


def test_the_set_that_drives_the_network_card(directory):
    root = el_root(directory, "state=broken")
    stale_driver(root, "vmxnet3")
    path = machine(directory, f"{VMXNET3} 0000:0b:00.0", PVSCSI)
    text = chosen(root, "--hardware", path)
    assert f"kernel {OLD} drives the network card of this machine" in text, text
    text = chosen(root)  # the machine is not known
    assert f"kernel {NEW} is the one that the system had" in text, text
    # Whoever wants the other one is told, with the command that takes this one.
    two = program.bad_rpms() / "two"
    words = ("verify", "--root", root, "--package", two, "--hardware",
             machine(directory, f"{VMXNET3} 0000:0b:00.0", PVSCSI), "--kernel", NEW)
    found = finding(rescue_json(*words, code=1)["systems"][0], "network-undriven")
    assert f"; kernel {OLD} of the packages drives it" in found["message"], found
    command = shlex.split(found["remedy"])
    assert command[-2:] == ["--release", OLD] and str(two) in command, command
    plan = rescue_json(*command[1:], "--allow-unsigned", "--dry-run")
    assert plan["plan"]["release"] == OLD and plan["fault"] is None
    assert f"  run: {found['remedy']}\n" in rescue(*words, code=1).out


def test_the_set_that_drives_the_disk(directory):
    root = el_root(directory, "state=broken")
    stale_driver(root, "vmw_pvscsi")
    path = machine(directory, VMXNET3, f"{PVSCSI} 0000:03:00.0")
    text = chosen(root, "--hardware", path)
    assert f"kernel {OLD} gets this system to its root here" in text, text
    system = rescue_json("verify", "--root", root, "--package", program.bad_rpms() / "two",
                         "--hardware", path, code=0)["systems"][0]
    assert system["verdict"] == "bootable"
    assert {h["kernel"] for h in system["hardware"]} == {OLD}
    system = rescue_json("verify", "--root", root, "--package", program.bad_rpms() / "two",
                         "--hardware", path, "--kernel", NEW, code=1)["systems"][0]
    assert system["verdict"] == "unbootable"
    assert finding(system, "storage-undriven")["remedy"].endswith(f" --release {OLD}")


def links(plan):
    return [op["path"] for op in plan["operations"]
            if op["op"] == "link" and "weak-updates" in op["path"]]


def weak_updates(root, *packages):
    """Planned, made, indexed; nothing the second time; undone byte for byte."""
    before = trees.manifest(root)
    done = rescue_json("restore", "--root", root, *packages, *SMALL, code=0)
    assert links(done["plan"]) == [f"/lib/modules/{NEW}/weak-updates/mine/mine.ko"]
    link = modules(root) / "weak-updates/mine/mine.ko"
    assert str(link.readlink()) == f"/lib/modules/{OLD}/extra/mine/mine.ko"
    assert "weak-updates/mine/mine.ko:" in (modules(root) / "modules.dep").read_text()
    found = rescue_json("verify", "--root", root, code=0)["systems"][0]
    judged = {m["path"]: m["verdict"] for m in found["modules"]}
    assert judged[f"/lib/modules/{NEW}/weak-updates/mine/mine.ko"] == "loads", judged
    again = rescue_json("restore", "--root", root, *packages, *SMALL, code=0)
    assert not again["applied"], again["plan"]
    rescue("undo", "--root", root, "--yes", code=0)
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


def test_kmods_of_other_releases_are_linked(directory):
    root = el_root(directory, "state=broken")
    third_party(root, OLD)
    weak_updates(root, program.small_rpms())


def test_kmods_are_linked_without_packages(directory):
    root = el_root(directory)
    third_party(root, OLD)
    weak_updates(root)


def test_a_dangling_link_is_replaced(directory):
    root = el_root(directory)
    third_party(root, OLD)
    link = modules(root) / "weak-updates/mine/mine.ko"
    link.parent.mkdir(parents=True)
    link.symlink_to("/lib/modules/5.0/extra/mine/mine.ko")
    assert "weak-update-dangling" in \
        codes(rescue_json("verify", "--root", root, code=1)["systems"][0]["findings"])
    weak_updates(root)


def test_no_links_where_depmod_does_not_look(directory):
    root = program.small_root(directory)
    third_party(root, OLD)
    done = rescue_json("restore", "--root", root, *SMALL, code=0)
    assert not done["applied"] and done["plan"]["operations"] == []


def test_kmods_that_do_not_fit_are_not_linked(directory):
    root = el_root(directory)
    third_party(root, OLD, fits=False)
    done = rescue_json("restore", "--root", root, *SMALL, code=0)
    assert not done["applied"] and done["plan"]["operations"] == []
