# SPDX-License-Identifier: GPL-2.0-or-later
"""Roots on btrfs and XFS, whole images: looked at, restored, undone."""
import functools
import pathlib
import re
import subprocess
import uuid

import program
import trees
from program import codes, fault, rescue, rescue_json

SMALL = ("--allow-unsigned", "--yes")
BUILD = {
    "btrfs": 'mkfs.btrfs -q -U "$1" "$2" >/dev/null &&'
             ' mount -o loop "$2" "$4" &&'
             ' btrfs -q subvolume create "$4/root" && cp -a "$3/." "$4/root/"',
    "xfs": 'mkfs.xfs -q -m uuid="$1" "$2" && mount -o loop,nouuid "$2" "$4" &&'
           ' cp -a "$3/." "$4/"',
}


def need(filesystem):
    program.need_root()
    known = pathlib.Path("/proc/filesystems").read_text().split()
    if filesystem not in known:
        subprocess.run(["modprobe", "-q", filesystem], check=False)
        known = pathlib.Path("/proc/filesystems").read_text().split()
    if filesystem not in known:
        raise program.Skipped(f"this kernel has no {filesystem}")


def in_a_namespace(script, *words):
    """The script's mounts are gone with it."""
    subprocess.run(["unshare", "-m", "sh", "-ec", script, "sh", *map(str, words)],
                   check=True, stdin=subprocess.DEVNULL)


@functools.lru_cache(maxsize=None)
def rpms():
    """The whole kernel: the small one has no driver for these file systems."""
    return pathlib.Path(program.lab("lab_rpms", "el9", "generic"))


def release():
    core = next(rpms().glob("kernel-core-*.rpm"))
    return core.name[len("kernel-core-"):-len(".rpm")]


def change(path, *replacements):
    text = path.read_text()
    for old, new in replacements:
        text = re.sub(old, new, text)
    path.write_text(text)


def own_uuid(root):
    """One that no other run has: the kernel mounts no two btrfs of one UUID at a time."""
    old = re.search(r"(?m)^UUID=(\S+) / ", (root / "etc/fstab").read_text())[1].encode()
    new = str(uuid.uuid4())
    for path in (*(root / "etc").rglob("*"), *(root / "boot").rglob("*")):
        if path.is_file() and not path.is_symlink() and old in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(old, new.encode()))
    return new


def make_disk(directory, filesystem, after="umount \"$4\""):
    """A system that lost its kernel, on one file system without partitions."""
    root = program.small_root(directory, "state=broken", "boot=none")
    image, mountpoint = directory / "disk.img", directory / "mnt"
    mountpoint.mkdir()
    options = "subvol=root,compress=zstd:1" if filesystem == "btrfs" else "defaults"
    change(root / "etc/fstab", (r"(?m)^(UUID=\S+) / ext4 \S+", rf"\1 / {filesystem} {options}"))
    with open(image, "wb") as file:
        file.truncate(1 << 30)
    in_a_namespace(BUILD[filesystem] + "\n" + after, own_uuid(root), image, root, mountpoint)
    return image


def read(directory, image, filesystem, pattern):
    """The text of the one file that matches, as a fresh mount shows it."""
    subvolume = ",subvol=root" if filesystem == "btrfs" else ",nouuid"
    out = directory / "read.txt"
    in_a_namespace('mount -o "loop,ro$1" "$2" "$3" && cat "$3"/$4 >"$5" && umount "$3"',
                   subvolume, image, directory / "mnt", pattern, out)
    return out.read_text()


def without_rootflags(directory, image):
    """The kernel would mount the default subvolume, which is not the root. Put back then."""
    copy = image.with_suffix(".copy")
    subprocess.run(["cp", "--sparse=always", image, copy], check=True)
    in_a_namespace('mount -o loop,subvol=root "$1" "$2" && sed -i "s/ *rootflags=[^ ]*//" '
                   '"$2"/boot/loader/entries/*.conf && umount "$2"', image, directory / "mnt")
    system, = rescue_json("verify", "--image", image, code=1)["systems"]
    assert system["verdict"] == "unbootable", system
    assert "entry-root-unknown" in codes(system["findings"]), system["findings"]
    copy.replace(image)


