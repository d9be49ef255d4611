# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages: what rpm says of them and what we say, signatures of every kind."""
import gzip
import lzma
import os
import pathlib
import shutil
import subprocess
import sys
import zlib

import program
from program import rescue, rescue_json

sys.path.insert(0, str(program.TOP / "tests/lib"))
import signing  # noqa: E402

ALGORITHMS = {  # gpg's name: kind of tag, does this machine's rpm know it
    "rsa2048": ("rsa", True), "rsa4096": ("rsa", True), "dsa1024": ("dsa", True),
    "dsa2048": ("dsa", True), "nistp256": ("dsa", False), "nistp384": ("dsa", False),
    "nistp521": ("dsa", False), "ed25519": ("dsa", True),
}
DIGESTS = ["SHA1", "SHA256", "SHA384", "SHA512"]


def small_package(directory):
    """A package of no kernel, a few KiB."""
    made = directory / "made"
    if not made.exists():
        subprocess.run([program.TOP / "tests/lib/make-rpms", "--only", "no-kernel", made],
                       check=True)
    return next((made / "no-kernel").glob("*.rpm")).read_bytes()


def ours(path, key, code=None):
    words = ["--key", key] if key else []
    return rescue_json("package", path, *words, code=code)["packages"][0]


def rpm_says(directory, path, key):
    """good, bad, unknown-key or unsigned, as rpm -K has it."""
    database = directory / f"db-{pathlib.Path(key).name}" if key else directory / "db"
    if key and not database.exists():
        database.mkdir()
        # rpm 4.18 refuses keys of algorithms that it does not know.
        subprocess.run(["rpmkeys", "--dbpath", database, "--import", key], check=False,
                       capture_output=True)
    out = subprocess.run(["rpmkeys", "--dbpath", database, "-Kv", path], check=False,
                         capture_output=True, text=True).stdout
    lines = [line for line in out.splitlines() if "ignature" in line]
    if any(line.endswith("BAD") for line in lines):
        return "bad"
    if any(line.endswith("NOKEY") for line in lines):
        return "unknown-key"
    return "good" if any(line.endswith("OK") for line in lines) else "unsigned"


def test_signatures_agree_with_rpm(directory):
    base = small_package(directory)
    home = signing.Home(directory / "gpg")
    rows, disagreements = [], 0
    try:
        for algorithm, (kind, rpm_knows) in ALGORITHMS.items():
            key = home.make(algorithm, algorithm)
            public = home.export(key, directory / f"{algorithm}.asc")
            for digest in DIGESTS:
                for place in ("header", "payload", "texts"):
                    package = signing.Signable(base)
                    words = [] if place == "texts" else [kind]
                    if not getattr(package, f"sign_{place}")(home, key, digest, *words):
                        continue
                    path = package.write(directory / "signed.rpm")
                    found = ours(path, public, code=0)["signature"]
                    assert found["key"] == key[-16:].lower(), found
                    other = rpm_says(directory, path, public)
                    # rpm 4.18 knows neither every algorithm nor tag 278.
                    comparable = rpm_knows and place != "texts"
                    agrees = found["state"] == other if comparable else "-"
                    disagreements += agrees is False
                    assert found["state"] == "good", (algorithm, digest, place, found)
                    assert ours(path, None, code=0)["signature"]["state"] == "unknown-key"
                    rows.append((algorithm, digest, place, found["state"], other, agrees))
    finally:
        home.close()
    for row in rows:
        print("  {:10}{:8}{:9}ours {:8}rpm {:12}agree {}".format(*row))
    assert len(rows) >= 60, len(rows)
    assert not disagreements


