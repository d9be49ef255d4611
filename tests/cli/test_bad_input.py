# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: one clear message, the right exit code, nothing changed."""
import os
import shutil
import subprocess

import program
import trees
from program import bad_rpms, fault, rescue, rescue_json

UNCHANGED = "  state: nothing was changed"


def refused(directory, operand, name, *more, options=("state=broken",)):
    root = program.small_root(directory, *options)
    before = trees.manifest(root)
    result = fault("restore", "--root", root, operand, "--yes", "--allow-unsigned", *more,
                   code=2, name=name)
    assert UNCHANGED in result.err, result
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))
    return result


def test_no_system(directory):
    (directory / "empty").mkdir()
    image = directory / "empty.img"
    with open(image, "wb") as file:
        file.truncate(8 << 20)
    if os.geteuid() == 0:
        assert rescue_json("locate", "--image", image, code=0)["systems"] == []
        for command in ("inventory", "verify", "restore", "undo", "history"):
            fault(command, "--image", image, code=2, name="NO-SYSTEM")
        fault("--image", image, code=2, name="NO-SYSTEM")
        other = directory / "other.img"
        other.write_bytes(b"QFI\xfb".ljust(1 << 20, b"\0"))
        hint = fault("--image", other, code=2, name="NO-SYSTEM").err
        assert f"run: qemu-img convert -f qcow2 -O raw {other}" in hint, hint


def test_several_systems(directory):
    program.need_root()
    one = program.small_disk(directory, "name=one", name="one.img")
    two = program.small_disk(directory, "name=two", name="two.img")
    scope = ("--image", one, "--image", two)
    ids = [s["id"] for s in rescue_json("locate", *scope, code=0)["systems"]]
    assert len(set(ids)) == 2
    for command in ("inventory", "verify", "restore", "undo", "history"):
        result = fault(command, *scope, code=2, name="AMBIGUOUS-SYSTEM")
        assert ids[0] in result.err and ids[1] in result.err
    assert rescue_json("inventory", *scope, ids[1], code=0)["systems"][0]["id"] == ids[1]
    assert rescue_json("verify", "--system", ids[0], *scope, code=0)["systems"][0]["id"] == \
        ids[0]
    assert len(rescue_json(*scope, code=0)["systems"]) == 2


def test_clones(directory):
    program.need_root()
    one = program.small_disk(directory, name="one.img")
    two = directory / "two.img"
    shutil.copy(one, two)
    systems = rescue_json("locate", "--image", one, "--image", two)["systems"]
    assert len(systems) == 2 and systems[1]["id"] == systems[0]["id"] + ".2"


def test_unknown_system(directory):
    root = program.small_root(directory)
    result = rescue("inventory", "--root", root, "--system", "nobody", code=2)
    assert "(NO-SYSTEM)" in result.err
    fault("inventory", "--root", root, "nobody", code=64, name="USAGE")


def test_not_a_package(directory):
    refused(directory, bad_rpms() / "text.rpm", "NOT-A-PACKAGE")


def test_truncated_package(directory):
    rpms = directory / "rpms"
    shutil.copytree(program.small_rpms(), rpms)
    core = next(rpms.glob("kernel-core-*.rpm"))
    core.write_bytes((bad_rpms() / "truncated.rpm").read_bytes())
    root = program.small_root(directory, "state=broken")
    before = trees.manifest(root)
    result = rescue("restore", "--root", root, rpms, "--yes", "--allow-unsigned", code=2)
    assert UNCHANGED in result.err, result
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


def test_corrupt_package(directory):
    rpms = directory / "rpms"
    shutil.copytree(program.small_rpms(), rpms)
    core = next(rpms.glob("kernel-core-*.rpm"))
    core.write_bytes((bad_rpms() / "corrupt.rpm").read_bytes())
    refused(directory, rpms, "BAD-DIGEST")


def test_other_architecture(directory):
    refused(directory, bad_rpms() / "aarch64", "WRONG-ARCH")


def test_no_kernel_in_package(directory):
    refused(directory, bad_rpms() / "no-kernel", "NO-KERNEL-IN-PACKAGE")


