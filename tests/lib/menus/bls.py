# SPDX-License-Identifier: GPL-2.0-or-later
"""BLS entries, and a grub.cfg that runs blscfg."""
from grub import HEAD_FUNCTIONS, HEAD_IDS, HEAD_SAVED, Script
from menu import IDS, VERSIONS, grubenv, write


def without_overrun(menu, path, options):
    """GRUB 2.14's blscfg (32 bits) writes a byte too much behind a command of some lengths:
    what it starts then is not what anybody wrote."""
    expanded = options
    for name, value in menu.variables.items():
        expanded = expanded.replace("$" + name, value)
    while any((8 + len(path) + len(expanded) + more) % 16 == 0 for more in (-2, -1, 0, 1)):
        options, expanded = options.replace(" ro ", " rw ro ", 1), expanded + "rw "
    return options


def bls_entry(menu, version, shares):
    rng = menu.rng
    lines = [f"title {rng.choice(['Demo Linux', 'Fedora Linux', 'Linux'])} ({version}) 9",
             f"linux {menu.prefix}/vmlinuz-{version}",
             f"initrd {menu.prefix}/initramfs-{version}.img"]
    if menu.chance(shares["version"]):
        lines.insert(1, f"version {version}")
    options = menu.options()
    if menu.chance(0.2):
        options += " $kernelopts"
    if menu.chance(0.1):
        options += " $tuned_params"
    options = without_overrun(menu, lines[-2].split()[1], options)
    lines.append(f"options {options.strip()}")
    lines += ["grub_users $grub_users", "grub_arg --unrestricted", "grub_class kernel"]
    if menu.chance(0.1):
        lines.insert(rng.randrange(len(lines)), "# a comment")
    if menu.chance(0.05):
        lines = [line for line in lines if not line.startswith("linux ")]
    if menu.chance(0.1):
        lines = [line.replace(" ", "\t", 1) for line in lines]
    return "\n".join(lines) + ("\n" if menu.chance(0.9) else "")


def make(menu):
    rng = menu.rng
    menu.is_system("debian", "14")
    # Upstream's blscfg looks at the top of the file system that holds GRUB, and only there.
    entries = menu.root / ("boot/loader/entries" if menu.separate else "loader/entries")
    tokens = rng.sample(IDS, rng.choice([1, 1, 1, 2]))
    names, shares = [], {"version": rng.choice([0, 0.5, 1])}
    from_env, from_cfg, tuned = menu.chance(0.5), menu.chance(0.5), menu.chance(0.2)
    menu.variables = {
        "kernelopts": "fromenv=1 console=tty0" if from_env else "fromcfg=1 " * from_cfg,
        "tuned_params": "isolcpus=1" * tuned}
    for version in rng.sample(VERSIONS, rng.randrange(1, 7)):
        name = f"{rng.choice(tokens)}-{version}"
        if menu.chance(0.1):
            name = rng.choice(["custom", f"{tokens[0]}-0-rescue", "Linux", "7.conf", "9",
                               f"linux-{version}~1", f".{name}"])
        names.append(name)
        write(entries / f"{name}.conf", bls_entry(menu, version, shares))
    # One more, or else many menus would be empty.
    write(entries / f"{tokens[0]}-0.1.conf", bls_entry(menu, "0.1-1.x86_64", {"version": 1}))
    script = Script(menu)
    before = menu.chance(0.15)
    if before:
        script.entry("0", [], "")
    script.lines += ["insmod blscfg", "blscfg"]
    if menu.chance(0.3):
        script.entry("9", [], "")
    name = rng.choice(names)
    wanted = rng.choice([name, name, name, f"{name}.conf", "", str(rng.randrange(6)), "99",
                         "Demo Linux (6.1.0-9-amd64) 9", f"{tokens[0]}-9.9.9", f"{name} ",
                         ] + [names_of[1][-1] for names_of in script.names])
    env = {"boot_success": "0"}
    if wanted:
        env["saved_entry"] = wanted
    if from_env:
        env["kernelopts"] = menu.variables["kernelopts"]
    if tuned:
        env["tuned_params"] = menu.variables["tuned_params"]
    menu.text = HEAD_SAVED + HEAD_IDS + HEAD_FUNCTIONS + (
        'if [ -z "${kernelopts}" ]; then\n  set kernelopts="fromcfg=1 "\nfi\n'
        if from_cfg else "") + "set timeout=0\n"
    write(menu.root / "boot/grub2/grub.cfg", menu.text + "\n".join(script.lines) + "\n")
    write(menu.root / "boot/grub2/grubenv", grubenv(env))
