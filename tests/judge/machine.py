# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots a kernel with init.c as PID 1 and hears what it says of each module."""
import collections
import dataclasses
import pathlib
import re
import subprocess
import time

from pool import unpacked

QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-m", "2048", "-smp", "1", "-cpu", "max",
        "-no-user-config", "-display", "none", "-monitor", "none", "-nic", "none",
        "-no-reboot"]
APPEND = "console=ttyS0 quiet loglevel=1 panic=-1 oops=panic log_buf_len=4M"
SILENCE = 240  # seconds without a word: the machine hangs


@dataclasses.dataclass
class Trial:
    id: int
    candidate: object
    needs: list  # (name, file), in the order of loading


@dataclasses.dataclass
class Answer:
    error: int = 0
    linked: bool = False
    crashed: bool = False
    lines: list = dataclasses.field(default_factory=list)
    init_failed: list = dataclasses.field(default_factory=list)  # of what it needs


def cpio_entry(number, name, mode, content):
    name = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)


class Archive:
    """A newc archive, written file by file."""

    def __init__(self, path):
        self.out = open(path, "wb")
        self.number = 1
        self.have = set()
        self.add("modules", 0o40755, b"")

    def add(self, name, mode, content):
        if name in self.have:
            return
        self.have.add(name)
        self.out.write(cpio_entry(self.number, name, mode, content))
        self.number += 1

    def close(self):
        self.out.write(cpio_entry(0, "TRAILER!!!", 0, b""))
        self.out.close()


def build(path, init, trials):
    archive = Archive(path)
    archive.add("init", 0o100755, init.read_bytes())
    lines, names = [], {}

    def place(file):
        if file not in names:
            names[file] = f"modules/{len(names)}.ko"
            archive.add(names[file], 0o100644, unpacked(file))
        return "/" + names[file]

    for trial in trials:
        words = [str(trial.id), place(trial.candidate.file), trial.candidate.name or "-"]
        for name, file in trial.needs:
            words += [place(file), name]
        lines.append(" ".join(words))
    archive.add("list", 0o100644, ("\n".join(lines) + "\n").encode())
    archive.close()


def run(kernel, initrd, more, log):
    """The console's bytes, until the machine ends or says nothing any more."""
    with open(log, "wb"):
        pass
    process = subprocess.Popen([*QEMU, "-kernel", kernel, "-initrd", initrd, "-append",
                                f"{APPEND} {more}".strip(), "-serial", f"file:{log}"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    size, since = 0, time.monotonic()
    try:
        while process.poll() is None:
            time.sleep(0.2)
            now = pathlib.Path(log).stat().st_size
            if now != size:
                size, since = now, time.monotonic()
            elif time.monotonic() - since > SILENCE:
                break
    finally:
        process.kill()
        process.wait()
    return pathlib.Path(log).read_bytes().decode("utf-8", "replace")


def hear(text, answers):
    """Adds what was answered; the id that was begun and not ended, or None."""
    begun = None
    for line in text.splitlines():
        match = re.match(r"(BEGIN|STUCK|NEED|SAYS|DONE|FATAL) (\S+) ?(.*)", line)
        if not match:
            continue
        word, number, rest = match.groups()
        if word == "FATAL":
            raise SystemExit(line)
        number = int(number)
        if word == "BEGIN":
            begun = number
            answers[number] = Answer()
        elif word == "STUCK":
            begun = None
            del answers[number]
        elif word == "NEED":
            name, error, linked = rest.split()
            if linked == "1" and error != "17":
                answers[number].init_failed.append(name)
        elif word == "SAYS":
            answers[number].lines.append(rest)
        else:
            error, linked = rest.split()
            answers[number].error, answers[number].linked = int(error), linked == "1"
            begun = None
    return begun


def judge(kernel, init, trials, work, more=""):
    """id: Answer for every trial. A machine that dies is asked the same again when it is new,
    for hundreds of modules came before; if it dies again, the module did it."""
    answers, boots, left, deaths = {}, 0, list(trials), collections.Counter()
    while left:
        boots += 1
        build(work / "initrd", init, left)
        log = work / f"console-{boots}"
        text = run(kernel.image, work / "initrd", more, log)
        begun = hear(text, answers)
        if begun is not None:
            deaths[begun] += 1
            answers[begun].crashed = True
            if deaths[begun] == 1:
                del answers[begun]
        before, left = len(left), [trial for trial in left if trial.id not in answers]
        if begun is None and len(left) == before:
            raise SystemExit(f"{kernel.release}: the machine does not answer (see {log})")
    (work / "initrd").unlink()
    return answers, boots
