# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking: what locate and inventory say, and that nothing is ever written by it."""
import json
import subprocess

import program
import trees
from program import codes, rescue, rescue_json

LOOKING = ((), ("locate",), ("inventory",), ("verify",), ("history",),
           ("restore", "--dry-run"))


def test_locate_gpt(directory):
    program.need_root()
    image = program.small_disk(directory)
    found = rescue_json("locate", "--image", image, code=0)
    devices, system = found["devices"], found["systems"][0]
    assert [d["type"] for d in devices][0] == "image"
    parts = [d for d in devices if d["type"] == "part"]
    assert all(d["parent"] == devices[0]["path"] for d in parts)
    assert {"bios-boot", "boot", "root"} <= {role for d in parts for role in d["roles"]}
    assert system["firmware"] == "bios" and system["bootloaders"] == ["grub2"]
    assert system["boot"]["separate"] and system["boot"]["free"] > 0
    assert system["arch"] == "x86_64" and system["state"] == "complete"
    assert system["id"].rsplit("-", 1)[1].isalnum()
    assert rescue_json("locate", "--image", image)["systems"][0]["id"] == system["id"]


def test_the_image_of_grub_leads_elsewhere(directory):
    program.need_root()
    image = program.small_disk(directory)
    stub = directory / "stub.cfg"
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    stub.write_text(f"search.fs_uuid {uuid} root\nset prefix=($root)/grub2\n")

    def astray():
        found = rescue_json("verify", "--image", image)["systems"][0]["findings"]
        return [f["message"] for f in found if f["code"] == "loader-astray"]

    assert not astray()
    program.lab("lab_grub_install", image, "(,gpt2)/grub2", "2048", "-c", stub,
                "search_fs_uuid")
    message, = astray()
    assert uuid in message


def test_findings_of_no_system(directory):
    """An empty image beside a whole one: told once, and for no system."""
    program.need_root()
    image, empty = program.small_disk(directory), directory / "empty.img"
    empty.touch()
    for command in ("locate",), ():
        found = rescue_json(*command, "--image", image, "--image", empty)
        finding, = found["findings"]
        assert finding["code"] == "device-unreadable" and finding["subject"] == str(empty)
        assert finding["code"] not in codes(found["systems"][0]["findings"])
        assert rescue_json(*command, "--image", image)["findings"] == []
    assert rescue_json("locate", "--image", directory / "none")["findings"] is None


def test_bare_file_system(directory):
    program.need_root()
    root = program.small_root(directory, "boot=none")
    image = directory / "bare.img"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, image, "160M"], check=True)
    fstab = (root / "etc/fstab").read_text()
    uuid = next(word for word in fstab.split() if word.startswith("UUID="))[5:]
    subprocess.run(["tune2fs", "-U", uuid, image], check=True, stdout=subprocess.DEVNULL)
    system = rescue_json("verify", "--image", image, code=0)["systems"][0]
    assert system["verdict"] == "bootable" and "loader-unknown" in codes(system["findings"])


def looks_only(image):
    before = trees.digest(image)
    for words in LOOKING:
        rescue(*words, "--image", image)
        assert trees.digest(image) == before, f"{words} wrote"


def test_looking_never_writes(directory):
    program.need_root()
    looks_only(program.small_disk(directory, "fs=ext4"))


def test_looking_at_an_unclean_journal(directory):
    program.need_root()
    image = program.small_disk(directory)
    offset = program.lab("lab_small_offset", "root")
    program.lab("lab_dirty", image, offset)
    looks_only(image)
    found = rescue_json("locate", "--image", image)["systems"][0]["findings"]
    assert "filesystem-dirty" in codes(found), found


def test_looking_at_an_orphan_list(directory):
    program.need_root()
    image = program.small_disk(directory)
    offset = program.lab("lab_small_offset", "root")
    program.lab("lab_orphan", image, offset)
    looks_only(image)


