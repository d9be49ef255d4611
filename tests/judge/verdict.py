# SPDX-License-Identifier: GPL-2.0-or-later
"""One language for two witnesses: what the kernel said, and what the program says.

A verdict is (verdict, reason, symbol): "loads" or "refused", why in the program's words, and
the symbol that decides, where one does. The kernel's come from finit_module's error and its
log, so the table below is the mapping: errno and message to reason.
"""
import errno
import re

SYMBOL_CAUSES = (  # what the kernel says of a symbol before it gives it up
    (r"disagrees about version of symbol (\S+)", "symbol-version"),
    (r"no symbol version for (\S+)", "symbol-version"),
    (r"uses symbol (\S+) from namespace \S+ but does not import it", "namespace"),
    (r"uses symbol \(?(\S+?)\)? from namespace \S+, but does not import it", "namespace"),
    (r"module \(\S+\) uses symbol \((\S+)\) from namespace", "namespace"),
    (r"module using GPL-only symbols uses symbols (\S+) from proprietary", "gpl-only"),
)
MESSAGES = (
    (errno.ENOEXEC, r"version magic '.*' should be", "vermagic"),
    (errno.ENOEXEC, r"(disagrees about|no symbol) version (of symbol|for) module_layout",
     "module-layout"),
    (errno.ENOEXEC, r"section size must match the kernel's built struct module", "this-module-size"),
    (errno.ENOEXEC, r"exports duplicate symbol (\S+)", None),
    (errno.EINVAL, r"module is already loaded", None),
    (errno.ENOEXEC, r"livepatch module|Livepatch support", "livepatch"),
    (errno.EPERM, r"is blacklisted", "blacklisted"),
    (errno.EKEYREJECTED, r"[Ll]oading of .* is rejected", "signature"),
    (errno.EPERM, r"Lockdown: ", "signature"),
    (errno.ENOEXEC, r"Invalid architecture in ELF header", "arch"),
)
# Errors of the signature check and of nothing else that comes before the init function.
SIGNATURE_ERRORS = (errno.EKEYREJECTED, errno.EBADMSG, errno.ENOKEY, errno.ENOPKG)


def of_symbols(kernel, trial, answer):
    """The last symbol that the module itself is to blame for; else what it depends on."""
    causes, bad = {}, []
    for line in answer.lines:
        for pattern, reason in SYMBOL_CAUSES:
            match = re.search(pattern, line)
            if match:
                causes[match.group(1)] = reason
        match = re.search(r"Unknown symbol (\S+) \(err (-?\d+)\)", line)
        if match:
            bad.append((match.group(1), -int(match.group(2))))
    if not bad or answer.error != bad[-1][1]:
        return None
    told = []
    for name, _ in bad:
        if name in causes:
            told.append((causes[name], name))
        elif kernel.gives_gpl_only(name):
            told.append(("gpl-only", name))
        elif name in trial.provided:
            told.append(("dependency", None))
        else:
            told.append(("symbol-missing", name))
    own = [one for one in told if one[0] != "dependency"]
    return ("refused", *(own or told)[-1])


def of_kernel(kernel, trial, answer):
    if answer.linked:
        return "loads", None, None
    if answer.crashed:
        return "crashed", None, None
    symbols = of_symbols(kernel, trial, answer)
    if symbols:
        return symbols
    for error, pattern, reason in MESSAGES:
        if answer.error == error and any(re.search(pattern, line) for line in answer.lines):
            return "refused", reason, None
    if answer.error in SIGNATURE_ERRORS:
        return "refused", "signature", None
    if answer.error == errno.EINVAL and not trial.candidate.file.stat().st_size:
        return "refused", "format", None
    if answer.error != errno.ENOEXEC:
        return "refused", f"errno {answer.error}", None
    # Without a word, or with one for all: what the file is decides between these.
    data = trial.candidate.file.read_bytes()
    if data[:4] == b"\x7fELF" and len(data) >= 64:
        if data[4:6] != b"\x02\x01" or data[18:20] != b"\x3e\0":
            return "refused", "arch", None
        if trial.candidate.file.stem.endswith("-no-versions"):
            return "refused", "module-layout", None
    return "refused", "format", None


DETAILS = (
    (r"disagrees about version of symbol (\S+)", 1), (r"no symbol version for (\S+)", 1),
    (r"unknown symbol (\S+)", 1), (r"uses symbol (\S+) of namespace", 1),
    (r"^symbol (\S+) is for GPL modules", 1), (r"and symbol (\S+) of the proprietary", 1),
)


def of_program(judgement):
    symbol = None
    if judgement["reason"] in ("symbol-version", "symbol-missing", "gpl-only", "namespace"):
        for pattern, group in DETAILS:
            match = re.search(pattern, judgement["detail"] or "")
            if match:
                symbol = match.group(group)
    return judgement["verdict"], judgement["reason"], symbol
