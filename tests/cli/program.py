# SPDX-License-Identifier: GPL-2.0-or-later
"""Running the program under test, and the lab that makes its patients."""
import functools
import json
import os
import pathlib
import subprocess

import contract
import grub_tools

TOP = pathlib.Path(__file__).resolve().parents[2]
RESCUE = str((TOP / os.environ.get("RESCUE", "build/rescue")).resolve())
LIMIT = 300  # seconds one run may take


class Skipped(Exception):
    """This machine cannot run the test; the text says why."""


class Result:
    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def environment(**more):
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "RESCUE_RESOLVER",
                                                "ASAN_OPTIONS", "UBSAN_OPTIONS")
            if name in os.environ}
    return {**keep, "LC_ALL": "C.UTF-8", "TERM": "dumb", **more}


def rescue(*words, code=None, env=None, user=None, stdout=None, cwd=None):
    """One run; code: the exit code it must have. user: an id to become first."""
    command = [RESCUE, *map(str, words)]
    if user is not None:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
                   "--inh-caps=-all", *command]
    with grub_tools.watching(words):
        process = subprocess.run(command, stdin=subprocess.DEVNULL,
                                 stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=environment(**(env or {})), timeout=LIMIT, cwd=cwd,
                                 check=False)
    if stdout is not None:
        process.stdout = b""
    result = Result(process)
    assert "Sanitizer" not in result.err, result
    assert result.code >= 0, result
    if code is not None:
        assert result.code == code, f"wanted exit {code}, got {words} {result}"
    return result


def rescue_json(*words, code=None, **more):
    """The one JSON document, checked against the contract."""
    result = rescue("--json", *words, code=code, **more)
    document = json.loads(result.out)
    contract.check(document)
    document["exit"] = result.code
    document["stderr"] = result.err
    return document


def fault(*words, code, name, **more):
    """A run that must fail so, in text and in JSON. Answers the text run."""
    document = rescue_json(*words, code=code, **more)
    assert document["fault"] and document["fault"]["code"] == name, document["fault"]
    result = rescue(*words, code=code, **more)
    assert result.err.startswith("rescue: cannot "), result
    assert f"({name})" in result.err, result
    return result


def lab(function, *words):
    """One function of the test lab; its last line is its result."""
    process = subprocess.run([str(TOP / "tests/lib/lab.sh"), function, *map(str, words)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if process.returncode != 0:
        raise RuntimeError(f"lab {function} {words}: {process.stderr.decode()}")
    lines = process.stdout.decode().strip().split("\n")
    return lines[-1]


@functools.lru_cache(maxsize=None)
def small_rpms(generation="el9", *options):
    return pathlib.Path(lab("lab_small_rpms", generation, *options))


@functools.lru_cache(maxsize=None)
def bad_rpms():
    return pathlib.Path(lab("lab_bad_rpms"))


def small_root(directory, *options):
    """A system as a plain tree."""
    root = directory / "root"
    lab("lab_small_root", root, *options)
    return root


def small_disk(directory, *options, name="disk.img"):
    image = directory / name
    lab("lab_small_disk", image, *options)
    return image


@functools.lru_cache(maxsize=None)
def release(generation="el9"):
    """Of the small kernel, as its packages' file names say."""
    core = next(small_rpms(generation).glob("kernel-core-*.rpm"))
    return core.name[len("kernel-core-"):-len(".rpm")]


def need_root():
    if os.geteuid() != 0:
        raise Skipped("needs root (loop devices)")


def codes(findings):
    return sorted({finding["code"] for finding in findings})
