# SPDX-License-Identifier: GPL-2.0-or-later
"""BLS entries and loader.conf on an ESP, as systemd-boot reads them."""
from menu import IDS, VERSIONS, write

MARK = b"NAME="
SIZE_OF_NAME = 96


def kernel(program, name):
    """The program with its name behind the mark (kernel-efi.c)."""
    at = program.index(MARK) + len(MARK)
    assert len(name) < SIZE_OF_NAME
    return program[:at] + name.encode() + program[at + len(name):]


def paths(menu, version, token):
    """Its kernel and its initrd on the ESP."""
    linux, initrd = menu.rng.choice([(f"/{token}/{version}/linux", f"/{token}/{version}/initrd"),
                                     (f"/vmlinuz-{version}", f"/initramfs-{version}.img")])
    write(menu.root / f"efi{linux}", kernel(menu.program, "|" + linux))
    write(menu.root / f"efi{initrd}", "initramfs")
    return linux, initrd


def entry(menu, version, token):
    rng = menu.rng
    linux, initrd = paths(menu, version, token)
    options = menu.options().split()
    cut = rng.randrange(1, len(options)) if menu.chance(0.3) else len(options)
    lines = [f"title {rng.choice(['Demo Linux', 'Fedora Linux 40', 'Arch'])}",
             f"linux {linux}", f"initrd {initrd}", "options " + " ".join(options[:cut])]
    if cut < len(options):
        lines.append("options   " + " ".join(options[cut:]))
    if menu.chance(menu.shares["version"]):
        lines.append(f"version {version}")
    if menu.chance(menu.shares["machine-id"]):
        lines.append(f"machine-id {token}")
    if menu.chance(menu.shares["sort-key"]):
        lines.append(f"sort-key {rng.choice(['demo', 'fedora', 'Fedora', 'arch'])}")
    if menu.chance(0.1):
        lines.append(f"architecture {rng.choice(['x64', 'aa64', 'X64', 'ia32'])}")
    if menu.chance(0.1):
        lines.append("# a comment")
    rng.shuffle(lines)
    if menu.chance(0.1):
        lines = [line.replace(" ", "\t", 1) for line in lines]
    ending = "\r\n" if menu.chance(0.1) else "\n"
    return ending.join(lines) + (ending if menu.chance(0.9) else "")


def other(menu, entries):
    """A program that is no kernel."""
    write(menu.root / "efi/other.efi", kernel(menu.program, "Other|"))
    name = menu.rng.choice(["other", "zzz", "0"])
    write(entries / f"{name}.conf", "title Other\nefi /other.efi\n")
    return name


def pattern(menu, name):
    """What `default` may say."""
    rng = menu.rng
    return rng.choice([f"{name}.conf"] * 4 + [name, f"{name}.conf".upper(), f"{name[:8]}*",
                                              f"*{name[-10:]}.conf", "*", "", "nothing.conf",
                                              f"{name[:-1]}?.conf", f"[0-9a-f]{name[1:]}.conf",
                                              "*[!x].conf", "@saved"])


def make(menu):
    rng = menu.rng
    menu.is_system("fedora", "40")
    write(menu.root / "etc/fstab", (menu.root / "etc/fstab").read_text().splitlines()[0] +
          "\nUUID=E5B0-0001 /efi vfat umask=0077 0 2\n")
    menu.shares = {key: rng.choice([0, 0.5, 1]) for key in ("version", "machine-id", "sort-key")}
    entries, names = menu.root / "efi/loader/entries", []
    tokens = rng.sample(IDS, rng.choice([1, 1, 2]))
    for version in rng.sample(VERSIONS, rng.randrange(1, 7)):
        token = rng.choice(tokens)
        name = f"{token}-{version}"
        if menu.chance(0.1):
            name = rng.choice(["custom", "Linux", "auto-mine", f"{token}-0-rescue", version])
        if menu.chance(0.2):
            name += rng.choice(["+3", "+0", "+2-1", "+0-3", "+"])
        if any(name.lower() == known.lower() for known in names):
            continue
        names.append(name)
        write(entries / f"{name}.conf", entry(menu, version, token))
    # One that is shown, whatever the others are.
    write(entries / "0.conf", entry(menu, "0.1-1.x86_64", tokens[0]).replace(
        "architecture", "# architecture"))
    if menu.chance(0.15):
        names.append(other(menu, entries))
    conf = ["#timeout 3", "timeout 0", "console-mode keep", "editor no"]
    if menu.chance(0.7):
        conf.append(f"default {pattern(menu, rng.choice(names))}".rstrip())
    rng.shuffle(conf)
    write(menu.root / "efi/loader/loader.conf", "\n".join(conf) + "\n")
    write(menu.root / "efi/EFI/systemd/systemd-bootx64.efi", menu.loader)
    write(menu.root / "efi/EFI/BOOT/BOOTX64.EFI", menu.loader)
