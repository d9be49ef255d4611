# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tree needs so that a script in it can play its dracut."""
import gzip
import os
import shutil
import subprocess


def newc(names):
    """A newc archive of empty files, compressed."""
    out = bytearray()
    for number, name in enumerate([*names, "TRAILER!!!"], 1):
        raw = name.encode() + b"\0"
        fields = [number, 0o100644, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(raw), 0]
        out += b"070701" + b"".join(b"%08x" % field for field in fields) + raw
        out += b"\0" * (-len(out) % 4)
    return gzip.compress(bytes(out), mtime=0)


def add_shell(root):
    """This machine's sh and cat, and their libraries, in a tree whose /usr is merged."""
    for tool in ("sh", "cat"):
        path = shutil.which(tool)
        target = root / "usr/bin" / tool
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(path, target)
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True)
        for word in listed.stdout.split():
            if word.startswith("/"):
                place = root / word[1:]
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(word, place)
    for folder in ("proc", "sys", "dev", "run", "tmp", "var/tmp"):
        (root / folder).mkdir(parents=True, exist_ok=True)


def can_confine():
    """Namespaces may be made here."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "true"], stderr=subprocess.DEVNULL,
        check=False).returncode == 0
