# SPDX-License-Identifier: GPL-2.0-or-later
"""Throw-away OpenPGP keys, and RPMs signed with them in every place a signature may have.

rpmsign knows neither ECDSA nor format 6's tag, so the signature header is written here:
gpg signs the bytes, the tag is put where it belongs.
"""
import base64
import os
import pathlib
import struct
import subprocess

HEADER_TAGS = {"rsa": 268, "dsa": 267}
PAYLOAD_TAGS = {"rsa": 1002, "dsa": 1005}
OPENPGP_TAG = 278
BINARY, TEXTS = 7, 8


class Home:
    """A gpg home; `when` ("20200101T000000") is the time it believes in."""

    def __init__(self, directory):
        self.path = pathlib.Path(directory)
        self.path.mkdir(mode=0o700, parents=True)

    def gpg(self, *words, when=None, stdin=b"", check=True):
        command = ["gpg", "--homedir", self.path, "--batch", "--quiet", "--no-tty", "--yes",
                   "--pinentry-mode", "loopback", "--passphrase", "", "--enable-dsa2",
                   "--trust-model", "always"]
        if when:
            command += ["--faked-system-time", when]
        done = subprocess.run([*map(str, command), *map(str, words)], input=stdin,
                              capture_output=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"gpg {words}: {done.stderr.decode()}")
        return done.stdout if not done.returncode else None

    def make(self, name, algorithm, usage="sign", expires="never", when=None):
        self.gpg("--quick-gen-key", name, algorithm, usage, expires, when=when)
        return self.fingerprints(name)[0]

    def fingerprints(self, name):
        lines = self.gpg("--with-colons", "--with-subkey-fingerprint", "-k", name).decode()
        return [line.split(":")[9] for line in lines.splitlines() if line.startswith("fpr:")]

    def export(self, name, path, armor=True):
        words = ["--armor"] if armor else []
        path.write_bytes(self.gpg(*words, "--export", name))
        return path

    def sign(self, key, data, digest, when=None, more=()):
        """A detached signature packet, or None where gpg will not."""
        return self.gpg(*more, "--local-user", f"{key}!", "--digest-algo", digest,
                        "--detach-sign", stdin=data, when=when, check=False)

    def revoke(self, fingerprint):
        text = (self.path / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.gpg("--import", stdin=text.replace(":-----BEGIN", "-----BEGIN").encode())

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.path, "--kill", "all"], check=False,
                       env={**os.environ, "GNUPGHOME": str(self.path)},
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def header_length(data, at):
    tags, size = struct.unpack_from(">II", data, at + 8)
    return 16 + 16 * tags + size


class Signable:
    """An RPM whose signature header can be written anew."""

    def __init__(self, data):
        self.lead = data[:96]
        size = header_length(data, 96)
        self.entries = list(self._entries(data[96:96 + size]))
        rest = 96 + size + -size % 8
        main = header_length(data, rest)
        self.header, self.payload = data[rest:rest + main], data[rest + main:]

    @staticmethod
    def _entries(header):
        tags, = struct.unpack_from(">I", header, 8)
        store = 16 + 16 * tags
        index = [struct.unpack_from(">IIII", header, 16 + 16 * i) for i in range(tags)]
        offsets = sorted([e[2] for e in index]) + [len(header) - store]
        for tag, kind, offset, count in index:
            if tag in (62, 1008):  # the region, reserved space
                continue
            end = min(o for o in offsets if o > offset)
            value = header[store + offset:store + end]
            if kind == BINARY:
                value = value[:count]
            elif kind == 4:
                value = value[:4 * count]
            else:
                value = b"\0".join(value.split(b"\0")[:count]) + b"\0"
            yield tag, kind, count, value

    def add(self, tag, kind, value, count=None):
        self.entries.append((tag, kind, len(value) if count is None else count, value))

    def sign_header(self, home, key, digest, kind, when=None, more=()):
        signature = home.sign(key, self.header, digest, when, more)
        if signature:
            self.add(HEADER_TAGS[kind], BINARY, signature)
        return signature is not None

    def sign_payload(self, home, key, digest, kind, when=None):
        signature = home.sign(key, self.header + self.payload, digest, when)
        if signature:
            self.add(PAYLOAD_TAGS[kind], BINARY, signature)
        return signature is not None

    def sign_texts(self, home, key, digest, when=None):
        signature = home.sign(key, self.header, digest, when)
        if signature:
            self.add(OPENPGP_TAG, TEXTS, base64.b64encode(signature) + b"\0", 1)
        return signature is not None

    def write(self, path):
        header = build_header(self.entries, 62)
        path.write_bytes(self.lead + header + bytes(-len(header) % 8) + self.header +
                         self.payload)
        return path


def build_header(entries, region):
    """entries: (tag, type, count, value)"""
    index, store = b"", b""
    for tag, kind, count, value in sorted(entries):
        store += bytes(-len(store) % {3: 2, 4: 4, 5: 8}.get(kind, 1))
        index += struct.pack(">IIII", tag, kind, len(store), count)
        store += value
    index = struct.pack(">IIII", region, BINARY, len(store), 16) + index
    store += struct.pack(">IIiI", region, BINARY, -len(index), 16)
    return (b"\x8e\xad\xe8\x01\0\0\0\0" +
            struct.pack(">II", len(index) // 16, len(store)) + index + store)


def build_rpm(lead, files, payload, compressor="gzip"):
    """An unsigned package without digests: what anybody can make. files: (name, size)"""
    def texts(*values):
        return 8, len(values), b"".join(v.encode() + b"\0" for v in values)

    def numbers(kind, code, values):
        return kind, len(values), struct.pack(f">{len(values)}{code}", *values)

    count = len(files)
    entries = {1000: (6, 1, b"bent\0"), 1001: (6, 1, b"1\0"), 1002: (6, 1, b"1\0"),
               1022: (6, 1, b"x86_64\0"), 1044: (6, 1, b"bent.src.rpm\0"),
               1124: (6, 1, b"cpio\0"), 1125: (6, 1, compressor.encode() + b"\0"),
               5011: numbers(4, "I", [8])}
    if files:
        entries.update({
            1028: numbers(4, "I", [size for _, size in files]),
            1030: numbers(3, "H", [0o100644] * count),
            1034: numbers(4, "I", [0] * count), 1037: numbers(4, "I", [0] * count),
            1096: numbers(4, "I", range(1, count + 1)),
            1116: numbers(4, "I", [0] * count), 1117: texts(*[name for name, _ in files]),
            1118: texts("/lib/modules/V/")})
    main = build_header([(tag, *value) for tag, value in entries.items()], 63)
    signature = build_header([(1000, 4, 1, struct.pack(">I", len(main) + len(payload)))], 62)
    return lead + signature + bytes(-len(signature) % 8) + main + payload


def cpio_member(name, size, mode=0o100644):
    """A newc header without the data."""
    raw = name.encode() + b"\0"
    fields = [1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, len(raw), 0]
    out = b"070701" + b"".join(b"%08x" % field for field in fields) + raw
    return out + bytes(-len(out) % 4)
