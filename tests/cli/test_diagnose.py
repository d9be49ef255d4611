# SPDX-License-Identifier: GPL-2.0-or-later
"""Bare rescue: one screen, worst first, the next step; on a terminal it offers to do it."""
import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time

import program
import trees
from program import rescue, rescue_json

ANY_RESOLVER = True
LIMIT = 120


class Terminal:
    """The program on a terminal of 80 columns and 25 rows."""

    def __init__(self, *words):
        control, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 25, 80, 0, 0))
        self.control = control
        self.text = ""
        self.process = subprocess.Popen([program.RESCUE, *map(str, words)], stdin=terminal,
                                        stdout=terminal, stderr=terminal,
                                        env=program.environment(TERM="xterm"))
        os.close(terminal)

    def read_until(self, what):
        """Text up to what (None: the end); what came before is kept."""
        deadline = time.monotonic() + LIMIT
        while what is None or what not in self.text:
            assert time.monotonic() < deadline, f"waited for {what}: {self.text}"
            if not select.select([self.control], [], [], 1)[0]:
                continue
            try:
                data = os.read(self.control, 65536)
            except OSError:  # the other side is closed
                data = b""
            if not data:
                assert what is None, f"ended before {what}: {self.text}"
                break
            self.text += data.decode()
        return self.text

    def answer(self, word):
        os.write(self.control, f"{word}\n".encode())

    def end(self):
        self.read_until(None)
        os.close(self.control)
        return self.process.wait(timeout=LIMIT)


def without_image(directory):
    root = program.small_root(directory)
    (root / f"boot/vmlinuz-{program.release()}").unlink()
    return root


def test_a_terminal_is_offered_the_repair(directory):
    root = without_image(directory)
    terminal = Terminal("--root", root)
    screen = terminal.read_until("[y/N]")
    assert "it will NOT boot." in screen and "image-missing" in screen, screen
    assert f"Next step: rescue restore --root {root}" in screen, screen
    assert len(screen.splitlines()) <= 25, screen
    terminal.answer("y")
    terminal.read_until("Do it? [y/N]")
    terminal.answer("y")
    assert terminal.end() == 0, terminal.text
    assert "Applied as transaction" in terminal.text and "it will boot." in terminal.text
    assert (root / f"boot/vmlinuz-{program.release()}").exists()


def test_who_says_no_keeps_everything(directory):
    root = without_image(directory)
    before = trees.manifest(root)
    for answers in (["n"], ["y", "n"]):
        terminal = Terminal("--root", root)
        terminal.read_until("[y/N]")
        terminal.answer(answers[0])
        if len(answers) > 1:
            terminal.read_until("Do it? [y/N]")
            terminal.answer(answers[1])
        terminal.end()
        trees.assert_equal(before, trees.manifest(root))


def test_nobody_is_asked_without_a_terminal_or_need(directory):
    root = without_image(directory)
    before = trees.manifest(root)
    assert "y/N" not in rescue("--root", root, code=1).err
    trees.assert_equal(before, trees.manifest(root))
    shutil.rmtree(root)
    terminal = Terminal("--root", program.small_root(directory))
    assert terminal.end() == 0 and "y/N" not in terminal.text, terminal.text


def test_many_findings_fit_one_screen(directory):
    root = program.small_root(directory)
    extra = root / f"lib/modules/{program.release()}/extra"
    extra.mkdir()
    for number in range(30):
        (extra / f"damaged{number}.ko").write_bytes(b"\x7fELF")
    result = rescue("--root", root, code=1)
    lines = result.out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 200, result
    assert "more: rescue verify\n" in result.out, result  # the whole takes two rows
    wide = rescue("--root", root, code=1, env={"COLUMNS": "120"})
    assert f"more: rescue verify --root {root} --system " in wide.out, wide
    assert "it will boot, but something is wrong." in result.out, result
    tall = rescue("--root", root, code=1, env={"LINES": "200"})
    assert tall.out.count("[module-damaged]") == 30, tall


def test_several_systems_worst_first(directory):
    program.need_root()
    good = program.small_disk(directory, name="good.img")
    bad = program.small_disk(directory, "state=broken", "name=other", name="bad.img")
    result = rescue("--image", good, "--image", bad, code=1)
    lines = result.out.splitlines()
    assert len(lines) <= 24, result
    assert result.out.index("it will NOT boot.") < result.out.index("it will boot."), result
    assert any(line.startswith("  rescue restore --image") for line in lines), result
    found = rescue_json("--image", good, "--image", bad, code=1)["systems"]
    assert [s["verdict"] for s in found] == ["unbootable", "bootable"]


def test_what_could_not_be_opened_is_on_the_screen(directory):
    program.need_root()
    good = program.small_disk(directory, name="good.img")
    other = directory / "other.img"
    other.write_bytes(b"QFI\xfb".ljust(1 << 20, b"\0"))
    result = rescue("--image", good, "--image", other, code=0, env={"COLUMNS": "300"})
    assert result.out.splitlines()[-1] == (f"Beside this: {other} is a qcow2 image, not a raw "
        "one; rescue locate tells how to open it"), result
    assert "Beside this" not in rescue("--image", good, code=0).out


def rows(text, width):
    return sum(max(1, -(-len(line) // width)) for line in text.splitlines())


def test_three_systems_on_screens_of_any_width(directory):
    program.need_root()
    good = program.small_disk(directory, name="good.img")
    bad = program.small_disk(directory, "state=broken", "name=other", name="bad.img")
    clone = shutil.copy(bad, directory / "clone.img")
    words = [word for image in (good, bad, clone) for word in ("--image", image.name)]
    os.chdir(directory)
    try:
        for width in (80, 60, 40):
            text = rescue(*words, code=1, env={"COLUMNS": str(width)}).out
            assert width < 80 or rows(text, width) <= 24, (rows(text, width), text)
            verdicts = [line.split(": ")[1] for line in text.splitlines()
                        if line.endswith(("boot.", "wrong."))]
            assert verdicts == ["it will NOT boot."] * 2 + ["it will boot."], text
            # Only a command, or a name in which there is no blank, is wider.
            for line in text.splitlines():
                assert len(line) <= width or "rescue restore" in line or \
                    " " not in line.strip(), (width, line)
        # The errors of both come before the warnings of the one that boots.
        assert rescue(*words, code=1).out.count("[no-entry]") == 2
    finally:
        os.chdir(program.TOP)
