#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot menus made at random, for real boot loaders to judge what we say of them.

menus make KIND COUNT DIRECTORY [PROGRAM [LOADER]]   KIND: a name in MAKERS; what its
                                   kernels are, and what lies on its ESP
menus judge DIRECTORY CONSOLE      compare `rescue inventory` with what the loaders said

DIRECTORY/N is a system's tree. Each entry has a number of its own on its command line
("uniq=17"); the console says which one was started: "JUDGE N|its name|path|command line|",
where path and command line are empty for what is no Linux kernel; "JUDGE-NOTHING N" where
the menu is empty. A number always makes the same menu.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys

import bls
import grub
import legacy
import systemd_boot
from menu import Menu

NOTHING = {"name": None, "path": None, "words": []}
RESCUE = os.environ.get("RESCUE", "build/rescue")
MAKERS = {"menuentries": grub.make, "bls": bls.make, "legacy": legacy.make,
          "systemd-boot": systemd_boot.make}


def make(kind, count, directory, programs):
    texts = [pathlib.Path(program).read_bytes() for program in programs]
    program, loader, *_ = texts + [b"", b""]
    for number in range(count):
        rng = random.Random(f"{kind}-{number}")
        MAKERS[kind](Menu(directory / str(number), rng, program, loader))


def predicted(root):
    """The default entry of our inventory."""
    process = subprocess.run([RESCUE, "--root", str(root), "--json", "inventory"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    system, = json.loads(process.stdout)["systems"]
    for entry in system["entries"]:
        if entry["id"] == system["default_entry"]:
            return entry
    return None


def is_same(entry, said):
    if said == NOTHING:
        return entry is None
    if entry is None or said is None:
        return False
    if not said["path"]:
        return entry["linux"] is None and said["name"] == entry["title"]
    words = (entry["options"] or "").replace('"', "").split()
    return (entry["linux"] or "").endswith(said["path"]) and words == said["words"]


def console(path):
    """N: what the loader started there."""
    text = pathlib.Path(path).read_bytes().decode("utf-8", "replace")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    started = {}
    # systemd-boot tells a kernel's own loader where the initramfs is.
    for match in re.finditer(r"JUDGE (\d+)\|([^|\r\n]*)\|([^|\r\n]*)\|([^|\r\n]*)\|", text):
        started.setdefault(int(match[1]), {
            "name": match[2], "path": match[3],
            "words": [word for word in match[4].split() if not word.startswith("initrd=")]})
    for match in re.finditer(r"JUDGE-NOTHING (\d+)", text):
        started.setdefault(int(match[1]), NOTHING)
    return started


def judge(directory, log):
    started, wrong = console(log), 0
    trees = sorted((path for path in directory.iterdir() if path.name.isdigit()),
                   key=lambda path: int(path.name))
    for tree in trees:
        said, entry = started.get(int(tree.name)), predicted(tree)
        if not is_same(entry, said):
            wrong += 1
            ours = entry and {key: entry[key] for key in ("id", "title", "linux", "options")}
            print(f"{tree}: the loader starts {said}; we say {ours}")
    print(f"{len(trees) - wrong} of {len(trees)}")
    return 0 if wrong == 0 and trees else 1


def main():
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]), pathlib.Path(sys.argv[4]), sys.argv[5:])
        return 0
    return judge(pathlib.Path(sys.argv[2]), sys.argv[3])


if __name__ == "__main__":
    sys.exit(main())