def test_bad_signatures(directory):
    base = small_package(directory)
    home = signing.Home(directory / "gpg")
    try:
        for algorithm, kind in (("rsa2048", "rsa"), ("dsa1024", "dsa"), ("nistp256", "dsa"),
                                ("ed25519", "dsa")):
            key = home.make(algorithm, algorithm)
            public = home.export(key, directory / f"{algorithm}.asc")
            other = signing.Signable(base)
            other.header = other.header.replace(b"hello", b"hullo")
            for place in ("header", "payload"):
                package = signing.Signable(base)
                assert getattr(other, f"sign_{place}")(home, key, "SHA256", kind)
                package.entries.append(other.entries.pop())
                path = package.write(directory / "bad.rpm")
                assert ours(path, public, code=1)["signature"]["state"] == "bad"
                if ALGORITHMS[algorithm][1]:
                    assert rpm_says(directory, path, public) == "bad"
                # A good one beside it does not help.
                assert package.sign_texts(home, key, "SHA256")
                path = package.write(directory / "both.rpm")
                if place == "payload":
                    assert ours(path, public, code=1)["signature"]["state"] == "bad"
    finally:
        home.close()


def test_expired_and_revoked_keys(directory):
    base = small_package(directory)
    home = signing.Home(directory / "gpg")
    try:
        key = home.make("aged", "rsa2048", expires="20210101T000000", when="20200101T000000")
        aged = home.export(key, directory / "aged.asc")
        home.gpg("--quick-set-expire", key, "20300101T000000", when="20200201T000000")
        states = {}
        for when in ("20200601T000000", "20220601T000000"):
            package = signing.Signable(base)
            assert package.sign_header(home, key, "SHA256", "rsa", when)
            path = package.write(directory / f"{when}.rpm")
            states[when] = ours(path, aged, code=0)["signature"]["state"]
        assert list(states.values()) == ["good", "unknown-key"], states
        assert "the key had expired" in rescue("package", path, "--key", aged, code=0).out
        later = home.export(key, directory / "later.asc")
        assert ours(path, later, code=0)["signature"]["state"] == "good"
        home.revoke(key)
        revoked = home.export(key, directory / "revoked.asc")
        result = rescue("package", path, "--key", revoked, code=0)
        assert "unknown-key" in result.out and "the key is revoked" in result.out, result
    finally:
        home.close()


def test_signatures_out_of_their_time(directory):
    """Made before the key, or for a time that is past."""
    base = small_package(directory)
    home = signing.Home(directory / "gpg")
    try:
        key = home.make("key", "rsa2048", when="20200101T000000")
        public = home.export(key, directory / "key.asc")
        for when, more, problem in (
                ("20190101T000000", ["--ignore-time-conflict"], "the key did not exist yet"),
                ("20200601T000000", ["--default-sig-expire", "30"], "it has expired"),
                ("20200601T000000", ["--default-sig-expire", "20000"], None)):
            package = signing.Signable(base)
            assert package.sign_header(home, key, "SHA256", "rsa", when, more)
            path = package.write(directory / "timed.rpm")
            state = ours(path, public, code=0)["signature"]["state"]
            assert state == ("unknown-key" if problem else "good"), (when, more, state)
            assert not problem or problem in rescue("package", path, "--key", public).out
    finally:
        home.close()


def test_subkeys(directory):
    base = small_package(directory)
    home = signing.Home(directory / "gpg")
    try:
        key = home.make("owner", "rsa2048", usage="cert")
        home.gpg("--quick-add-key", key, "ed25519", "sign", "never")
        home.gpg("--quick-add-key", key, "rsa2048", "encr", "never")
        signer = home.fingerprints("owner")[1]
        public = home.export(key, directory / "owner.gpg", armor=False)
        package = signing.Signable(base)
        assert package.sign_header(home, signer, "SHA512", "dsa")
        path = package.write(directory / "subkey.rpm")
        assert ours(path, public, code=0)["signature"]["state"] == "good"
        # Without its binding (packet 2 behind packet 14) the subkey is nobody's.
        unbound = directory / "unbound.gpg"
        unbound.write_bytes(without_binding(public.read_bytes()))
        result = rescue("package", path, "--key", unbound, code=0)
        assert "not bound" in result.out, result
    finally:
        home.close()