def test_btrfs_subvolumes_that_fstab_names(directory):
    """Another root is a system of its own; a read-only snapshot of one is none."""
    need("btrfs")
    after = ('btrfs -q subvolume snapshot "$4/root" "$4/second"; '
             'btrfs -q subvolume snapshot "$4/root" "$4/unnamed"; '
             'printf "UUID=%s /mnt/%s btrfs subvol=%s 0 0\\n" "$1" a second "$1" b snapshot '
             '>>"$4/root/etc/fstab"; '
             'btrfs -q subvolume snapshot -r "$4/root" "$4/snapshot"; umount "$4"')
    image = make_disk(directory, "btrfs", after)
    found = rescue_json("locate", "--image", image, code=0)["systems"]
    assert [s["root"]["subvolume"] for s in found] == ["root", "second"], found
    assert len({s["id"] for s in found}) == 2, found
    fault("restore", "--image", image, "--dry-run", code=2, name="AMBIGUOUS-SYSTEM")


def test_btrfs_root_on_a_subvolume(directory):
    need("btrfs")
    image = make_disk(directory, "btrfs")
    before = trees.digest(image)
    system, = rescue_json("locate", "--image", image, code=0)["systems"]
    assert system["root"]["fstype"] == "btrfs", system
    assert system["root"]["subvolume"] == "root", system
    assert not {"filesystem-dirty", "device-unreadable"} & set(codes(system["findings"]))
    rescue("verify", "--image", image, code=1)
    plan = rescue_json("restore", "--image", image, rpms(), "--allow-unsigned", "--dry-run",
                       code=0)
    assert trees.digest(image) == before, "looking wrote"
    done = rescue_json("restore", "--image", image, rpms(), *SMALL, code=0)
    assert done["applied"] and done["verdict"] == "bootable", done["findings"]
    assert done["plan"]["operations"] == plan["plan"]["operations"]
    again = rescue_json("restore", "--image", image, rpms(), *SMALL, code=0)
    assert not again["applied"], again["plan"]
    entry = read(directory, image, "btrfs", "boot/loader/entries/*.conf")
    assert f"linux /root/boot/vmlinuz-{release()}\n" in entry, entry
    assert f"initrd /root/boot/initramfs-{release()}.img" in entry, entry
    assert "rootflags=subvol=root" in entry, entry
    without_rootflags(directory, image)
    rescue("undo", "--image", image, "--yes", code=0)
    rescue("verify", "--image", image, code=1)


def test_crashed_xfs_is_replayed_before_writing(directory):
    need("xfs")
    # The command line is another one since the last minutes, which only the log knows.
    crash = ('umount "$4"; mount -o loop,nouuid "$2" "$4"; echo >"$4/etc/late";'
             ' sed "s/$/ late=1/" "$4/etc/kernel/cmdline" >"$4/etc/kernel/new";'
             ' mv "$4/etc/kernel/new" "$4/etc/kernel/cmdline"; sync -f "$4";'
             ' cp "$2" "$2.crashed"; umount "$4"; mv "$2.crashed" "$2"')
    image = make_disk(directory, "xfs", crash)
    before = trees.digest(image)
    found = rescue_json("verify", "--image", image, code=1)["systems"][0]["findings"]
    assert "filesystem-dirty" in codes(found), found
    dry = rescue("restore", "--image", image, rpms(), "--allow-unsigned", "--dry-run", code=0)
    assert "The plan is provisional" in dry.out, dry
    assert "would replay its journal and plan again" in dry.out, dry
    planned = rescue_json("restore", "--image", image, rpms(), "--allow-unsigned",
                          "--dry-run", code=0)
    assert "filesystem-dirty" in codes(planned["findings"]), planned["findings"]
    assert trees.digest(image) == before, "looking replayed the log"
    done = rescue_json("restore", "--image", image, rpms(), *SMALL, code=0)
    assert done["applied"] and done["verdict"] == "bootable", done["findings"]
    old, new = (next(o["size"] for o in plan["plan"]["operations"] if o["op"] == "entry")
                for plan in (planned, done))
    assert new == old + len(" late=1"), "the plan was not made anew behind the replay"
    assert "filesystem-dirty" not in codes(done["findings"]), done["findings"]
    entry = read(directory, image, "xfs", "boot/loader/entries/*.conf")
    assert f"linux /boot/vmlinuz-{release()}\n" in entry, entry
    assert "rootflags" not in entry and " late=1\n" in entry, entry
    assert read(directory, image, "xfs", "etc/late") == "\n", "the log was lost"
