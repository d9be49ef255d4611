# SPDX-License-Identifier: GPL-2.0-or-later
"""restore and undo: the story on trees and images, twice, and back again."""
import os
import shutil

import program
import trees
from program import rescue, rescue_json

SMALL = ("--allow-unsigned", "--yes")


def assert_boots(*scope):
    verdict = rescue_json("verify", *scope, code=0)["systems"][0]
    assert verdict["verdict"] == "bootable", verdict["findings"]
    return verdict


def restore_tree(directory, generation, *options):
    """Broken → restored → again nothing → undone byte for byte."""
    root = program.small_root(directory, "state=broken", f"generation={generation}", *options)
    rpms = program.small_rpms(generation)
    before = trees.manifest(root)
    broken = rescue_json("verify", "--root", root, code=1)["systems"][0]
    assert broken["verdict"] == "unbootable"
    plan = rescue_json("restore", "--root", root, rpms, "--allow-unsigned", "--dry-run", code=0)
    trees.assert_equal(before, trees.manifest(root))
    done = rescue_json("restore", "--root", root, rpms, *SMALL, code=0)
    assert done["applied"] and done["verdict"] == "bootable", done
    assert done["plan"]["operations"] == plan["plan"]["operations"], \
        "the dry run showed another plan"
    assert_boots("--root", root)
    restored = trees.manifest(root)
    again = rescue_json("restore", "--root", root, rpms, *SMALL, code=0)
    assert not again["applied"] and again["plan"]["operations"] == [], again["plan"]
    trees.assert_equal(restored, trees.manifest(root))
    undone = rescue_json("undo", "--root", root, "--yes", code=0)
    assert undone["transactions"][0]["state"] == "undone"
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))
    history = rescue_json("history", "--root", root, code=0)["transactions"]
    assert [t["state"] for t in history] == ["undone"]
    rescue("history", "--root", root, "--forget", done["transaction"], code=0)
    trees.assert_equal(before, trees.manifest(root))


def test_tree_el9(directory):
    restore_tree(directory, "el9")


def test_tree_el9_split_usr_boot_in_root(directory):
    restore_tree(directory, "el9", "usr=split", "boot=none")


def test_tree_el8(directory):
    restore_tree(directory, "el8")


def test_tree_el8_split_usr(directory):
    restore_tree(directory, "el8", "usr=split")


def test_tree_without_privilege(directory):
    program.need_root()
    root = program.small_root(directory, "state=broken")
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            os.lchown(os.path.join(folder, name), 65534, 65534)
    os.chown(root, 65534, 65534)
    rpms = directory / "rpms"
    shutil.copytree(program.small_rpms(), rpms)
    binary = directory / "rescue"
    shutil.copy(program.RESCUE, binary)
    os.chmod(binary, 0o755)
    before = trees.manifest(root)
    saved, program.RESCUE = program.RESCUE, str(binary)
    try:
        done = rescue_json("restore", "--root", root, rpms, *SMALL, user=65534, code=0)
        assert done["applied"] and done["verdict"] == "bootable"
        assert "owner" in done["stderr"]
        rescue("undo", "--root", root, "--yes", user=65534, code=0)
    finally:
        program.RESCUE = saved
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


def restore_image(directory, *options):
    program.need_root()
    image = program.small_disk(directory, "state=broken", *options)
    rpms = program.small_rpms()
    before = trees.digest(image)
    assert rescue_json("verify", "--image", image, code=1)["systems"][0]["verdict"] == \
        "unbootable"
    rescue("--image", image, code=1)
    rescue("restore", "--image", image, rpms, "--allow-unsigned", "--dry-run", code=0)
    assert trees.digest(image) == before, "looking wrote to the image"
    done = rescue_json("restore", "--image", image, rpms, *SMALL, code=0)
    assert done["applied"] and done["verdict"] == "bootable", done["findings"]
    whole = trees.digest(image)
    assert_boots("--image", image)
    assert trees.digest(image) == whole, "looking wrote to the image"
    again = rescue_json("restore", "--image", image, rpms, *SMALL, code=0)
    assert not again["applied"]
    rescue("undo", "--image", image, "--yes", code=0)
    assert rescue_json("verify", "--image", image, code=1)["systems"][0]["verdict"] == \
        "unbootable"


def test_image_gpt(directory):
    restore_image(directory)


def test_image_mbr_boot_in_root_ext3(directory):
    restore_image(directory, "label=mbr", "boot=none", "fs=ext3")


def test_image_mbr_ext2_split_usr(directory):
    restore_image(directory, "label=mbr", "fs=ext2", "bootfs=ext2", "usr=split")


def test_selinux_labels(directory):
    program.need_root()
    root = program.small_root(directory, "state=broken")
    release = program.release()
    rescue("restore", "--root", root, program.small_rpms(), *SMALL, code=0)
    try:
        label = os.getxattr(root / f"boot/vmlinuz-{release}", "security.selinux")
    except OSError as error:
        raise program.Skipped("this file system stores no SELinux labels") from error
    assert label.rstrip(b"\0").endswith(b":boot_t:s0"), label
    module = root / f"lib/modules/{release}/modules.dep"
    assert b"modules_dep_t" in os.getxattr(module, "security.selinux") or \
        b"modules_object_t" in os.getxattr(module, "security.selinux")


def test_payloads_of_every_compression(directory):
    for payload in ("zstd", "xz", "gzip", "bzip2", "lzma"):
        (directory / payload).mkdir()
        root = program.small_root(directory / payload, "state=broken")
        rpms = program.small_rpms("el9", f"payload={payload}")
        done = rescue_json("restore", "--root", root, rpms, *SMALL, code=0)
        assert done["verdict"] == "bootable", payload


def test_text_shows_the_plan_and_the_verdict(directory):
    root = program.small_root(directory, "state=broken")
    result = rescue("restore", "--root", root, program.small_rpms(), *SMALL, code=0)
    assert f"Restore kernel {program.release()}" in result.out
    assert "it will boot." in result.out, result
