# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of format 6, made, signed and judged by rpm 6 itself."""
import os
import re
import subprocess
import sys

import program
from program import Skipped, rescue, rescue_json

sys.path.insert(0, str(program.TOP / "tests/lib"))
import signing  # noqa: E402

SPEC = """Name: kernel-core
Version: 6.12.0
Release: 1
Summary: A kernel
License: GPL-2.0-or-later
AutoReqProv: no
%description
Format 6.
%install
cd %{buildroot}
mkdir -p lib/modules/6.12.0-1.x86_64/kernel usr/bin
echo image > lib/modules/6.12.0-1.x86_64/vmlinuz
seq 200000 > lib/modules/6.12.0-1.x86_64/kernel/a.ko
ln lib/modules/6.12.0-1.x86_64/kernel/a.ko lib/modules/6.12.0-1.x86_64/kernel/b.ko
ln -s a.ko lib/modules/6.12.0-1.x86_64/kernel/link.ko
echo tool > usr/bin/tool
%post
depmod -a 6.12.0-1.x86_64
%posttrans
/bin/kernel-install add 6.12.0-1.x86_64 /lib/modules/6.12.0-1.x86_64/vmlinuz || exit $?
sed -i s/a/b/ /etc/sysconfig/kernel
%files
%defattr(-,root,root)
/lib/modules/6.12.0-1.x86_64
%caps(cap_net_raw=ep) /usr/bin/tool
%ghost /boot/vmlinuz-6.12.0-1.x86_64
"""
PAYLOADS = {"zstd": "w3.zstdio", "xz": "w2.xzdio", "gzip": "w6.gzdio", "bzip2": "w9.bzdio",
            "none": "w.ufdio"}
KEYS = ["rsa2048", "nistp256", "ed25519"]  # gpg's; sq's version 6 besides


class Six:
    """rpm 6 and sq in a directory."""

    def __init__(self, directory):
        try:
            self.runner = program.lab("lab_rpm6")
        except RuntimeError as error:
            raise Skipped("rpm 6 cannot be had from the newest suite") from error
        self.directory = directory

    def run(self, tool, *words, check=True):
        done = subprocess.run([self.runner, tool, *map(str, words)], check=False,
                              capture_output=True, text=True, cwd=self.directory,
                              env={**os.environ, "SEQUOIA_HOME": str(self.directory / "sq")})
        assert not check or done.returncode == 0, (tool, words, done)
        return done.stdout

    def build(self, name):
        spec = self.directory / "kernel.spec"
        spec.write_text(SPEC)
        defines = {"_topdir": self.directory / "top", "_rpmdir": self.directory / name,
                   "_rpmformat": 6, "_binary_payload": PAYLOADS[name],
                   "__os_install_post": "%{nil}", "debug_package": "%{nil}"}
        words = [word for pair in defines.items() for word in ("--define", "%s %s" % pair)]
        self.run("rpmbuild", "--quiet", "-bb", "--target", "x86_64", *words, spec)
        return next((self.directory / name).glob("*/*.rpm"))

    def says(self, rpm, key=None):
        """good, bad, unknown-key or unsigned, as its rpmkeys has it; all digests well?"""
        database = self.directory / f"db-{key.name if key else 'none'}"
        if key and not database.exists():
            self.run("rpmkeys", "--dbpath", database, "--import", key)
        out = self.run("rpmkeys", "--dbpath", database, "-Kv", rpm, check=False)
        states = re.findall(r"ignature.*: (OK|BAD|NOKEY)", out)
        names = {"OK": "good", "BAD": "bad", "NOKEY": "unknown-key"}
        digests = re.findall(r"digest: (OK|BAD)", out)
        return names[states[0]] if states else "unsigned", digests and "BAD" not in digests

    def version_six_key(self):
        self.run("sq", "key", "generate", "--own-key", "--userid", "<six@x.example>",
                 "--without-password", "--profile", "rfc9580")
        path = self.directory / "six.asc"
        path.write_text(self.run("sq", "cert", "export", "--all"))
        return re.findall(r"[0-9A-F]{64}", self.run("sq", "key", "list"))[0], path

    def sign(self, rpm, key, home=None):
        wrapper = self.directory / "sq-of-six"
        wrapper.write_text(f'#!/bin/sh\nexport SEQUOIA_HOME="{self.directory}/sq"\n'
                           f'exec "{self.runner}" sq "$@"\n')
        wrapper.chmod(0o755)
        defines = {"_openpgp_sign_id": key, "_gpg_name": key}
        defines.update({"_gpg_path": home} if home else
                       {"_openpgp_sign": "sq", "__sq": wrapper})
        words = [word for pair in defines.items() for word in ("--define", "%s %s" % pair)]
        self.run("rpmsign", "--addsign", *words, rpm)


def compare(six, rpm, key=None):
    words = ["--key", key] if key else []
    mine = rescue_json("package", rpm, *words)["packages"][0]
    identity = six.run("rpm", "-qp", "--nosignature", "--qf",
                       "%{NEVRA}|%{ARCH}|%{RPMFORMAT}|%|PAYLOADCOMPRESSOR?"
                       "{%{PAYLOADCOMPRESSOR}}:{none}|", rpm)
    signature, whole = six.says(rpm, key)
    assert identity == "|".join((mine["nevra"], mine["arch"], "6",
                                 mine["payload"]["compression"])), (identity, mine)
    assert mine["signature"]["state"] == signature, (mine, signature)
    assert (mine["digests"] == "ok") == whole, (mine, whole)
    print(f"  {mine['payload']['compression']:6}digests {mine['digests']:5}"
          f"signature {signature:12}{mine['signature']['algorithm'] or '':16}agree True")
    return mine


def test_rpm_six_agrees(directory):
    six = Six(directory)
    packages = {name: six.build(name) for name in PAYLOADS}
    for rpm in packages.values():
        mine = compare(six, rpm)
        assert (mine["release"], mine["part"]) == ("6.12.0-1.x86_64", "core"), mine
        text = rescue("package", rpm, code=0).out
        assert '"restore" does what they do with depmod, kernel-install\n' in text, text
        assert "nobody does what they do with sed\n" in text, text
    home = signing.Home(directory / "gpg")
    rows = 0
    try:
        keys = []
        for algorithm in KEYS:
            key = home.make(algorithm, algorithm)
            keys.append((key, home.export(key, directory / f"{algorithm}.asc"), home.path))
        keys.append((*six.version_six_key(), None))
        for key, public, where in keys:
            rpm = directory / key / packages["zstd"].name
            rpm.parent.mkdir()
            rpm.write_bytes(packages["zstd"].read_bytes())
            six.sign(rpm, key, where)
            assert compare(six, rpm, public)["signature"]["state"] == "good"
            assert compare(six, rpm)["signature"]["state"] == "unknown-key"
            bent = bytearray(rpm.read_bytes())
            bent[-20] ^= 4
            rpm.write_bytes(bent)
            assert compare(six, rpm, public)["digests"] == "bad"
            rows += 1
    finally:
        home.close()
    assert rows == 4
