# SPDX-License-Identifier: GPL-2.0-or-later
"""The modules that a kernel is asked to load: others' and its own, compiled and damaged."""
import bz2
import dataclasses
import gzip
import hashlib
import lzma
import pathlib
import re
import shutil
import struct
import subprocess

from elf import MARKER, Module

# What these do when they are loaded is break the machine, or hold it for long.
HARMFUL = re.compile(r"test|torture|lkdtm|panic|kunit|hwpoison|inject|watchdog|wdt|kgdb|"
                     r"reboot|scale|bench|suspend|i915|amdgpu|nouveau|softlockup|mtd_|pcmcia|snd.soc")


@dataclasses.dataclass
class Candidate:
    """One module to be tried. File names are told apart by a folder for each group."""
    group: str
    file: pathlib.Path
    name: str     # as the kernel calls it
    wants: list
    gives: list


def unpacked(path):
    data = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(data)
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq", path], check=True, stdout=subprocess.PIPE).stdout
    return bz2.decompress(data) if path.suffix == ".bz2" else data


def plain_name(path):
    return re.sub(r"\.ko(\.\w+)?$", "", path.name)


def candidate(group, folder, name, data, like=None):
    """Writes the file. A damaged one wants what the whole one did."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ko"
    path.write_bytes(data)
    try:
        module = like or Module(data)
        return Candidate(group, path, module.name(), module.wants(), module.gives())
    except (struct.error, ValueError, IndexError):
        return Candidate(group, path, name, [], [])


def in_tree(kernel, count, folder, group):
    """So many of a kernel's own, spread over its tree: always the same ones."""
    files = [f for f in kernel.files if not HARMFUL.search(plain_name(f))]
    files.sort(key=lambda f: hashlib.sha256(plain_name(f).encode()).digest())
    return [candidate(group, folder / group, plain_name(f), unpacked(f)) for f in files[:count]]


def compiled(directory, folder, group, words=None):
    files = sorted(directory.glob("*/*.ko"))
    return [candidate(group, folder / group, plain_name(f), f.read_bytes()) for f in files
            if not HARMFUL.search(plain_name(f))
            and (not words or f.parent.name in words)]


# ---- damaged, changed, signed anew --------------------------------------------------------

def edit(data, change):
    module = Module(data)
    change(module)
    return bytes(module.data)


def resigned(data, key):
    """As scripts/sign-file does it, with a key that no kernel knows."""
    if not (key / "key.pem").exists():
        key.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
                        "-subj", "/CN=nobody", "-keyout", key / "key.pem",
                        "-out", key / "cert.pem"], check=True, stderr=subprocess.DEVNULL)
    (key / "data").write_bytes(data)
    signature = subprocess.run(
        ["openssl", "cms", "-sign", "-binary", "-noattr", "-nocerts", "-md", "sha256",
         "-signer", key / "cert.pem", "-inkey", key / "key.pem", "-outform", "DER",
         "-in", key / "data"], check=True, stdout=subprocess.PIPE).stdout
    return data + trailer(signature)


def trailer(signature, kind=2, size=None):
    size = len(signature) if size is None else size
    return signature + struct.pack(">8BI", 0, 0, kind, 0, 0, 0, 0, 0, size) + MARKER


def flipped(data, at):
    changed = bytearray(data)
    changed[at] ^= 0x40
    return bytes(changed)


def stripped(data, option, folder):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "stripped"
    path.write_bytes(data)
    subprocess.run(["strip", option, path], check=True)
    return path.read_bytes()


def elf_damage(data):
    """name: bytes; what is wrong with the file itself."""
    whole = Module(data)
    symtab = whole.index(".symtab")
    yield "empty", b""
    yield "text", b"#!/bin/sh\nexit 0\n" * 20
    for n, size in enumerate((3, 40, 64, len(data) // 3, len(data) // 2, whole.table + 10,
                              whole.table + 64 * whole.count - 1)):
        yield f"cut-{n}", data[:size]
    yield "magic", b"\x7fELG" + data[4:]
    yield "class", data[:4] + b"\x01" + data[5:]
    yield "order", data[:5] + b"\x02" + data[6:]
    yield "type", data[:16] + struct.pack("<H", 3) + data[18:]
    for machine in (3, 183, 243):
        yield f"machine-{machine}", data[:18] + struct.pack("<H", machine) + data[20:]
    yield "header-size", data[:58] + struct.pack("<H", 40) + data[60:]
    yield "names-index", data[:62] + struct.pack("<H", 0xfff0) + data[64:]
    yield "table-away", data[:40] + struct.pack("<Q", len(data) + 8) + data[48:]
    yield "no-struct", edit(data, lambda m: m.rename_section(
        ".gnu.linkonce.this_module", ".gnu.linkonce.that_module"))
    yield "symtab-away", edit(data, lambda m: m.set_section(".symtab", 4, len(data)))
    yield "symtab-link", edit(data, lambda m: m.set_section(".symtab", 6, 60000))
    yield "symtab-type", edit(data, lambda m: m.set_section(".symtab", 1, 1))
    yield "text-away", edit(data, lambda m: m.set_section(
        ".modinfo", 4, len(data) * 2)) if symtab else data


