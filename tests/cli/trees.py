# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees and images as values: what must be equal before and after."""
import hashlib
import os
import pathlib
import stat


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(path):
    """Everything of one name but its access and change time."""
    st = os.lstat(path)
    facts = {"mode": oct(st.st_mode), "owner": (st.st_uid, st.st_gid),
             "mtime": st.st_mtime_ns}
    try:
        facts["xattrs"] = {name: os.getxattr(path, name, follow_symlinks=False)
                           for name in os.listxattr(path, follow_symlinks=False)}
    except OSError:
        facts["xattrs"] = None
    if stat.S_ISLNK(st.st_mode):
        facts["link"] = os.readlink(path)
    elif stat.S_ISREG(st.st_mode):
        facts["content"] = digest(path)
    return facts


def manifest(root, without=()):
    """Path → facts of every name below root, root itself as "."."""
    found = {".": describe(root)}
    for directory, folders, files in os.walk(root):
        for name in folders + files:
            path = pathlib.Path(directory) / name
            relative = str(path.relative_to(root))
            if relative.split("/")[0] not in without:
                found[relative] = describe(path)
    return found


def difference(before, after):
    """Readable lines; empty when equal."""
    lines = [f"gone: {name}" for name in before if name not in after]
    lines += [f"new: {name}" for name in after if name not in before]
    lines += [f"{name}: {before[name]} became {after[name]}" for name in before
              if name in after and before[name] != after[name]]
    return lines


def assert_equal(before, after):
    lines = difference(before, after)
    assert not lines, "\n".join(lines[:20])
