#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures of things that are more than one device, written by hand: what their own
programs would need a driver for. usage: members.py KIND IMAGE OFFSET SIZE [WORD]

KIND is md-0.90, md-1.0 (both at the end), md-1.2, luks2, bcache, zfs (its first label),
zfs-end (its last). WORD: the array's name, the pool, the type of a LUKS2 token. Layouts:
Linux include/uapi/linux/raid/md_p.h, the LUKS2 on-disk format, bcache's
include/uapi/linux/bcache.h, ZFS's vdev_impl.h."""
import struct
import sys

UUID = bytes(range(1, 17))


def md_1(offset, super_sector, name):
    head = struct.pack("<IIII16s32sQIIQII", 0xa92b4efc, 1, 0, 0, UUID, name.encode(), 0, 1, 0,
                       2048, 0, 2)
    head = head.ljust(128, b"\0")
    head += struct.pack("<QQQQII16sBBHI", 0 if offset else 2048, 2048, super_sector, 0, 0, 0,
                        UUID, 0, 0, 0, 0)
    head = bytearray(head.ljust(256, b"\0"))
    struct.pack_into("<I", head, 220, 2)  # max_dev
    body = bytes(head) + struct.pack("<HH", 0, 1)
    total = sum(struct.unpack(f"<{len(body) // 4}I", body))
    struct.pack_into("<I", head, 216, (total & 0xffffffff) + (total >> 32))
    return bytes(head) + struct.pack("<HH", 0, 1)


def md_0():
    words = [0] * 1024
    words[0:5] = [0xa92b4efc, 0, 90, 0, 0]
    words[5] = struct.unpack("<I", UUID[:4])[0]
    words[13:16] = struct.unpack("<III", UUID[4:])
    total = sum(words)
    words[38] = (total & 0xffffffff) + (total >> 32)
    return struct.pack("<1024I", *words)


def luks2(token):
    text = b'{"tokens":{"0":{"type":"%s"}}}' % token.encode()
    head = b"LUKS\xba\xbe" + struct.pack(">HQQ", 2, 16384, 1)
    head = head.ljust(168, b"\0") + b"01020304-0506-0708-090a-0b0c0d0e0f10"
    return head.ljust(4096, b"\0") + text.ljust(12288, b"\0")


def crc64(data):
    """CRC-64/WE, as bcache has it."""
    value = (1 << 64) - 1
    for byte in data:
        value ^= byte << 56
        for _ in range(8):
            value = (value << 1 ^ (0x42F0E1EBA9EA3693 if value >> 63 else 0)) & (1 << 64) - 1
    return value ^ (1 << 64) - 1


def bcache():
    magic = bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")
    body = (struct.pack("<QQ", 8, 1) + magic + UUID).ljust(200, b"\0")
    return struct.pack("<Q", crc64(body)) + body


def xdr(name, kind, payload):
    raw = name.encode()
    raw = struct.pack(">I", len(raw)) + raw.ljust((len(raw) + 3) // 4 * 4, b"\0")
    raw += struct.pack(">II", kind, 1) + payload
    return struct.pack(">II", len(raw) + 8, len(raw) + 8) + raw


def zfs(image, offset, pool):
    text = pool.encode()
    text = struct.pack(">I", len(text)) + text.ljust((len(text) + 3) // 4 * 4, b"\0")
    pairs = xdr("name", 9, text) + xdr("guid", 8, struct.pack(">Q", 7))
    image.seek(offset + 16384)
    image.write(struct.pack(">II", 0x01010000, 0)[:4] + struct.pack(">II", 0, 1) + pairs)
    for number in range(32):
        image.seek(offset + (128 + number) * 1024)
        image.write(struct.pack("<QQQ", 0x00bab10c, 5000, 1))


def main():
    kind, path, offset, size = sys.argv[1:5]
    offset, size = int(offset), int(size)
    word = sys.argv[5] if len(sys.argv) > 5 else "host:root"
    with open(path, "r+b") as image:
        if kind.startswith("zfs"):
            label = 256 * 1024
            zfs(image, offset + (size // label - 1) * label * (kind == "zfs-end"), word)
            return
        if kind == "bcache":
            at = 4096
            data = bcache()
        elif kind == "luks2":
            at, data = 0, luks2(word)
        elif kind == "md-0.90":
            at, data = (size & ~65535) - 65536, md_0()
        else:
            at = 4096 if kind == "md-1.2" else (size - 8192) & ~4095
            data = md_1(kind == "md-1.0", at // 512, word)
        image.seek(offset + at)
        image.write(data)


main()
