# SPDX-License-Identifier: GPL-2.0-or-later
"""Systems damaged at random: whatever is broken, looking writes nothing, a repair ends as
it says, and undo gives back what was there. $RESCUE_DAMAGES: how many (seeds from 0)."""
import functools
import os
import pathlib
import random
import shutil

import program
import trees
from program import rescue_json

ANY_RESOLVER = True
COUNT = int(os.environ.get("RESCUE_DAMAGES", "6"))
FIRST = int(os.environ.get("RESCUE_DAMAGE", "0"))
GENERATIONS = ["el9", "el8", "el7", "el6", "el5", "suse"]
PLACES = ["boot", "boot/*", "boot/vmlinuz*", "boot/init*", "boot/grub*/*", "boot/grub*",
          "boot/loader/entries", "boot/loader/entries/*", "etc/fstab", "etc/os-release",
          "etc/machine-id", "etc/default/grub", "etc/grub*", "etc/kernel/*",
          "{lib}/modules/*", "{lib}/modules/*/*", "{lib}/modules/*/modules.*",
          "{lib}/modules/*/kernel/**/*.ko*", "usr/lib/os-release", "etc/selinux/config",
          "etc/sysconfig/*", "etc/modprobe.d/*", "etc/depmod.d/*", "sbin/init"]


def remove(path, rng):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def cut(path, rng):
    if path.is_file():
        os.truncate(path, rng.choice([0, 1, 511, path.stat().st_size // 2]))


def overwrite(path, rng):
    if path.is_file():
        size = path.stat().st_size
        with open(path, "r+b") as file:
            for _ in range(rng.choice([1, 3, 64])):
                file.seek(rng.randrange(size + 1))
                file.write(rng.randbytes(rng.choice([1, 16])))


def garbage(path, rng):
    if path.is_file():
        path.write_bytes(rng.randbytes(rng.choice([10, 1024, 100000])))


def replace(put):
    def damaged(path, rng):
        remove(path, rng)
        put(path)
    return damaged


DAMAGES = [remove, remove, remove, cut, overwrite, garbage, replace(lambda p: p.mkdir()),
           replace(os.mkfifo), replace(lambda p: p.symlink_to(p.name)),
           replace(lambda p: p.symlink_to("/nowhere")),
           replace(lambda p: p.symlink_to("../../../../../../etc/passwd")),
           replace(lambda p: p.write_text("")),
           lambda p, rng: p.is_symlink() or p.chmod(0)]


def damage(root, rng):
    """What was done, in words."""
    done = []
    library = "usr/lib" if (root / "lib").is_symlink() else "lib"
    for _ in range(rng.choice([1, 1, 2, 3, 5])):
        found = sorted(root.glob(rng.choice(PLACES).format(lib=library)))
        if found:
            path = rng.choice(found)
            index = rng.randrange(len(DAMAGES))
            DAMAGES[index](path, rng)
            done.append(f"{index} {path.relative_to(root)}")
    return done


def look(root, before):
    for command in ("locate", "inventory", "verify", "diagnose", "history"):
        words = [] if command == "diagnose" else [command]
        document = rescue_json(*words, "--root", root)
        assert document["exit"] in (0, 1, 2), document
        if document["exit"] == 2:
            assert document["fault"], document
        trees.assert_equal(before, trees.manifest(root))


def repair(root, rpms, before):
    words = ("restore", "--root", root, *rpms, "--allow-unsigned")
    plan = rescue_json(*words, "--dry-run")
    trees.assert_equal(before, trees.manifest(root))
    done = rescue_json(*words, "--yes")
    assert done["exit"] in (0, 1, 2, 3), done
    if not done["applied"]:
        assert done["exit"] == plan["exit"], (plan, done)
        trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))
        return done
    assert done["plan"]["operations"] == plan["plan"]["operations"], (plan, done)
    after = rescue_json("verify", "--root", root)
    assert after["exit"] == done["exit"], (done["findings"], after["systems"][0]["findings"])
    assert plan["exit"] == done["exit"], (plan["plan"], done["findings"])
    assert after["systems"][0]["verdict"] == done["verdict"], (done, after)
    again = rescue_json(*words, "--yes")
    assert not again["applied"] and not again["plan"]["operations"], again["plan"]
    return done


@functools.lru_cache(maxsize=None)
def rpms_of(generation):
    if generation in ("el8", "el9"):
        return program.small_rpms(generation)
    return pathlib.Path(program.lab("lab_older_rpms", generation))


def make(directory, generation, state):
    """A system of that generation, its kernel there or gone."""
    if generation in ("el8", "el9"):
        return program.small_root(directory, f"generation={generation}", f"state={state}")
    root = directory / "root"
    program.lab("lab_older_system", root, generation, "kernel=small", "userspace=none",
                "size=192", "bootsize=96")
    if state == "healthy":
        done = rescue_json("restore", "--root", root, rpms_of(generation), "--allow-unsigned",
                           "--yes", code=0)
        rescue_json("history", "--root", root, "--forget", done["transaction"], code=0)
    return root


def one(directory, seed):
    rng = random.Random(seed)
    generation = GENERATIONS[seed % len(GENERATIONS)]
    root = make(directory, generation, rng.choice(["healthy", "broken"]))
    words = damage(root, rng)
    rpms = [rpms_of(generation)] if rng.random() < 0.8 else []
    before = trees.manifest(root)
    try:
        look(root, before)
        done = repair(root, rpms, before)
        if done["applied"]:
            rescue_json("undo", "--root", root, "--yes", code=0)
            trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))
    except AssertionError as failure:
        raise AssertionError(f"RESCUE_DAMAGE={seed} ({generation}, {words}): {failure}")
    finally:
        shutil.rmtree(root)
    return done


def test_any_damage(directory):
    repaired = 0
    for seed in range(FIRST, FIRST + COUNT):
        work = pathlib.Path(directory) / str(seed)
        work.mkdir()
        repaired += one(work, seed)["applied"]
    # A generation each, of which most can be repaired: else nothing was tried.
    assert repaired or COUNT < len(GENERATIONS), f"none of {COUNT} was repaired"
