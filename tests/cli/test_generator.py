# SPDX-License-Identifier: GPL-2.0-or-later
"""--initramfs dracut, on trees whose dracut is a script: what it makes, and what it may not."""
import os
import pathlib
import shutil

import generators
import program
import trees
from program import fault, rescue, rescue_json

V = program.release
OWN = ("--allow-unsigned", "--initramfs", "dracut")


def patient(directory, script, names=None, *options):
    """A broken system with that dracut; names: of its image, which is /image."""
    program.need_root()
    root = program.small_root(directory, "state=broken", *options)
    generators.add_shell(root)
    module = f"usr/lib/modules/{V()}/kernel/fs/ext4/ext4.ko"
    (root / "image").write_bytes(generators.newc(names or ["init", "usr/bin/sh", module]))
    dracut = root / "usr/bin/dracut"
    dracut.write_text(f"#!/bin/sh\n# --no-hostonly\n{script}\n", encoding="ascii")
    dracut.chmod(0o755)
    return root


def made(root):
    return root / f"boot/initramfs-{V()}.img"


def refused(root, name, *words):
    """It fails so, and nothing is left of it."""
    before = trees.manifest(root)
    result = fault("restore", "--root", root, *words, "--yes", program.small_rpms(),
                   code=2, name=name)
    assert "state: nothing was changed" in result.err, result
    trees.assert_equal(before, trees.manifest(root))
    return result.err


def test_own_generator(directory):
    root = patient(directory, 'echo "called $*"; cat /image >"/tmp/initramfs.img"\n'
                   f'[ -f /lib/modules/{V()}/modules.dep ] && echo indexed\n'
                   f'[ -s /boot/config-{V()} ] && echo configured')
    before = trees.manifest(root)
    scope = ("--root", root)
    shown = rescue("restore", *scope, *OWN, "--dry-run", program.small_rpms(), code=0)
    assert "the system's own /usr/bin/dracut makes it" in shown.out, shown
    trees.assert_equal(before, trees.manifest(root))
    done = rescue_json("restore", *scope, *OWN, "--yes", program.small_rpms(), code=0)
    assert done["applied"] and done["verdict"] == "bootable", done
    assert made(root).read_bytes() == (root / "image").read_bytes()
    assert made(root).stat().st_mode & 0o777 == 0o600
    room = root / ".rescue" / done["transaction"]
    log = (room / "log").read_text()
    assert f"called -f --no-hostonly /tmp/initramfs.img {V()}\n" in log, log
    assert "indexed\nconfigured\n" in log, log
    assert "scratch" not in os.listdir(room), os.listdir(room)
    rescue("undo", *scope, "--yes", code=0)
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


def test_writing_elsewhere(directory):
    root = patient(directory, "for place in / /etc /boot /usr/bin /lib/modules /dev; do\n"
                   "(echo x >$place/left-behind) 2>/dev/null && echo wrote $place\n"
                   "done; echo y >/tmp/left-behind; echo z >/run/left-behind\n"
                   "cat /image >/tmp/initramfs.img")
    done = rescue_json("restore", "--root", root, *OWN, "--yes", program.small_rpms(), code=0)
    assert done["applied"], done
    left = [str(path) for path in pathlib.Path(root).rglob("left-behind")]
    assert left == [], left
    log = (root / ".rescue" / done["transaction"] / "log").read_text()
    assert "wrote" not in log, log


def test_failing(directory):
    root = patient(directory, "echo first; echo 'dracut: FAILED: \x1b[31m no'; exit 4")
    error = refused(root, "EIO", *OWN)
    assert "it failed with exit status 4" in error, error
    assert "  | first\n" in error and "\x1b" not in error, error


def test_useless(directory):
    cases = [(["init", "usr/bin/sh"], "no driver for this root's file system (ext4)"),
             (["init", "lib/modules/4.0/kernel/ext4.ko"], "modules of kernel 4.0"),
             (["usr/bin/sh", f"lib/modules/{V()}/ext4.ko"], "it holds no /init")]
    for number, (names, reason) in enumerate(cases):
        (directory / str(number)).mkdir()
        root = patient(directory / str(number), "cat /image >/tmp/initramfs.img", names)
        error = refused(root, "EBADMSG", *OWN)
        assert reason in error, error


def test_none_there(directory):
    root = patient(directory, ":")
    (root / "usr/bin/dracut").unlink()
    error = refused(root, "ENOENT", *OWN)
    assert "neither dracut nor mkinitrd" in error and "--initramfs builtin" in error, error


def test_another_architecture(directory):
    root = patient(directory, ":")
    for name in ("usr/sbin/init", "usr/bin/sh"):
        elf = bytearray(pathlib.Path(shutil.which("cat")).read_bytes()[:64])
        elf[18:20] = (183).to_bytes(2, "little")
        (root / name).write_bytes(elf)
    before = trees.manifest(root)
    result = rescue("restore", "--root", root, *OWN, "--yes", program.small_rpms())
    assert result.code == 2 and ("aarch64" in result.err), result
    trees.assert_equal(before, trees.manifest(root))


def test_without_privilege(directory):
    root = patient(directory, ":")
    binary = directory / "rescue"
    shutil.copy(program.RESCUE, binary)
    binary.chmod(0o755)
    os.chmod(directory, 0o755)
    saved, program.RESCUE = program.RESCUE, str(binary)
    try:
        document = rescue_json("restore", "--root", root, *OWN, "--yes", user=65534, code=2)
    finally:
        program.RESCUE = saved
    assert document["fault"]["code"] == "NEEDS-PRIVILEGE", document["fault"]


def test_root_not_reachable(directory):
    root = patient(directory, "cat /image >/tmp/initramfs.img")
    for options, reason in (("root=UUID=1 rd.luks.uuid=luks-2", "LUKS"),
                            ("root=nfs:192.0.2.1:/srv", "NFS"),
                            ("root=UUID=1 netroot=iscsi:@192.0.2.1", "iSCSI"),
                            ("root=UUID=1 fips=1", "fips=1")):
        error = refused(root, "ROOT-NOT-REACHABLE", "--allow-unsigned", "--options", options)
        assert reason in error, error
        assert "--initramfs dracut runs the system's own /usr/bin/dracut" in error, error
    # A generator that makes no use of them has not understood.
    error = refused(root, "EBADMSG", *OWN, "--options", "root=UUID=1 rd.luks.uuid=luks-2")
    assert "cannot open an encrypted device" in error, error
