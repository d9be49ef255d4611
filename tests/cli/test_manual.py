# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page and the help say what the program does."""
import re

import program
from program import rescue

MANUAL = (program.TOP / "scripts/man/rescue.8").read_text().replace("\\-", "-")


def test_every_finding_is_in_the_manual(directory):
    codes = set()
    for source in (program.TOP / "rescue").rglob("*.c"):
        for call in re.findall(r"findings_add\([^;]*?;", source.read_text(), re.S):
            codes |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', call))
    assert len(codes) > 20, codes
    missing = sorted(code for code in codes if code not in MANUAL)
    assert not missing, f"not in the manual page: {missing}"
    del directory


def test_every_command_and_option_is_in_the_manual(directory):
    text = rescue("help", code=0).out
    commands = re.findall(r"^  rescue (\w+)", text, re.M)
    assert "restore" in commands
    for command in commands:
        assert f"rescue {command}" in MANUAL, command
        for option in re.findall(r"--[a-z-]+", rescue(command, "--help", code=0).out):
            assert option in MANUAL, (command, option)
    del directory


def test_help_fits_a_narrow_terminal(directory):
    for words in (("help",), ("restore", "--help"), ("verify", "--help")):
        lines = rescue(*words, code=0).out.splitlines()
        assert max(map(len, lines)) <= 80, max(lines, key=len)
        assert len(lines) <= 25, len(lines)
    del directory
