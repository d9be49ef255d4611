# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON contract: every key there, of its type, null where absent, no others."""

TEXT = (str, type(None))
NUMBER = (int, type(None))
FAULT_CODES = {
    "USAGE", "NO-SYSTEM", "AMBIGUOUS-SYSTEM", "NEEDS-PRIVILEGE", "CONFIRMATION-NEEDED",
    "BOOT-NOT-MOUNTED", "ROOT-NOT-REACHABLE", "HIBERNATED", "NOT-A-PACKAGE",
    "NO-KERNEL-IN-PACKAGE", "WRONG-ARCH", "INCOMPLETE-SET", "UNSIGNED", "BAD-DIGEST",
    "BAD-SIGNATURE", "NO-SPACE", "STALE", "LOCKED", "INTERRUPTED"}
REASONS = {
    "format", "arch", "vermagic", "module-layout", "symbol-version", "symbol-missing",
    "gpl-only", "namespace", "signature", "blacklisted", "this-module-size", "btf",
    "livepatch", "dependency", None}


class One:
    """One of these words."""

    def __init__(self, *words):
        self.words = words


class Or:
    """null, or that shape."""

    def __init__(self, shape):
        self.shape = shape


FINDING = {"code": str, "severity": One("error", "warning", "info"), "kernel": TEXT,
           "subject": TEXT, "message": str, "remedy": TEXT}
PLACE = {"device": TEXT, "fstype": TEXT, "uuid": TEXT, "separate": bool, "free": NUMBER}
DEVICE = {"path": str, "parent": TEXT,
          "type": One("disk", "part", "lvm", "raid", "crypt", "loop", "image"), "size": int,
          "fstype": TEXT, "uuid": TEXT, "label": TEXT, "partuuid": TEXT, "parttype": TEXT,
          "roles": [str], "system": TEXT}
SYSTEM = {"id": str, "os": {"id": TEXT, "version_id": TEXT, "pretty_name": TEXT},
          "arch": TEXT, "machine_id": TEXT,
          "firmware": One("bios", "uefi", "both", "unknown"),
          "root": {"device": TEXT, "fstype": TEXT, "uuid": TEXT, "subvolume": TEXT},
          "boot": PLACE, "esp": Or(PLACE),
          "bootloaders": [One("grub2", "grub-legacy", "systemd-boot", "extlinux")],
          "state": One("complete", "incomplete")}
KERNEL = {"release": str, "state": One("bootable", "incomplete", "absent"),
          "image": {"path": TEXT, "state": One("ok", "missing", "damaged"), "release": TEXT,
                    "compression": TEXT, "size": NUMBER},
          "modules": {"path": TEXT, "state": One("ok", "missing", "incomplete", "unindexed"),
                      "count": int, "third_party": int},
          "initramfs": {"path": TEXT,
                        "state": One("ok", "missing", "damaged", "mismatched"),
                        "size": NUMBER},
          "entries": [str]}
ENTRY = {"id": str, "title": TEXT, "kind": One("bls", "grub2", "grub-legacy", "extlinux"),
         "source": str, "linux": TEXT, "initrd": [str], "options": TEXT, "default": bool,
         "state": One("ok", "broken"), "reason": TEXT}
MODULE = {"path": str, "name": str, "kernel": str, "third_party": bool,
          "verdict": One("loads", "refused", "unknown"), "reason": One(*REASONS),
          "detail": TEXT}
HARDWARE = {"device": str, "modalias": str, "class": One("storage", "network", "other"),
            "kernel": str, "module": TEXT, "verdict": One("driven", "undriven", "shadowed")}
VERDICT = One("bootable", "degraded", "unbootable")
INVENTORY = {"kernels": [KERNEL], "entries": [ENTRY], "default_entry": TEXT}
VERIFICATION = {"verdict": VERDICT, "modules": [MODULE], "hardware": Or([HARDWARE])}
PLAN = {"release": str, "packages": [str],
        "operations": [{"op": str, "path": str, "size": int, "reason": str}],
        "needs": [{"filesystem": str, "bytes": int, "inodes": int, "free": int}]}
TRANSACTION = {"id": str, "system": str, "time": str, "release": TEXT,
               "state": One("committed", "undone", "incomplete"), "operations": int}
PACKAGE = {"path": str, "nevra": str, "arch": str, "release": TEXT, "part": str,
           "payload": {"format": TEXT, "compression": TEXT, "size": int},
           "digests": One("ok", "bad", "absent"),
           "signature": {"state": One("good", "bad", "unsigned", "unknown-key"), "key": TEXT,
                         "algorithm": TEXT},
           "files": int}
FAULT = {"code": str, "message": str, "device": TEXT, "system": TEXT, "path": TEXT,
         "hint": TEXT, "state": TEXT}
TOP = {"rescue": str, "command": TEXT, "fault": Or(FAULT)}
FINDINGS = {"findings": [FINDING]}
COMMANDS = {
    "locate": {"devices": Or([DEVICE]), "systems": Or([{**SYSTEM, **FINDINGS}]),
               "findings": Or([FINDING])},
    "inventory": {"systems": Or([{"id": str, **INVENTORY, **FINDINGS}])},
    "verify": {"systems": Or([{"id": str, **VERIFICATION, **FINDINGS}])},
    "diagnose": {"devices": Or([DEVICE]),
                 "systems": Or([{**SYSTEM, **INVENTORY, **VERIFICATION, **FINDINGS}]),
                 "findings": Or([FINDING])},
    "restore": {"plan": Or(PLAN), "applied": bool, "transaction": TEXT,
                "verdict": Or(VERDICT), "findings": Or([FINDING])},
    "undo": {"transactions": Or([TRANSACTION])},
    "history": {"transactions": Or([TRANSACTION])},
    "package": {"packages": Or([PACKAGE])},
    "initramfs": {},
    "platform": {"platform": Or({
        "arch": TEXT, "cpu": TEXT, "level": NUMBER, "features": [str], "firmware": TEXT,
        "secure_boot": (bool, type(None)),
        "devices": [{"device": TEXT, "modalias": str,
                     "class": One("storage", "network", "other"), "driver": TEXT}]}),
        "differences": Or([{"what": One("fact", "feature", "device"), "subject": str,
                            "first": TEXT, "second": TEXT}])},
    "help": {},
    None: {},
}


def check_shape(value, shape, where):
    if isinstance(shape, Or):
        if value is not None:
            check_shape(value, shape.shape, where)
    elif isinstance(shape, One):
        assert value in shape.words, f"{where}: {value!r} is none of {shape.words}"
    elif isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        assert list(value) == list(shape), f"{where}: keys {list(value)}, not {list(shape)}"
        for key, inner in shape.items():
            check_shape(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: {value!r} is no array"
        for index, item in enumerate(value):
            check_shape(item, shape[0], f"{where}[{index}]")
    else:
        wanted = shape if isinstance(shape, tuple) else (shape,)
        assert type(value) in wanted, f"{where}: {value!r} is not of {wanted}"


def check(document):
    """The whole document of one run."""
    command = document.get("command")
    assert command in COMMANDS, f"unknown command {command!r}"
    check_shape(document, {**TOP, **COMMANDS[command]}, "$")
    if document["fault"]:
        code = document["fault"]["code"]
        assert code in FAULT_CODES or code.startswith("E"), code
