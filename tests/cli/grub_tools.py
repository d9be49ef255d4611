# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB's own programs read whatever a restore wrote for it."""
import contextlib
import pathlib
import subprocess

GRUBENV_SIZE = 1024
NAMES = ("grub.cfg", "grubenv")


def files(words):
    """What GRUB reads in the tree that this command line is about: path → bytes."""
    if "restore" not in words or "--root" not in words:
        return {}
    root = pathlib.Path(words[words.index("--root") + 1])
    found = [path for place in ("boot", "efi") for name in NAMES
             for path in (root / place).glob(f"**/{name}")]
    return {path: path.read_bytes() for path in found if path.is_file()}


def check(path):
    if path.name == "grub.cfg":
        command = ["grub-script-check", path]
    else:
        command = ["grub-editenv", path, "list"]
        # In place and without holes, or GRUB itself cannot write to it.
        status = path.stat()
        assert status.st_size == GRUBENV_SIZE, f"{path} has {status.st_size} bytes"
        assert status.st_blocks > 0, f"{path} is a hole"
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}"


@contextlib.contextmanager
def watching(words):
    before = files(words)
    yield
    for path, text in files(words).items():
        if before.get(path) != text:
            check(path)
