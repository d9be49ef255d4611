# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices against kernels: what drives them, what does not, and what would."""
import shutil

import program
from program import codes, fault, rescue, rescue_json

ANY_RESOLVER = True
VMXNET3 = "pci:v000015ADd000007B0sv000015ADsd000007B0bc02sc00i00"
VMXNET = "pci:v000015ADd00000720sv000015ADsd00000720bc02sc00i00"
PVSCSI = "pci:v000015ADd000007C0sv000015ADsd000007C0bc01sc07i00"
HPSA = "pci:v0000103Cd0000323Asv0000103Csd00003241bc01sc04i00"
BRIDGE = "pci:v00008086d00007190sv000015ADsd00001976bc06sc00i00"


def machine(directory, *lines):
    path = directory / "machine"
    path.write_text("".join(line + "\n" for line in lines))
    return path


def verify(root, path, code):
    return rescue_json("verify", "--root", root, "--hardware", path, code=code)["systems"][0]


def finding(system, code):
    found = [f for f in system["findings"] if f["code"] == code]
    assert found, codes(system["findings"])
    return found[0]


def test_every_device_by_name(directory):
    root = program.small_root(directory)
    path = machine(directory, f"{VMXNET3} 0000:0b:00.0", f"{PVSCSI} 0000:03:00.0", BRIDGE)
    system = verify(root, path, 0)
    judged = {h["device"]: (h["class"], h["module"], h["verdict"]) for h in system["hardware"]}
    assert judged["0000:0b:00.0"] == ("network", "vmxnet3", "driven"), judged
    assert judged["0000:03:00.0"] == ("storage", "vmw_pvscsi", "driven"), judged
    assert judged[BRIDGE] == ("other", None, "undriven"), judged
    text = rescue("verify", "--root", root, "--hardware", path, code=0).out
    assert "VMware vmxnet3 at 0000:0b:00.0: vmxnet3, loads\n" in text, text


def test_card_without_driver(directory):
    root = program.small_root(directory)
    system = verify(root, machine(directory, f"{VMXNET} 0000:02:00.0", PVSCSI), 1)
    found = finding(system, "network-undriven")
    assert system["verdict"] == "degraded" and found["severity"] == "error"
    assert "VMware vmxnet at 0000:02:00.0" in found["message"], found
    assert "serves VMware vmxnet3" in found["message"] and "e1000e" in found["message"], found
    # Where another card works it is worth no more than a warning.
    system = verify(root, machine(directory, f"{VMXNET} 0000:02:00.0", PVSCSI, VMXNET3), 0)
    assert finding(system, "network-undriven")["severity"] == "warning"


def test_disk_without_driver(directory):
    root = program.small_root(directory)
    system = verify(root, machine(directory, f"{HPSA} 0000:05:00.0", VMXNET3), 1)
    assert system["verdict"] == "unbootable"
    assert "HP storage controller 103c:323a at 0000:05:00.0" in \
        finding(system, "storage-undriven")["message"]
    system = verify(root, machine(directory, HPSA, PVSCSI), 0)
    assert finding(system, "storage-undriven")["severity"] == "warning"


def test_blacklisted_driver(directory):
    root = program.small_root(directory)
    (root / "etc/modprobe.d").mkdir(exist_ok=True)
    (root / "etc/modprobe.d/no.conf").write_text("blacklist vmxnet3\n")
    path = machine(directory, VMXNET3)
    assert "blacklisted" in finding(verify(root, path, 1), "network-undriven")["message"]
    (root / "etc/modprobe.d/no.conf").write_text("install vmxnet3 /bin/false\n")
    assert "switched off" in finding(verify(root, path, 1), "network-undriven")["message"]


def test_driver_that_does_not_load(directory):
    root = program.small_root(directory)
    module, = root.rglob("vmxnet3.ko")
    module.write_bytes(module.read_bytes()[:4096])
    system = verify(root, machine(directory, VMXNET3), 1)
    assert "will not load" in finding(system, "network-undriven")["message"]
    assert system["hardware"][0]["module"] == "vmxnet3"


def test_without_index_the_modules_tell(directory):
    root = program.small_root(directory)
    for name in root.glob("lib/modules/*/modules.*"):
        if not name.name.startswith("modules.builtin"):
            name.unlink()
    system = verify(root, machine(directory, VMXNET3, PVSCSI), 1)
    assert [h["verdict"] for h in system["hardware"]] == ["driven", "driven"], system["hardware"]


def test_not_judged_without_a_machine(directory):
    root = program.small_root(directory)
    assert rescue_json("verify", "--root", root, code=0)["systems"][0]["hardware"] is None
    assert rescue_json("inventory", "--root", root, "--hardware", machine(directory, VMXNET),
                       code=0)
    fault("verify", "--root", root, "--hardware", directory / "none", code=2, name="ENOENT")
    empty = machine(directory)
    fault("verify", "--root", root, "--hardware", empty, code=2, name="ENODATA")
    empty.write_bytes(b"pci:\0\n")
    fault("verify", "--root", root, "--hardware", empty, code=2, name="EBADMSG")


def test_platform_saved_and_read(directory):
    path = directory / "saved"
    rescue("platform", "--save", path, code=0)
    found = rescue_json("platform", code=0)["platform"]
    again = rescue_json("platform", "--hardware", path, code=0)["platform"]
    assert found == again
    assert found["features"] == sorted(found["features"]) and found["firmware"]
    rescue_json("verify", "--root", program.small_root(directory), "--hardware", path)
    assert rescue_json("platform", "--compare", path, code=0)["differences"] == []
    assert "do not differ" in rescue("platform", "--compare", path, path, code=0).out
    rescue("platform", "what", code=64)
    rescue("platform", "--save", path, "--compare", path, code=64)
    rescue("locate", "--save", path, code=64)


def test_machines_that_differ(directory):
    first, second = directory / "first", directory / "second"
    first.write_text(f"# arch x86_64\n# features md_clear sse2\n{VMXNET3} 0000:0b:00.0\n")
    shutil.copy(first, second)
    second.write_text(second.read_text().replace("md_clear ", "").replace(VMXNET3, VMXNET))
    found = rescue_json("platform", "--compare", first, second, code=0)["differences"]
    assert {"what": "feature", "subject": "md_clear", "first": "yes", "second": None} in found
    assert {"what": "device", "subject": VMXNET, "first": None,
            "second": "0000:0b:00.0"} in found, found
    text = rescue("platform", "--compare", first, second, code=0).out
    assert "md_clear" in text and "cannot be moved live" in text
    text = rescue("platform", "--compare", second, first, code=0).out
    assert "cannot be moved live" not in text