def test_inventory(directory):
    root = program.small_root(directory)
    system = rescue_json("inventory", "--root", root, code=0)["systems"][0]
    kernel, = system["kernels"]
    assert kernel["release"] == program.release() and kernel["state"] == "bootable"
    assert kernel["image"]["path"] == f"/boot/vmlinuz-{program.release()}"
    assert kernel["image"]["release"] == program.release()
    assert kernel["modules"]["count"] > 10
    assert kernel["entries"] == [system["default_entry"]]
    entry, = [e for e in system["entries"] if e["default"]]
    assert entry["linux"] == kernel["image"]["path"] and "root=" in entry["options"]


def test_every_command_speaks_json(directory):
    root = program.small_root(directory)
    for words in (*LOOKING, ("undo",), ("help",), ("--version",), ("package",),
                  ("verify", "--all-modules"), ("inventory", "--system", "nobody")):
        json.loads(rescue("--json", *words, "--root", root).out)
        rescue_json(*words, "--root", root)


def test_full_output_device(directory):
    root = program.small_root(directory)
    for words in (*LOOKING, ("help",), ("--version",), ("verify", "--json"),
                  ("package", program.small_rpms())):
        with open("/dev/full", "wb") as full:
            result = rescue(*words, "--root", root, stdout=full)
        assert result.code == 2 and "standard output" in result.err, (words, result)


def test_module_option(directory):
    root = program.small_root(directory)
    module = sorted((root / f"lib/modules/{program.release()}").rglob("*.ko"))[0]
    found = rescue_json("verify", "--root", root, "--module", module)["systems"][0]
    judged = [m for m in found["modules"] if m["path"] == str(module)]
    assert judged and judged[0]["verdict"] == "loads", judged
    rescue("verify", "--root", root, "--module", directory / "no.ko", code=2)
    rescue("verify", "--root", root, "--kernel", "1.2.3", code=2)
    rescue("verify", "--root", root, "--kernel", program.release(), code=0)


def test_packages(directory):
    found = rescue_json("package", program.small_rpms(), code=0)["packages"]
    names = subprocess.run(["rpm", "-qp", "--nosignature", "--qf", "%{NEVRA}\n",
                            *sorted(program.small_rpms().glob("*.rpm"))],
                           capture_output=True, text=True, check=True).stdout.split()
    assert sorted(p["nevra"] for p in found) == sorted(names)
    assert all(p["digests"] == "ok" for p in found)
    bad = rescue_json("package", program.bad_rpms() / "corrupt.rpm", code=1)["packages"]
    assert bad[0]["digests"] == "bad"
    del directory


def test_initramfs(directory):
    root = program.small_root(directory)
    output = directory / "test.img"
    rescue("initramfs", "--root", root, program.release(), "-o", output, code=0)
    assert output.stat().st_size > 1 << 20
    first = trees.digest(output)
    rescue("initramfs", "--root", root, program.release(), "-o", output, code=0)
    assert trees.digest(output) == first, "the same input gives the same bytes"
    rescue("initramfs", "--root", root, "1.2.3", "-o", directory / "no.img", code=2)
    assert not (directory / "no.img").exists()


def test_narrow_terminal(directory):
    root = program.small_root(directory, "state=broken")
    result = rescue("--root", root, code=1, env={"COLUMNS": "80"})
    assert len(result.out.splitlines()) <= 25, result


def test_long_names_fit_a_console(directory):
    program.need_root()
    image = program.small_disk(directory, name="a-disk-image-of-a-server-with-a-long-name" * 2)
    out = rescue("locate", "--image", image, code=0, env={"COLUMNS": "80"}).out
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80, out
    plain = "".join("".join(lines).split())
    assert lines[0].startswith("DEVICE") and "SYSTEM" in plain, out
    document = rescue_json("locate", "--image", image, code=0)
    assert [d["path"] for d in document["devices"]][0] == str(image), document["devices"]
