# SPDX-License-Identifier: GPL-2.0-or-later
"""restore without packages: one test a finding, and the sound parts stay as they are."""
import program
import trees
from program import codes, rescue, rescue_json


def healthy(directory, *options):
    root = program.small_root(directory, *options)
    found = rescue_json("verify", "--root", root, code=0)["systems"][0]
    assert found["verdict"] == "bootable", found["findings"]
    return root


def findings(root):
    return rescue_json("verify", "--root", root)["systems"][0]["findings"]


def repair(root, code, only):
    """The finding is there with a remedy; running the remedy mends it; undo takes it back."""
    before = trees.manifest(root)
    found = findings(root)
    assert code in codes(found), codes(found)
    remedy = next(f["remedy"] for f in found if f["code"] == code)
    assert remedy and remedy.startswith("rescue restore --root "), remedy
    done = rescue_json(*remedy.split()[1:], "--yes", code=0)
    assert done["applied"] and done["verdict"] == "bootable", done
    assert [op["op"] for op in done["plan"]["operations"]] == only, done["plan"]
    assert code not in codes(findings(root))
    rescue("undo", "--root", root, "--yes", code=0)
    trees.assert_equal(before, trees.manifest(root, without=[".rescue"]))


def test_healthy_needs_nothing(directory):
    root = healthy(directory)
    before = trees.manifest(root)
    done = rescue_json("restore", "--root", root, "--yes", code=0)
    assert not done["applied"] and done["plan"]["operations"] == []
    trees.assert_equal(before, trees.manifest(root))


def test_image_missing(directory):
    root = healthy(directory)
    (root / f"boot/vmlinuz-{program.release()}").unlink()
    repair(root, "image-missing", ["copy"])


def test_image_damaged(directory):
    root = healthy(directory)
    image = root / f"boot/vmlinuz-{program.release()}"
    data = bytearray(image.read_bytes())
    for at in range(len(data) // 2, len(data) // 2 + 4096):
        data[at] ^= 0x55
    image.write_bytes(data)
    repair(root, "image-damaged", ["copy"])


def test_modules_unindexed(directory):
    root = healthy(directory)
    for name in ("modules.dep", "modules.dep.bin"):
        (root / f"lib/modules/{program.release()}/{name}").unlink()
    repair(root, "modules-unindexed", ["index"])


def test_initramfs_missing(directory):
    root = healthy(directory)
    (root / f"boot/initramfs-{program.release()}.img").unlink()
    repair(root, "initramfs-missing", ["initramfs"])


def test_initramfs_damaged(directory):
    root = healthy(directory)
    path = root / f"boot/initramfs-{program.release()}.img"
    path.write_bytes(path.read_bytes()[:-5000])
    repair(root, "initramfs-damaged", ["initramfs"])


def test_entry_missing(directory):
    root = healthy(directory)
    entry, = (root / "boot/loader/entries").glob(f"*-{program.release()}.conf")
    entry.unlink()
    found = findings(root)
    assert "entry-missing" in codes(found) and "no-entry" in codes(found), codes(found)
    repair(root, "entry-missing", ["entry"])


def test_entry_broken(directory):
    root = healthy(directory)
    entry, = (root / "boot/loader/entries").glob(f"*-{program.release()}.conf")
    entry.write_text(entry.read_text().replace("/vmlinuz-", "/no-such-"))
    assert "entry-broken" in codes(findings(root))
    repair(root, "default-broken", ["entry"])


def test_default_broken(directory):
    root = healthy(directory)
    entry, = (root / "boot/loader/entries").glob(f"*-{program.release()}.conf")
    bad = entry.with_name(entry.name.replace(program.release(), "9.9.9-1.el9.x86_64"))
    bad.write_text(entry.read_text().replace(program.release(), "9.9.9-1.el9.x86_64"))
    env = root / "boot/grub2/grubenv"
    text = env.read_text().rstrip("#").replace(entry.stem, bad.stem)
    env.write_text(text + "#" * (1024 - len(text)))
    repair(root, "default-broken", ["default"])


def test_sound_initramfs_is_kept(directory):
    root = healthy(directory)
    path = root / f"boot/initramfs-{program.release()}.img"
    before = trees.describe(path)
    (root / f"boot/vmlinuz-{program.release()}").unlink()
    rescue("restore", "--root", root, "--yes", code=0)
    assert trees.describe(path) == before


def test_third_party_module_of_another_kernel(directory):
    root = healthy(directory)
    release = program.release()
    tree = root / f"lib/modules/{release}"
    good = next(path for path in sorted(tree.rglob("*.ko")))
    bad = tree / "extra/vmxnet.ko"
    bad.parent.mkdir()
    vermagic = release.encode() + b" SMP"
    data = good.read_bytes()
    assert vermagic in data
    # The kernel compares symbol versions where there are some, and then not the release.
    other = data.replace(vermagic, b"9" + vermagic[1:])
    at = other.index(b"module_layout\0")
    bent = other[:at - 8] + bytes(byte ^ 255 for byte in other[at - 8:at - 4]) + other[at - 4:]
    for content, verdict, reason, code in [
            (other, "loads", None, None),
            (bent, "refused", "module-layout", "module-symbol-version"),
            (other.replace(b" SMP ", b" UP  "), "refused", "vermagic", "module-vermagic")]:
        bad.write_bytes(content)
        result = rescue_json("verify", "--root", root)["systems"][0]
        judged = [m for m in result["modules"] if m["path"].endswith("extra/vmxnet.ko")]
        assert judged and judged[0]["third_party"], judged
        assert (judged[0]["verdict"], judged[0]["reason"]) == (verdict, reason), judged
        told = [f for f in codes(result["findings"]) if f.startswith("module-")]
        assert told == ([code] if code else []), told


def test_damaged_module(directory):
    root = healthy(directory)
    tree = root / f"lib/modules/{program.release()}"
    module = sorted(tree.rglob("*.ko"))[0]
    module.write_bytes(module.read_bytes()[:100])
    result = rescue_json("verify", "--root", root, code=1)["systems"][0]
    assert "module-damaged" in codes(result["findings"]), codes(result["findings"])
    assert result["verdict"] == "degraded"


def test_which_package(directory):
    root = program.small_root(directory, "state=broken")
    found = [f for f in findings(root) if f["code"] == "no-kernel"]
    assert found and f"kernel-core-{program.release()}.rpm" in found[0]["message"], found
    assert found[0]["remedy"] is None


def test_package_in_the_patients_cache(directory):
    root = program.small_root(directory, "state=broken")
    cache = root / "var/cache/dnf/baseos-0123456789abcdef/packages"
    cache.mkdir(parents=True)
    for rpm in program.small_rpms().glob("*.rpm"):
        (cache / rpm.name).write_bytes(rpm.read_bytes())
    remedy = next(f["remedy"] for f in findings(root) if f["code"] == "no-kernel")
    assert remedy and "/var/cache/dnf/" in remedy, remedy
    done = rescue_json(*remedy.split()[1:], "--allow-unsigned", "--yes", code=0)
    assert done["verdict"] == "bootable"
