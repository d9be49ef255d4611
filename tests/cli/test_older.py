# SPDX-License-Identifier: GPL-2.0-or-later
"""restore writes the entry where the boot loader of that generation reads it."""
import shutil

import program
import trees
from program import codes, rescue, rescue_json


def patient(directory, path, text):
    """A healthy system without BLS, whose boot loader reads path; its command line."""
    root = program.small_root(directory)
    entry, = (root / "boot/loader/entries").glob(f"*-{program.release()}.conf")
    options = next(line for line in entry.read_text().split("\n")
                   if line.startswith("options ")).split(" ", 1)[1]
    environment = (root / "boot/grub2/grubenv").read_bytes()
    for folder in ("boot/loader", "boot/grub2", "boot/grub"):
        shutil.rmtree(root / folder, ignore_errors=True)
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace("OPTIONS", options).replace("RELEASE", program.release()))
    file.chmod(0o600)
    if path.startswith("boot/grub2"):
        (root / "boot/grub2/grubenv").write_bytes(environment)
    return root


def prefix(root):
    """/boot may be a file system of its own in the patient's fstab."""
    lines = (root / "etc/fstab").read_text().split("\n")
    return "" if any(line.split()[1:2] == ["/boot"] for line in lines) else "/boot"


def restore(root, kind, old):
    before = trees.manifest(root)
    found = rescue_json("verify", "--root", root, code=1)["systems"][0]
    assert "entry-missing" in codes(found["findings"]), codes(found["findings"])
    done = rescue_json("restore", "--root", root, "--yes", code=0)
    assert done["applied"] and done["verdict"] == "bootable", done
    system = rescue_json("inventory", "--root", root, code=0)["systems"][0]
    new = next(e for e in system["entries"] if e["default"])
    assert new["kind"] == kind and new["state"] == "ok", new
    assert new["linux"] == f"/boot/vmlinuz-{program.release()}", new
    assert old in [e["title"] for e in system["entries"]], system["entries"]
    again = rescue_json("restore", "--root", root, "--yes", code=0)
    assert not again["applied"] and again["plan"]["operations"] == [], again
    rescue("undo", "--root", root, "--yes", code=0)
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


STANZA = """default=0
fallback=0
title Gone
\troot (hd0,0)
\tkernel /boot/vmlinuz-2.6.32-1.el6.x86_64 OPTIONS
\tinitrd /boot/initramfs-2.6.32-1.el6.x86_64.img
"""


def test_older_grub_legacy(directory):
    root = patient(directory, "boot/grub/grub.conf", STANZA)
    restore(root, "grub-legacy", "Gone")


def test_older_extlinux(directory):
    root = patient(directory, "boot/extlinux/extlinux.conf", """default Gone
label Gone
\tkernel /boot/vmlinuz-3.1.0-1.x86_64
\tinitrd /boot/initramfs-3.1.0-1.x86_64.img
\tappend OPTIONS
""")
    restore(root, "extlinux", "Gone")


MENU = """if [ -s $prefix/grubenv ]; then
  load_env
fi
set default="${saved_entry}"
menuentry 'Red Hat (3.10.0-1.el7.x86_64) 7.9' --class red $menuentry_id_option 'gnulinux-3.10.0-1.el7.x86_64-advanced-x' {
\tinsmod gzio
\tlinux16 /boot/vmlinuz-3.10.0-1.el7.x86_64 OPTIONS
\tinitrd16 /boot/initramfs-3.10.0-1.el7.x86_64.img
}
"""


def test_older_menuentry(directory):
    root = patient(directory, "boot/grub2/grub.cfg", MENU)
    restore(root, "grub2", "Red Hat (3.10.0-1.el7.x86_64) 7.9")
    rescue("restore", "--root", root, "--yes", code=0)
    path = root / "boot/grub2/grub.cfg"
    assert f"\tinsmod gzio\n\tlinux16 {prefix(root)}/vmlinuz-{program.release()} " in \
        path.read_text()


def test_older_menuentry_from_nothing(directory):
    root = patient(directory, "boot/grub2/grub.cfg",
                   'load_env\nset default="${saved_entry}"\n')
    (root / "etc/default").mkdir(exist_ok=True)
    done = rescue_json("restore", "--root", root, "--yes", code=0)
    assert [op["op"] for op in done["plan"]["operations"]] == ["entry", "default"], done
