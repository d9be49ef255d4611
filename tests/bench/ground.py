# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a bench writes: on the machine's own file system ext4 looks long for numbers of inodes
that were not deleted a minute ago, and that would be most of what is measured."""
import os
import shutil
import subprocess


def sh(command, **more):
    return subprocess.run(["bash", "-c", "set -o pipefail; " + command], check=True, **more)


class Ground:
    """An empty directory, on a new file system where possible."""

    def __init__(self, work):
        self.path = work / "out"
        self.image = work / "out.img"
        self.path.mkdir(exist_ok=True)
        self.mounted = False

    def __enter__(self):
        with open(self.image, "wb") as image:
            image.truncate(4 << 30)
        sh(f"mke2fs -q -F -t ext4 -E lazy_itable_init=0,discard {self.image}")
        self.mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-o", "loop", self.image, self.path], check=False).returncode == 0
        sh(f"sync -f {self.image.parent} {self.path}")
        (self.path / "d").mkdir()
        return self.path / "d"

    def __exit__(self, *_):
        if self.mounted:
            sh(f"umount {self.path}")
        else:
            shutil.rmtree(self.path / "d")
        self.image.unlink()
