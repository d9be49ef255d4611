# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot configurations as each generation has them: tests/data/boot/CASE.

CASE/files is the tree; expect.json says which files beside it are `present` (their content
does not matter here), the entries in the menu's order, and which one starts.
"""
import json
import shutil

import program
from program import rescue_json

CASES = sorted((program.TOP / "tests/data/boot").iterdir())
KEYS = ("id", "title", "linux", "initrd", "options", "state")
ANY_RESOLVER = True


def patient(directory, case, present):
    root = directory / case.name
    shutil.copytree(case / "files", root)
    for folder in ("bin", "lib/modules"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy("/bin/true", root / "bin/sh")
    for path in present:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"content")
    return root


def read(root):
    system, = rescue_json("inventory", "--root", root)["systems"]
    return {"default_entry": system["default_entry"],
            "entries": [{key: entry[key] for key in KEYS} for entry in system["entries"]]}


def test_each_is_read_as_its_loader_does(directory):
    assert len(CASES) >= 7, CASES
    wrong = []
    for case in CASES:
        expected = json.loads((case / "expect.json").read_text())
        got = read(patient(directory, case, expected.pop("present")))
        if got != expected:
            wrong.append(f"{case.name}:\n{json.dumps(got, indent=1)}")
    assert not wrong, "\n".join(wrong)
