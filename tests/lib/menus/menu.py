# SPDX-License-Identifier: GPL-2.0-or-later
"""A system's tree whose boot menu is made at random: what all kinds of menus share."""
ROOT_UUID = "6f1c4a52-8a70-4b3d-9d0e-2f5b7c1d9e33"
BOOT_UUID = "0c1f4a52-8a70-4b3d-9d0e-2f5b7c1d9e33"
IDS = ["6a9857a393724b7a981ebb5b8495b9ea", "d41d8cd98f004b2ab0c3ffeeddccbbaa",
       "0123456789abcdef0123456789abcdef", "ffffffffffffffffffffffffffffffff"]
# The header of a program: this is a system for x86_64.
ELF = b"\x7fELF\2\1\1".ljust(16, b"\0") + b"\2\0\x3e\0\1".ljust(48, b"\0")
VERSIONS = ["3.10.0-1160.el7.x86_64", "3.10.0-957.1.3.el7.x86_64", "4.18.0-553.el8.x86_64",
            "4.18.0-80.el8.x86_64", "5.14.0-70.13.1.el9_0.x86_64", "5.14.0-503.el9.x86_64",
            "5.14.0-503.el9.x86_64+debug", "6.1.0-9-amd64", "6.1.0-21-amd64",
            "6.12.0-0.rc3.el10.x86_64", "6.12.0-0.rc3~1.el10.x86_64", "6.10.0-1.fc41.x86_64"]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


class Menu:
    """One system, and what its generator remembers while it writes."""

    def __init__(self, root, rng, program, loader):
        self.root, self.rng, self.program, self.loader = root, rng, program, loader
        self.unique = 0
        self.separate = self.chance(0.5)
        self.prefix = "" if self.separate else "/boot"
        write(self.root / "etc/fstab", f"UUID={ROOT_UUID} / ext4 defaults 1 1\n" + (
            f"UUID={BOOT_UUID} /boot ext4 defaults 1 2\n" if self.separate else ""))
        (self.root / "usr/lib").mkdir(parents=True)
        write(self.root / "usr/bin/env", ELF)

    def is_system(self, os_id, version):
        write(self.root / "etc/os-release", f'ID="{os_id}"\nVERSION_ID="{version}"\n')

    def options(self):
        """A command line that tells this entry from all others."""
        self.unique += 1
        words = [f"root=UUID={ROOT_UUID}", "ro", f"uniq={self.unique}"]
        words += self.rng.sample(["quiet", "rhgb", "crashkernel=auto", "console=ttyS0,115200",
                                  "rd.lvm.lv=vg/root", "net.ifnames=0", "audit=1"],
                                 self.rng.randrange(4))
        return " ".join(words)

    def chance(self, share):
        return self.rng.random() < share


def grubenv(values):
    text = "# GRUB Environment Block\n" + "".join(
        "{}={}\n".format(name, value.replace("\\", "\\\\")) for name, value in values.items())
    return text.encode().ljust(1024, b"#")
