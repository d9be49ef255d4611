# SPDX-License-Identifier: GPL-2.0-or-later
"""restore and undo where UEFI starts systemd-boot: everything goes to the ESP."""
import shutil

import program
import trees
from program import codes, rescue, rescue_json

SMALL = ("--allow-unsigned", "--yes")


def patient(directory, esp="/efi", fstab=""):
    """A system that lost its kernel; the ESP is a directory of its tree."""
    root = program.small_root(directory, "state=broken", "boot=none")
    for folder in ("boot/loader", "boot/grub2"):
        shutil.rmtree(root / folder)
    (root / "etc/default/grub").unlink()
    (root / "etc/kernel").mkdir(exist_ok=True)
    uuid = (root / "etc/fstab").read_text().split("UUID=")[1].split()[0]
    (root / "etc/kernel/cmdline").write_text(f"root=UUID={uuid} ro quiet\n")
    with open(root / "etc/fstab", "a", encoding="ascii") as file:
        file.write(f"UUID=E5B0-0001 {esp} vfat umask=0077 0 2\n{fstab}")
    top = root / esp.lstrip("/")
    for folder in ("EFI/systemd", "loader/entries"):
        (top / folder).mkdir(parents=True)
    (top / "EFI/systemd/systemd-bootx64.efi").write_bytes(b"MZ")
    (top / "loader/loader.conf").write_text("timeout 3\n")
    return root


def machine_id(root):
    return (root / "etc/machine-id").read_text().strip()


def restore_and_undo(root, image, initrd):
    """The packages' kernel lies there afterwards; answers the text of its entry."""
    before = trees.manifest(root)
    rescue("verify", "--root", root, code=1)
    done = rescue_json("restore", "--root", root, program.small_rpms(), *SMALL, code=0)
    assert done["applied"] and done["verdict"] == "bootable", done
    kernels = rescue_json("inventory", "--root", root, code=0)["systems"][0]["kernels"]
    kernel = next(k for k in kernels if k["release"] == program.release())
    assert kernel["state"] == "bootable", kernel
    assert kernel["image"]["path"] == image, kernel["image"]
    assert kernel["initramfs"]["path"] == initrd, kernel["initramfs"]
    again = rescue_json("restore", "--root", root, program.small_rpms(), *SMALL, code=0)
    assert not again["applied"] and again["plan"]["operations"] == [], again["plan"]
    entry, = root.glob(f"**/loader/entries/*-{program.release()}.conf")
    text = entry.read_text()
    rescue("undo", "--root", root, "--yes", code=0)
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))
    return text


def test_kernels_by_token(directory):
    root = patient(directory)
    folder = f"/{machine_id(root)}/{program.release()}"
    text = restore_and_undo(root, f"/efi{folder}/linux", f"/efi{folder}/initrd")
    assert f"\nlinux {folder}/linux\ninitrd {folder}/initrd\n" in text, text
    assert f" ro quiet systemd.machine_id={machine_id(root)}\n" in text, text
    assert "\nsort-key demo\n" in text, text


def test_kernels_at_the_top_of_boot(directory):
    """/boot itself is what systemd-boot reads, as Fedora's scripts fill it."""
    root = patient(directory, esp="/boot")
    (root / "boot/initramfs-5.1-1.x86_64.img").write_bytes(b"of another time")
    release = program.release()
    text = restore_and_undo(root, f"/boot/vmlinuz-{release}", f"/boot/initramfs-{release}.img")
    assert f"\nlinux /vmlinuz-{release}\ninitrd /initramfs-{release}.img\n" in text, text


def test_an_entry_that_would_start_instead(directory):
    root = patient(directory)
    (root / "efi/old").mkdir()
    (root / "efi/old/linux").write_bytes(b"no kernel")
    (root / "efi/loader/entries/zz-99.conf").write_text("title Old\nlinux /old/linux\n")
    conf = root / "efi/loader/loader.conf"
    conf.write_text("# by hand\ndefault zz-*\ntimeout 3\n")
    found = rescue_json("verify", "--root", root, code=1)["systems"][0]["findings"]
    assert "default-broken" in codes(found), codes(found)
    done = rescue_json("restore", "--root", root, program.small_rpms(), *SMALL, code=0)
    assert done["verdict"] == "bootable", done["findings"]
    name = f"{machine_id(root)}-{program.release()}.conf"
    assert conf.read_text() == f"# by hand\ndefault {name}\ntimeout 3\n", conf.read_text()
    rescue("undo", "--root", root, "--yes", code=0)
    assert conf.read_text() == "# by hand\ndefault zz-*\ntimeout 3\n", conf.read_text()
