# SPDX-License-Identifier: GPL-2.0-or-later
"""Dirty and hibernated systems: looked at as they are, written only when that is safe."""
import subprocess

import program
import trees
from program import codes, fault, rescue, rescue_json

SMALL = ("--allow-unsigned", "--yes")
PROVISIONAL = "The plan is provisional"


def make_dirty(image):
    program.lab("lab_dirty", image, program.lab("lab_small_offset", "root"))
    return trees.digest(image)


def test_dirty_restore_and_undo(directory):
    program.need_root()
    image = program.small_disk(directory, "state=broken")
    rpms = program.small_rpms()
    before = make_dirty(image)
    plan = rescue("restore", "--image", image, rpms, "--allow-unsigned", "--dry-run", code=0)
    assert PROVISIONAL in plan.out, plan
    asked = rescue("restore", "--image", image, rpms, "--allow-unsigned", code=2)
    assert PROVISIONAL in asked.out and "(CONFIRMATION-NEEDED)" in asked.err, asked
    planned = rescue_json("restore", "--image", image, rpms, "--allow-unsigned", "--dry-run")
    assert "filesystem-dirty" in codes(planned["findings"]), planned["findings"]
    assert trees.digest(image) == before, "looking replayed the journal"
    done = rescue("restore", "--image", image, rpms, *SMALL, code=0)
    assert PROVISIONAL not in done.out and "Applied as" in done.out, done

    before = make_dirty(image)
    listed, = rescue_json("history", "--image", image, code=0)["transactions"]
    assert listed["state"] == "committed", listed
    assert "committed" in rescue("history", "--image", image, code=0).out
    shown = rescue("undo", "--image", image, "--dry-run", code=0)
    assert PROVISIONAL in shown.out, shown
    assert trees.digest(image) == before, "looking replayed the journal"
    undone = rescue("undo", "--image", image, "--yes", code=0)
    assert PROVISIONAL not in undone.out, undone

    make_dirty(image)
    left = rescue_json("history", "--image", image, "--forget", listed["id"], code=0)
    assert left["transactions"] == [], left
    empty = rescue("history", "--image", image, code=0)
    assert "No repair was made" in empty.out, empty
    fault("history", "--image", image, "--forget", listed["id"], code=2, name="ENOENT")


def hibernate(image):
    """A partition for swap at the end, which holds the memory of the stopped machine."""
    with open(image, "r+b") as file:
        end = file.seek(0, 2)
        file.truncate(end + (8 << 20))
    subprocess.run(["sfdisk", "-q", "--append", image], input=f"{end // 512},8192,82\n",
                   check=True, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(image, "r+b") as file:
        file.seek(end + 4096 - 10)
        file.write(b"S1SUSPEND\0")


def test_hibernated(directory):
    program.need_root()
    image = program.small_disk(directory, "state=broken", "label=mbr")
    rpms = program.small_rpms()
    rescue("restore", "--image", image, rpms, *SMALL, code=0)
    done, = rescue_json("history", "--image", image, code=0)["transactions"]
    hibernate(image)
    before = trees.digest(image)
    rescue("verify", "--image", image, code=0)
    scope = ("--image", image)
    fault("undo", *scope, "--yes", code=2, name="HIBERNATED")
    fault("undo", *scope, "--dry-run", code=2, name="HIBERNATED")
    fault("history", *scope, "--forget", done["id"], code=2, name="HIBERNATED")
    assert trees.digest(image) == before


def test_hibernated_and_broken(directory):
    program.need_root()
    image = program.small_disk(directory, "state=broken", "label=mbr")
    hibernate(image)
    before = trees.digest(image)
    for last in ("--yes", "--dry-run"):
        document = rescue_json("restore", "--image", image, program.small_rpms(),
                               "--allow-unsigned", last, code=2)
        assert document["fault"]["code"] == "HIBERNATED", document["fault"]
        assert document["fault"]["state"] == "unchanged", document["fault"]
        assert document["plan"]["operations"], "the plan is shown all the same"
        assert not document["applied"]
    assert trees.digest(image) == before


def test_read_only_image(directory):
    """What cannot be written is looked at all the same, history too."""
    program.need_root()
    image = program.small_disk(directory, "state=broken")
    rescue("restore", "--image", image, program.small_rpms(), *SMALL, code=0)
    done, = rescue_json("history", "--image", image, code=0)["transactions"]
    subprocess.run(["chattr", "+i", image], check=False, stderr=subprocess.DEVNULL)
    try:
        with open(image, "r+b"):
            raise program.Skipped("this file system has no immutable files")
    except PermissionError:
        listed, = rescue_json("history", "--image", image, code=0)["transactions"]
        assert listed == done, listed
        fault("history", "--image", image, "--forget", done["id"], code=2, name="EPERM")
        fault("undo", "--image", image, "--yes", code=2, name="EPERM")
    finally:
        subprocess.run(["chattr", "-i", image], check=False, stderr=subprocess.DEVNULL)
