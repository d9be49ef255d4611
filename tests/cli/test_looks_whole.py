# SPDX-License-Identifier: GPL-2.0-or-later
"""Every file is there, and yet it would not boot: said so, and mended where that can be."""
import re
import subprocess

import program
import trees
from program import codes, rescue, rescue_json

ANY_RESOLVER = True
UUID = "11111111-2222-4333-8444-555555555555"


def verify(*scope, verdict):
    system, = rescue_json("verify", *scope)["systems"]
    assert system["verdict"] == verdict, (system["verdict"], system["findings"])
    return system


def mend(*scope, only):
    """restore without packages does that alone, and then it boots."""
    done = rescue_json("restore", *scope, "--yes", code=0)
    assert [op["op"] for op in done["plan"]["operations"]] == only, done["plan"]
    assert done["verdict"] == "bootable", done["findings"]


def change(path, pattern, text):
    old = path.read_text()
    new = re.sub(pattern, text, old)
    assert new != old, (path, pattern)
    path.write_text(new)


def entry_of(root):
    path, = (root / "boot/loader/entries").glob("*.conf")
    return path


def bare_root(directory):
    """The root file system of a healthy disk, /boot in it."""
    whole = program.small_disk(directory, "boot=none", name="whole.img")
    bare = directory / "bare.img"
    offset = int(program.lab("lab_small_offset", "root", "boot=none"))
    with open(whole, "rb") as source, open(bare, "wb") as target:
        source.seek(offset)
        target.write(source.read(192 << 20))
    return bare


def test_a_root_from_a_backup_has_another_uuid(directory):
    """fstab and the entry in it agree on a UUID that no device has any more."""
    program.need_root()
    image = bare_root(directory)
    verify("--image", image, verdict="bootable")
    subprocess.run(["e2fsck", "-fy", image], check=False, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    subprocess.run(["tune2fs", "-U", UUID, image], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    before = trees.digest(image)
    system = verify("--image", image, verdict="unbootable")
    assert "entry-root-unknown" in codes(system["findings"]), system["findings"]
    assert trees.digest(image) == before
    mend("--image", image, only=["entry"])
    system, = rescue_json("inventory", "--image", image, code=0)["systems"]
    assert f"root=UUID={UUID} " in system["entries"][0]["options"], system["entries"]


def test_a_disk_that_fstab_names_is_gone(directory):
    program.need_root()
    image = bare_root(directory)
    table = directory / "fstab"
    shown = subprocess.run(["debugfs", "-R", "cat /etc/fstab", image], check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    for options, told in (("defaults", True), ("defaults,nofail", False), ("noauto", False)):
        table.write_text(f"{shown}UUID={UUID} /srv/data xfs {options} 0 0\n"
                         f"UUID={UUID} none swap defaults 0 0\nhost:/x /net nfs defaults 0 0\n")
        subprocess.run(["debugfs", "-w", "-f", "-", image], check=True, text=True,
                       input=f"rm /etc/fstab\nwrite {table} /etc/fstab\n",
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        system = verify("--image", image, verdict="bootable")
        found = [f for f in system["findings"] if f["code"] == "device-missing"]
        assert [f["subject"] for f in found] == (["/srv/data"] if told else []), found


def test_an_entry_without_initramfs(directory):
    root = program.small_root(directory)
    change(entry_of(root), r"(?m)^initrd.*\n", "")
    system = verify("--root", root, verdict="unbootable")
    assert "entry-broken" in codes(system["findings"]), system["findings"]
    mend("--root", root, only=["entry"])
    rescue("verify", "--root", root, code=0)


def test_the_program_that_starts_the_system(directory):
    root = program.small_root(directory)
    init = root / "sbin/init"
    text = init.read_text()
    for damage in (init.unlink, lambda: init.write_text(""),
                   lambda: init.write_text("#!/usr/bin/gone\n"),
                   # An ELF program whose loader's directory is gone, as a link of /usr may be.
                   lambda: init.write_bytes((root / "bin/sh").read_bytes())):
        damage()
        init.exists() and init.chmod(0o755)
        system = verify("--root", root, verdict="unbootable")
        told, = (f for f in system["findings"] if f["code"] == "init-missing")
        assert told["severity"] == "error" and told["subject"] == "/sbin/init", told
    init.write_text(text)
    verify("--root", root, verdict="bootable")
    change(entry_of(root), r"(?m)^(options .*)", r"\1 init=/nowhere")
    told, = (f for f in verify("--root", root, verdict="bootable")["findings"]
             if f["code"] == "init-missing")
    assert told["severity"] == "warning" and told["subject"] == "/nowhere", told


def fresh(directory):
    return program.small_disk(directory, "boot=none", name="fresh.img")


def test_nothing_in_the_boot_sector(directory):
    program.need_root()
    image = fresh(directory)
    verify("--image", image, verdict="bootable")
    with open(image, "r+b") as file:
        for start, size, what in ((1 << 20, 512, "its image is gone"),
                                  (0, 440, "holds no program")):
            file.seek(start)
            file.write(bytes(size))
            file.flush()
            system = verify("--image", image, verdict="unbootable")
            told, = (f for f in system["findings"] if f["code"] == "loader-astray")
            assert what in told["message"] and told["subject"] == str(image), told


def test_modules_of_grub_are_gone(directory):
    program.need_root()
    offset = program.lab("lab_small_offset", "root", "boot=none")
    for modules in (["normal"], ["blscfg", "blsuki"]):
        image = fresh(directory)
        for module in modules:
            subprocess.run(["debugfs", "-w", "-R", f"rm /boot/grub2/i386-pc/{module}.mod",
                            f"{image}?offset={offset}"], check=True, stderr=subprocess.DEVNULL)
        system = verify("--image", image, verdict="unbootable")
        told, = (f for f in system["findings"] if f["code"] == "loader-astray")
        assert f"its {modules[0]}.mod is gone" in told["message"], told