def test_incomplete_set(directory):
    result = refused(directory, bad_rpms() / "incomplete", "INCOMPLETE-SET")
    assert "kernel-modules-core" in result.err, result


def test_directory_without_packages(directory):
    refused(directory, bad_rpms() / "empty", "NOT-A-PACKAGE")


def test_operand_that_is_not_there(directory):
    refused(directory, directory / "no-such.rpm", "ENOENT")


def test_unsigned(directory):
    root = program.small_root(directory, "state=broken")
    result = fault("restore", "--root", root, program.small_rpms(), "--yes", code=2,
                   name="UNSIGNED")
    assert "--allow-unsigned" in result.err and UNCHANGED in result.err


def test_release_that_no_package_holds(directory):
    refused(directory, program.small_rpms(), "NO-KERNEL-IN-PACKAGE", "--release", "1.2.3")


def test_nothing_whole_and_no_package(directory):
    root = program.small_root(directory, "state=broken")
    result = fault("restore", "--root", root, "--yes", code=2, name="ENOENT")
    assert "kernel-core-" in result.err, result


def test_no_confirmation_possible(directory):
    root = program.small_root(directory, "state=broken")
    before = trees.manifest(root)
    document = rescue_json("restore", "--root", root, program.small_rpms(),
                           "--allow-unsigned", code=2)
    assert document["fault"]["code"] == "CONFIRMATION-NEEDED"
    assert document["plan"]["operations"], "the plan is part of the answer"
    result = rescue("restore", "--root", root, program.small_rpms(), "--allow-unsigned", code=2)
    assert "Restore kernel" in result.out and UNCHANGED in result.err
    trees.assert_equal(before, trees.manifest(root))


def test_something_in_the_way(directory):
    """What is there is of another kind than what is to take its place: nothing is moved."""
    ways = [("usr/lib/modules/6.1.0-2.x86_64", lambda path: path.symlink_to("/etc/passwd"),
             "ENOTDIR"),
            ("usr/lib/modules/6.1.0-2.x86_64", lambda path: path.write_text("x"), "ENOTDIR"),
            ("boot/vmlinuz-6.1.0-2.x86_64", lambda path: path.mkdir(), "EISDIR")]
    for n, (name, put, code) in enumerate(ways):
        (directory / str(n)).mkdir()
        root = program.small_root(directory / str(n), "state=broken")
        (root / name).parent.mkdir(exist_ok=True)
        put(root / name)
        before = trees.manifest(root)
        for how in ("--dry-run", "--yes"):
            result = fault("restore", "--root", root, program.small_rpms(),
                           "--allow-unsigned", how, code=2, name=code)
            assert "out of the way" in result.err and UNCHANGED in result.err, result
            trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


def test_boot_full(directory):
    program.need_root()
    image = program.small_disk(directory, "state=broken", "bootsize=24")
    before = rescue_json("inventory", "--image", image)["systems"]
    result = fault("restore", "--image", image, program.small_rpms(), "--allow-unsigned",
                   "--yes", code=2, name="NO-SPACE")
    assert "/boot needs" in result.err and UNCHANGED in result.err, result
    assert rescue_json("inventory", "--image", image)["systems"] == before


