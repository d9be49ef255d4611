# SPDX-License-Identifier: GPL-2.0-or-later
"""Menuentries as grub2-mkconfig, grubby and administrators write them."""
import re

from menu import ROOT_UUID, VERSIONS, grubenv, write

HEAD_SAVED = """if [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${saved_entry}"
fi
"""
HEAD_PREVIOUS = """if [ "${prev_saved_entry}" ]; then
  set saved_entry="${prev_saved_entry}"
  save_env saved_entry
  set prev_saved_entry=
  save_env prev_saved_entry
  set boot_once=true
fi
"""
HEAD_IDS = """if [ x"${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi

export menuentry_id_option
"""
HEAD_FUNCTIONS = """function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
    save_env saved_entry
  fi
}

function load_video {
  true
}
"""


def quoted(rng, text):
    """One word of a GRUB script."""
    plain = re.fullmatch(r"[A-Za-z0-9._()-]+", text) and "(" not in text
    if plain and rng.random() < 0.3:
        return text
    if rng.random() < 0.3 and not re.search(r'["$\\`]', text):
        return f'"{text}"'
    return "'" + text.replace("'", "'\\''") + "'"


class Script:
    """A grub.cfg; .names: (way of numbers, title, id) of every entry that starts a kernel."""

    def __init__(self, menu):
        self.menu, self.rng, self.lines, self.names = menu, menu.rng, [], []

    def title(self):
        version = self.rng.choice(VERSIONS)
        return self.rng.choice([f"CentOS Linux ({version}) 7 (Core)",
                                f"Debian GNU/Linux, with Linux {version}",
                                f"openSUSE Leap 15.6, with Linux {version}",
                                f"{self.rng.randrange(9)} Linux", "Server's own Linux", "Linux",
                                f"Linux {version} > rescue", "Übung mit Linux", "0"]), version

    def entry(self, way, titles, indent):
        menu, rng = self.menu, self.rng
        title, version = self.title()
        name = rng.choice([None, f"gnulinux-{version}-advanced-{ROOT_UUID}",
                           f"{rng.randrange(30)}-linux", "linux", f"id-{menu.unique}",
                           "gnulinux-simple-" + ROOT_UUID])
        head = f"menuentry {quoted(rng, title)} --class gnu-linux --class os"
        head += rng.choice(["", "", "", " --unrestricted", " --users ''", " --hotkey=x"])
        if name:
            option = rng.choice(["--id ", "--id=", "$menuentry_id_option ",
                                 "$menuentry_id_option "])
            head += f" {option}{quoted(rng, name)}"
        word = rng.choice(["", "", "16", "efi"])
        body = ["load_video", "set gfxpayload=keep", "insmod gzio", "savedefault"]
        body = [line for line in body if menu.chance(0.5)] + [
            f"linux{word} {menu.prefix}/vmlinuz-{version} {menu.options()}",
            f"initrd{word} {menu.prefix}/initramfs-{version}.img"]
        self.lines += [indent + head + " {"] + [f"{indent}\t{line}" for line in body] + [
            indent + "}"]
        self.names.append((way, titles + [title], name))

    def submenu(self, way, titles, indent):
        title, name = f"Advanced options {way}", f"advanced-{way}"
        with_id = self.menu.chance(0.6)
        option = f" $menuentry_id_option '{name}'" if with_id else ""
        self.lines.append(f"{indent}submenu '{title}'{option} {{")
        inside = titles + [name if with_id else title]
        for place in range(self.rng.randrange(1, 4)):
            if self.menu.chance(0.2 / len(inside)):
                self.submenu(f"{way}>{place}", inside, indent + "\t")
            else:
                self.entry(f"{way}>{place}", inside, indent + "\t")
        self.lines.append(indent + "}")

    def conditional(self, number):
        """Like Debian's entry for the firmware's own menu; or an entry that is shown."""
        if self.menu.chance(0.5):
            self.lines += ['if [ "$grub_platform" = "efi" ]; then',
                           "\tmenuentry 'UEFI Firmware Settings' $menuentry_id_option "
                           "'uefi-firmware' {", "\t\tfwsetup", "\t}", "fi"]
            return number
        self.lines.append("if [ x$feature_default_font_path = xy ]; then")
        self.entry(str(number), [], "  ")
        self.lines.append("fi")
        return number + 1

    def other(self, number):
        """Without an id: GRUB says the title of what it starts, or the id."""
        title = f"Windows Boot Manager (on /dev/sda{number})"
        self.lines += [f"menuentry '{title}' --class windows {{", "\tinsmod chain",
                       "\tchainloader +1", "}"]
        self.names.append((str(number), [title], None))

    def fill(self):
        self.entry("0", [], "")
        number = 1
        for _ in range(self.rng.randrange(6)):
            kind = self.rng.random()
            if kind < 0.25:
                self.submenu(str(number), [], "")
                number += 1
            elif kind < 0.4:
                number = self.conditional(number)
            elif kind < 0.5:
                self.other(number)
                number += 1
            else:
                self.entry(str(number), [], "")
                number += 1
            if self.menu.chance(0.2):
                self.lines += ["", "### BEGIN /etc/grub.d/40_custom ###"]
        return number

    def wanted(self, count):
        """What `default` or saved_entry may say."""
        way, titles, name = self.rng.choice(self.names)
        title = ">".join(part.replace(">", ">>") for part in titles)
        named = ">".join([part.replace(">", ">>") for part in titles[:-1]] +
                         [name if name else titles[-1].replace(">", ">>")])
        return self.rng.choice([way, title, named, named, titles[-1], name or "", "", "0",
                                str(count), str(count + 7), "0x1", "01", "-1", "nothing like it",
                                f"{way} ", "1st", titles[-1].upper(), " 1"])


def make(menu):
    rng = menu.rng
    menu.is_system(*rng.choice([("centos", "7"), ("debian", "12"), ("opensuse-leap", "15.6"),
                                ("ubuntu", "22.04")]))
    script = Script(menu)
    count = script.fill()
    wanted = script.wanted(count)
    env = {"boot_success": "0"} if menu.chance(0.5) else {}
    if menu.chance(0.6):
        head = HEAD_SAVED
        if wanted:
            env["prev_saved_entry" if menu.chance(0.15) else "saved_entry"] = wanted
    elif menu.chance(0.2):
        head = ""
    else:
        head = "set default={}\n".format(quoted(rng, wanted) if wanted else '""')
    ending = HEAD_PREVIOUS if head == HEAD_SAVED else ""
    menu.text = head + HEAD_IDS + ending + HEAD_FUNCTIONS + "set timeout=0\n"
    write(menu.root / "boot/grub2/grub.cfg", menu.text + "\n".join(script.lines) + "\n")
    write(menu.root / "boot/grub2/grubenv", grubenv(env))
    write(menu.root / "boot/grub2/i386-pc/modinfo.sh", "grub_target_cpu=i386\n")