def info_changes(data):
    """What .modinfo and __versions say; the bytes still are a module."""
    module = Module(data)
    magic = b"vermagic=" + module.info()["vermagic"].encode()
    release = magic.split(b" ")[0]
    yield "no-magic", edit(data, lambda m: m.replace_info(b"vermagic=", b"vermacig="))
    yield "other-release", edit(data, lambda m: m.replace_info(release, release[:-2] + b"xx"))
    yield "no-smp", edit(data, lambda m: m.replace_info(b" SMP ", b" UP  "))
    yield "no-license", edit(data, lambda m: m.replace_info(b"license=", b"licence="))
    yield "proprietary", edit(data, lambda m: m.replace_info(b"license=GPL", b"license=GPX"))
    yield "no-retpoline", edit(data, lambda m: m.replace_info(b"retpoline=Y", b"retpoline=N"))
    if b"intree=Y\0" in data:
        yield "livepatch", edit(data, lambda m: m.replace_info(b"intree=Y", b"intree=N"))
    if b"__versions\0" not in data:
        return
    wanted = [name for name in module.wants() if name != "module_layout"]
    first, last = wanted[0], wanted[-1]
    yield "no-versions", edit(data, lambda m: m.rename_section("__versions", "__verbions"))
    yield "versions-empty", edit(data, lambda m: m.set_section("__versions", 5, 0))
    yield "layout", edit(data, lambda m: m.put(m.version_at("module_layout"), b"\1\2\3\4"))
    yield "no-layout", edit(data, lambda m: m.put(m.version_at("module_layout") + 8, b"x"))
    for word, name in (("first", first), ("last", last)):
        yield f"crc-{word}", edit(data, lambda m: m.put(m.version_at(name), b"\1\2\3\4"))
        yield f"no-crc-{word}", edit(data, lambda m: m.put(m.version_at(name) + 8, b"\1"))
        yield f"gone-{word}", edit(data, lambda m: m.rename_symbol(
            name.encode(), b"q" * min(4, len(name))))

    def two(m):
        m.put(m.version_at(first), b"\1\2\3\4")
        m.rename_symbol(last.encode(), b"qqqq"[:len(last)])

    def two_back(m):
        m.put(m.version_at(last), b"\1\2\3\4")
        m.rename_symbol(first.encode(), b"qqqq"[:len(first)])
    yield "two", edit(data, two)
    yield "two-back", edit(data, two_back)

    def both(m):
        m.put(m.version_at("module_layout"), b"\1\2\3\4")
        m.replace_info(b" SMP ", b" UP  ")
    yield "layout-and-magic", edit(data, both)


def struct_changes(data):
    size = len(Module(data).content(".gnu.linkonce.this_module"))
    for change in (-64, 64):
        yield f"struct{change:+d}", edit(data, lambda m: m.set_section(
            ".gnu.linkonce.this_module", 5, size + change))


def signatures(data, key):
    """Of a module that its kernel's own key has signed."""
    bare, signed = Module(data).unsigned()
    signature = signed[:-12 - len(MARKER)]
    yield "unsigned", bare
    yield "resigned", resigned(bare, key)
    yield "resigned-changed", flipped(resigned(bare, key), bare.index(b"retpoline="))
    if not signed:
        return
    yield "changed", flipped(data, data.index(b"retpoline="))
    yield "changed-padding", flipped(data, len(bare) - 1)
    yield "signature-value", flipped(data, len(bare) + len(signature) - 9)
    yield "signature-der", bare + trailer(b"\x30\x03" + signature[2:])
    yield "signature-zero", bare + trailer(bytes(len(signature)))
    yield "signature-kind", bare + trailer(signature, kind=1)
    yield "signature-long", bare + trailer(signature, size=len(data) * 2)
    yield "signature-none", bare + trailer(b"")
    yield "signature-twice", data + trailer(signature)
    yield "serial", bare + trailer(flipped(signature, signature.index(b"\x02\x14") + 5)
                                   if b"\x02\x14" in signature else signature)
    yield "marker-cut", data[:-1]


def variants(base, folder, group, key):
    """Every change of one module; each has a folder, for all are one module by name."""
    data = unpacked(base)
    like = Module(data)
    stem = plain_name(base)
    bare = like.unsigned()[0]
    made = [*elf_damage(bare), *info_changes(bare), *struct_changes(bare),
            *signatures(data, key)]
    made.append(("strip-debug", stripped(bare, "--strip-debug", key)))
    made.append(("strip-all", stripped(bare, "--strip-all", key)))
    return [candidate(group, folder / group, f"{stem}-{word}", content, like)
            for word, content in made]


def compress_some(candidates):
    """What the program is given of every ninth: the same, compressed."""
    commands = (("gz", ["gzip", "-kf"]), ("xz", ["xz", "-kf", "--check=crc32"]),
                ("zst", ["zstd", "-qf"]))
    given = {}
    for n, one in enumerate(candidates):
        given[one.file] = one.file
        if n % 9 == 0 and one.file.stat().st_size and shutil.which("zstd"):
            suffix, command = commands[n // 9 % 3]
            subprocess.run([*command, one.file], check=True)
            given[one.file] = one.file.with_name(f"{one.file.name}.{suffix}")
    return given