def without_binding(data):
    out, at, after_subkey = b"", 0, False
    while at < len(data):
        tag = data[at] >> 2 & 15
        width = 1 << (data[at] & 3)
        size = int.from_bytes(data[at + 1:at + 1 + width], "big")
        packet = data[at:at + 1 + width + size]
        if tag != 2 or not after_subkey:
            out += packet
        after_subkey = tag == 14 or (after_subkey and tag == 2)
        at += len(packet)
    return out


def test_restore_asks_for_trust(directory):
    rpms = directory / "rpms"
    shutil.copytree(program.small_rpms(), rpms)
    root = program.small_root(directory, "state=broken")
    home = signing.Home(directory / "gpg")
    try:
        key = home.make("vendor", "rsa2048")
        stranger = home.make("stranger", "rsa2048")
        for path in rpms.glob("*.rpm"):
            package = signing.Signable(path.read_bytes())
            package.sign_header(home, key, "SHA256", "rsa")
            package.write(path)
        public = home.export(key, directory / "vendor.asc")
        other = home.export(stranger, directory / "stranger.asc")
        words = ("restore", "--root", root, rpms, "--dry-run")
        assert rescue_json(*words, code=2)["fault"]["code"] == "UNSIGNED"
        assert rescue_json(*words, "--key", other, code=2)["fault"]["code"] == "UNSIGNED"
        assert rescue_json(*words, "--key", public)["fault"] is None
        assert rescue_json(*words, "--allow-unsigned")["fault"] is None
        # The system's own keys count without being named.
        keys = root / "etc/pki/rpm-gpg"
        keys.mkdir(parents=True)
        shutil.copy(public, keys / "RPM-GPG-KEY-vendor")
        assert rescue_json(*words)["fault"] is None
        # A bad signature always stops.
        for path in rpms.glob("*.rpm"):
            package = signing.Signable(path.read_bytes())
            package.entries = [e for e in package.entries if e[0] != 268]
            wrong = signing.Signable(path.read_bytes())
            wrong.header = wrong.header[:-1] + b"X"
            wrong.entries = []
            wrong.sign_header(home, key, "SHA256", "rsa")
            package.entries += wrong.entries
            package.write(path)
        fault = rescue_json(*words, "--allow-unsigned", code=2)["fault"]
        assert fault["code"] == "BAD-SIGNATURE", fault
    finally:
        home.close()


def test_payloads_agree_with_rpm(directory):
    """Every compressor and layout that rpmbuild makes: names, sizes, digests, verdict."""
    if not (program.TOP / "build/rpms").exists():
        subprocess.run([program.TOP / "tests/lib/make-rpms", "--cached",
                        program.TOP / "build/rpms"], check=True)
    folders = ("compressors", "el7", "el8", "el9", "fedora", "hardlinks", "old-digests",
               "no-kernel", "source", "payload-bit", "header-bit", "truncated")
    rows = []
    for folder in folders:
        for path in sorted((program.TOP / "build/rpms" / folder).glob("*.rpm")):
            query = subprocess.run(
                ["rpm", "-qp", "--nosignature", "--nodigest", "--qf",
                 "%{NEVRA}|%{ARCH}|%|PAYLOADCOMPRESSOR?{%{PAYLOADCOMPRESSOR}}:{none}|",
                 path], capture_output=True, text=True, check=False).stdout
            verdict = subprocess.run(["rpmkeys", "--dbpath", directory / "db", "-K", path],
                                     capture_output=True, check=False).returncode
            found = rescue_json("package", path)["packages"][0]
            mine = "|".join((found["nevra"], found["arch"], found["payload"]["compression"]))
            rows.append((folder, found["nevra"], mine == query,
                         (found["digests"] == "ok") == (verdict == 0)))
    for row in rows:
        print("  {:12}{:56}identity {!s:6}digests {}".format(*row))
    assert len(rows) >= 28 and all(row[2] and row[3] for row in rows)