def test_read_only_image(directory):
    program.need_root()
    image = program.small_disk(directory, "state=broken")
    subprocess.run(["mount", "--bind", image, image], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", image, image], check=True)
        before = trees.digest(image)
        rescue("inventory", "--image", image, code=1)
        result = fault("restore", "--image", image, program.small_rpms(), "--allow-unsigned",
                       "--yes", code=2, name="EROFS")
        assert UNCHANGED in result.err
        assert trees.digest(image) == before
    finally:
        subprocess.run(["umount", image], check=True)


def test_read_only_tree(directory):
    program.need_root()
    mounted = directory / "mounted"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", mounted], check=True)
    try:
        root = program.small_root(mounted, "state=broken")
        subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
        rescue("inventory", "--root", root, code=1)
        result = fault("restore", "--root", root, program.small_rpms(), "--allow-unsigned",
                       "--yes", code=2, name="EROFS")
        assert UNCHANGED in result.err
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_unmounted_boot(directory):
    root = program.small_root(directory, "boot=separate")
    shutil.rmtree(root / "boot")
    (root / "boot").mkdir()
    for command in ("locate", "inventory", "verify", "restore"):
        result = fault(command, "--root", root, code=2, name="BOOT-NOT-MOUNTED")
        assert "mount" in result.err


def test_fstab_names_what_is_not_there(directory):
    program.need_root()
    image = program.small_disk(directory, "boot=separate")
    offset = int(program.lab("lab_small_offset", "root", "boot=separate"))
    fstab = directory / "fstab"
    text = subprocess.run(["debugfs", "-R", "cat /etc/fstab", f"{image}?offset={offset}"],
                          capture_output=True, text=True, check=True).stdout
    lines = [line.replace(line.split()[0], "UUID=00000000-dead-beef-0000-000000000000")
             if len(line.split()) > 1 and line.split()[1] == "/boot" else line
             for line in text.splitlines()]
    fstab.write_text("\n".join(lines) + "\n")
    subprocess.run(["debugfs", "-w", "-f", "-", f"{image}?offset={offset}"], check=True,
                   input=f"rm /etc/fstab\nwrite {fstab} /etc/fstab\n", text=True,
                   capture_output=True)
    found = rescue_json("locate", "--image", image, code=1)["systems"][0]
    assert found["state"] == "incomplete"
    assert any("dead-beef" in f["message"] for f in found["findings"]), found["findings"]
    before = trees.digest(image)
    result = fault("restore", "--image", image, "--yes", code=2, name="BOOT-NOT-MOUNTED")
    assert UNCHANGED in result.err
    assert trees.digest(image) == before


def test_no_privilege(directory):
    program.need_root()
    image = program.small_disk(directory)
    binary = directory / "rescue"
    shutil.copy(program.RESCUE, binary)
    os.chmod(binary, 0o755)
    os.chmod(image, 0o644)
    saved, program.RESCUE = program.RESCUE, str(binary)
    try:
        fault("locate", "--image", image, code=2, name="NEEDS-PRIVILEGE", user=65534)
        fault("locate", code=2, name="NEEDS-PRIVILEGE", user=65534)
    finally:
        program.RESCUE = saved


def test_garbage_images(directory):
    program.need_root()
    noise = directory / "noise.img"
    noise.write_bytes(os.urandom(1 << 20))
    assert rescue_json("locate", "--image", noise)["systems"] == []
    whole = program.small_disk(directory)
    short = directory / "short.img"
    short.write_bytes(whole.read_bytes()[:40 << 20])
    assert rescue("locate", "--image", short).code in (0, 1)
    rescue("locate", "--image", directory / "no-such.img", code=2)
    rescue("locate", "--image", directory, code=2)
    rescue("locate", "--root", directory / "no-such", code=2)
    rescue("locate", "--root", noise, code=2)


def test_usage(directory):
    cases = [("no-such-command",), ("--no-such-option",), ("--root",), ("locate", "--release"),
             ("--root", "a", "--image", "b"), ("--image", "b", "--device", "c"),
             ("restore", "--default", "--keep-default"), ("restore", "--initramfs", "x"),
             ("initramfs", "--root", "/"), ("package",), ("locate", "--yes"),
             ("--quiet", "--verbose")]
    for words in cases:
        result = rescue(*words, code=64)
        assert result.err.startswith("rescue: cannot understand the command line: "), result
        assert "(USAGE)" in result.err
        assert rescue_json(*words, code=64)["fault"]["code"] == "USAGE"
    del directory


def test_control_bytes_do_not_reach_the_terminal(directory):
    root = program.small_root(directory)
    entry, = (root / "boot/loader/entries").glob(f"*-{program.release()}.conf")
    text = entry.read_text().replace("title ", "title \x1b[31m\x07")
    entry.write_text(text)
    for words in ((), ("inventory",), ("verify",), ("locate",)):
        result = rescue(*words, "--root", root)
        assert "\x1b" not in result.out and "\x07" not in result.out
        assert "\x1b" not in result.err
