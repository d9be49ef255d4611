# SPDX-License-Identifier: GPL-2.0-or-later
"""libc against kernel and CPU, FIPS mode, Secure Boot: what else keeps it from starting."""
import hashlib
import hmac
import os
import pathlib
import struct

import program
from program import codes, fault, rescue_json
from test_hardware import PVSCSI, VMXNET3, finding, machine

ANY_RESOLVER = True


def host_libc():
    for name in ("/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6"):
        if os.path.exists(name):
            return bytearray(pathlib.Path(name).read_bytes())
    raise program.Skipped("no glibc for x86-64 here")


def set_libc(root, kernel=None):
    data = host_libc()
    if kernel:
        at = data.index(struct.pack("<4I", 4, 16, 1, 0x554e47)) + 16
        data[at:at + 16] = struct.pack("<4I", 0, *kernel)
    path = root / "usr/lib64/libc.so.6"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(data))


def verify(root, *words, code):
    return rescue_json("verify", "--root", root, *words, code=code)["systems"][0]


def test_libc_wants_a_newer_kernel(directory):
    root = program.small_root(directory)
    set_libc(root, kernel=(6, 1, 0))
    assert "glibc-needs-newer-kernel" not in codes(verify(root, code=0)["findings"])
    set_libc(root, kernel=(7, 2, 0))
    system = verify(root, code=1)
    assert system["verdict"] == "unbootable"
    assert "7.2.0" in finding(system, "glibc-needs-newer-kernel")["message"]


def test_a_package_too_old_for_the_libc(directory):
    root = program.small_root(directory, "state=broken")
    set_libc(root, kernel=(7, 2, 0))
    rpms = program.small_rpms()
    system = verify(root, "--package", rpms, code=1)
    assert system["verdict"] == "unbootable"
    assert {"package-incompatible", "glibc-needs-newer-kernel"} <= set(codes(system["findings"]))
    told = fault("restore", "--root", root, rpms, "--allow-unsigned", "--yes", code=2,
                 name="ENOEXEC")
    assert "--allow-incompatible" in told.err and "state: nothing was changed" in told.err
    assert not (root / "boot" / f"vmlinuz-{program.release()}").exists()
    plan = rescue_json("restore", "--root", root, rpms, "--allow-unsigned",
                       "--allow-incompatible", "--dry-run")
    assert plan["fault"] is None and plan["plan"]["operations"]


def test_cpu_below_the_level_of_libc(directory):
    root = program.small_root(directory)
    set_libc(root)
    old = machine(directory, "# arch x86_64", "# features cmov cx8 fpu fxsr mmx sse", PVSCSI)
    system = verify(root, "--hardware", old, code=1)
    assert "lacks lm" in finding(system, "cpu-below-level")["message"], system["findings"]
    assert system["verdict"] == "unbootable"
    good = machine(directory, "# arch x86_64",
                   "# features lm cmov cx8 fpu fxsr mmx syscall sse sse2", PVSCSI)
    assert "cpu-below-level" not in codes(verify(root, "--hardware", good, code=0)["findings"])


def set_options(root, more):
    entry, = (root / "boot/loader/entries").glob("*.conf")
    lines = [line + more if line.startswith("options ") else line
             for line in entry.read_text().splitlines()]
    entry.write_text("\n".join(lines) + "\n")


def test_fips_mode(directory):
    root = program.small_root(directory)
    set_options(root, " fips=1")
    assert "boot=" in finding(verify(root, code=1), "fips-hmac-missing")["message"]
    set_options(root, " boot=LABEL=boot")
    image = root / f"boot/vmlinuz-{program.release()}"
    record = image.with_name(f".{image.name}.hmac")
    right = hmac.new(b"FIPS-FTW-RHT2009", image.read_bytes(), hashlib.sha512).hexdigest()
    record.write_text(f"{right}  vmlinuz-{program.release()}\n")
    assert verify(root, code=0)["verdict"] == "bootable"
    record.write_text(f"{right[:-1]}{'0' if right[-1] != '0' else '1'}  {image.name}\n")
    system = verify(root, code=1)
    assert "does not match" in finding(system, "fips-hmac-missing")["message"]
    assert system["verdict"] == "unbootable"
    record.unlink()
    assert "is not there" in finding(verify(root, code=1), "fips-hmac-missing")["message"]
    set_options(root, " fips=0")
    assert verify(root, code=0)["verdict"] == "bootable"


def test_secure_boot(directory):
    root = program.small_root(directory)
    on = machine(directory, "# secure-boot on", PVSCSI, VMXNET3)
    image = root / f"boot/vmlinuz-{program.release()}"
    data = bytearray(image.read_bytes())
    header, = struct.unpack_from("<I", data, 0x3c)
    directory_at = header + 24 + 112 + 8 * 4
    struct.pack_into("<II", data, directory_at, len(data), 64)
    image.write_bytes(bytes(data) + bytes(64))
    system = verify(root, "--hardware", on, code=1)
    assert "secureboot-unsigned" not in codes(system["findings"])
    # The lab's modules are not signed, which this kernel minds under Secure Boot.
    refused = [module for module in system["modules"] if module["reason"] == "signature"]
    assert refused and all(module["verdict"] == "refused" for module in refused)
    config = root / f"boot/config-{program.release()}"
    option = "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT"
    config.write_text(config.read_text().replace(f"{option}=y", f"# {option} is not set"))
    system = verify(root, "--hardware", on, code=0)
    assert "secureboot-unsigned" not in codes(system["findings"]) and not system["modules"]
    struct.pack_into("<II", data, directory_at, 0, 0)
    image.write_bytes(bytes(data))
    system = verify(root, "--hardware", on, code=1)
    assert finding(system, "secureboot-unsigned")["subject"] == f"/boot/{image.name}"
    assert system["verdict"] == "unbootable"
    off = machine(directory, "# secure-boot off", PVSCSI, VMXNET3)
    assert "secureboot-unsigned" not in codes(verify(root, "--hardware", off, code=0)["findings"])