def bomb(size):
    """size zeros in gzip: a thousandth of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def bent_packages(directory):
    """name: (an RPM, what is said of it)"""
    lead = small_package(directory)[:96]
    trailer = signing.cpio_member("TRAILER!!!", 0, 0)
    one = signing.cpio_member("./lib/modules/V/a", 3) + b"abc\0"
    many = [(f"f{i}", 0) for i in range(1048575)]
    huge = bytearray(signing.build_rpm(lead, [("a", 3)], gzip.compress(one + trailer)))
    main = 96 + signing.header_length(huge, 96)
    main += -main % 8
    huge[main + 12:main + 16] = (256 << 20).to_bytes(4, "big")
    wide = lzma.compress(one, format=lzma.FORMAT_XZ,
                         filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}])
    yield "bomb", signing.build_rpm(lead, [("a", 3)], bomb(1 << 30)), "archive is damaged"
    yield "bomb behind the trailer", signing.build_rpm(
        lead, [("a", 3)], gzip.compress(one + trailer) + bomb(1 << 30)), "too much follows"
    yield "larger than its header says", signing.build_rpm(
        lead, [("a", 3)], gzip.compress(signing.cpio_member("./lib/modules/V/a", 1 << 30)) +
        bomb(1 << 30)), "the size of /lib/modules/V/a differs"
    yield "a header of 256 MB", bytes(huge), "cut short"
    yield "a million files", signing.build_rpm(lead, many, gzip.compress(trailer)), "too many"
    yield "an unknown compressor", signing.build_rpm(lead, [("a", 3)], b"", "lzip"), "unknown"
    yield "cut within a block", signing.build_rpm(lead, [("a", 3)], wide[:-20], "xz"), "damaged"
    yield "no archive", signing.build_rpm(lead, [("a", 3)], gzip.compress(b"")), "cut short"
    yield "a name twice", signing.build_rpm(lead, [("a", 3), ("a", 3)],
                                            gzip.compress(one + trailer)), "twice"
    yield "the archive has it twice", signing.build_rpm(
        lead, [("a", 3)], gzip.compress(one + one + trailer)), "twice"
    yield "a file too many", signing.build_rpm(
        lead, [("a", 3)], gzip.compress(one + signing.cpio_member("./x", 0) + trailer)), "not"
    yield "a file too few", signing.build_rpm(lead, [("a", 3), ("b", 0)],
                                              gzip.compress(one + trailer)), "lacks"


def test_bombs_and_limits(directory):
    """Refused with a message, in 192 MiB of address space, in no time."""
    path = directory / "bent.rpm"
    good = signing.build_rpm(small_package(directory)[:96], [("a", 3)], gzip.compress(
        signing.cpio_member("./lib/modules/V/a", 3) + b"abc\0" +
        signing.cpio_member("TRAILER!!!", 0, 0)))
    path.write_bytes(good)
    assert ours(path, None, code=0)["digests"] == "absent"
    limit = [] if "san" in program.RESCUE else ["prlimit", "--as=201326592"]
    for name, content, words in bent_packages(directory):
        path.write_bytes(content)
        done = subprocess.run([*limit, program.RESCUE, "package", path], text=True, timeout=60,
                              capture_output=True, check=False, env=program.environment())
        assert done.returncode in (1, 2), (name, done)
        assert words in done.stdout + done.stderr, (name, words, done)


def test_every_truncation(directory):
    """At each 4 KiB boundary of a package of some MiB, and around those of a small one."""
    small = max((program.TOP / "build/rpms/el7").glob("*.rpm"), key=lambda p: p.stat().st_size)
    large = next(program.small_rpms().glob("kernel-core-*.rpm"))
    coarse = 32 if "san" in program.RESCUE else 1  # slow to start
    count = 0
    for source, around, step in ((small, (0, 1), 4096), (large, (0,), 4096 * coarse)):
        path = directory / source.name
        shutil.copy(source, path)
        end = source.stat().st_size
        for cut in sorted((at + more for at in range(0, end, step) for more in around),
                          reverse=True):
            if cut < end:
                os.truncate(path, cut)
                result = rescue("package", path)
                assert result.code in (1, 2), (cut, result)
                count += 1
    print(f"  {count} truncations refused")
    assert count * coarse >= 1000, count
