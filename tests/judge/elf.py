# SPDX-License-Identifier: GPL-2.0-or-later
"""64-bit little-endian modules: what they want and give, and edits that break them."""
import struct

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
MARKER = b"~Module signature appended~\n"


class Module:
    """A module's bytes; edits keep every offset."""

    def __init__(self, data):
        self.data = bytearray(data)
        head = HEADER.unpack_from(self.data)
        self.table, self.count, names = head[6], head[12], head[13]
        self.sections = [SECTION.unpack_from(self.data, self.table + 64 * i)
                         for i in range(self.count)]
        self.name_table = self.sections[names]
        self.names = [self.text_at(self.name_table[4] + s[0]) for s in self.sections]

    def text_at(self, at):
        return bytes(self.data[at:self.data.index(b"\0", at)]).decode()

    def index(self, name):
        return self.names.index(name) if name in self.names else None

    def content(self, name):
        index = self.index(name)
        if index is None:
            return b""
        section = self.sections[index]
        return bytes(self.data[section[4]:section[4] + section[5]])

    def symbols(self):
        """(index, name, binding, section index) of all."""
        index = self.index(".symtab")
        if index is None:
            return
        table = self.sections[index]
        strings = self.sections[table[6]][4]
        for i in range(1, table[5] // SYMBOL.size):
            name, info, _, section, _, _ = SYMBOL.unpack_from(self.data, table[4] + 24 * i)
            yield i, self.text_at(strings + name), info >> 4, section

    def wants(self):
        """Undefined names; weak ones are not needed."""
        return [name for _, name, binding, section in self.symbols()
                if section == 0 and name and binding == 1]

    def gives(self):
        return [name[len("__ksymtab_"):] for _, name, _, section in self.symbols()
                if section and name.startswith("__ksymtab_")]

    def info(self):
        pairs = (word.partition(b"=") for word in self.content(".modinfo").split(b"\0"))
        return {key.decode(): value.decode("utf-8", "replace") for key, _, value in pairs}

    def name(self):
        """As the kernel takes it from struct module: behind state and list."""
        return self.content(".gnu.linkonce.this_module")[24:80].split(b"\0")[0].decode()

    # ---- edits -----------------------------------------------------------------------

    def put(self, at, content):
        self.data[at:at + len(content)] = content

    def set_section(self, name, field, value):
        index = self.index(name)
        fields = list(self.sections[index])
        fields[field] = value
        self.sections[index] = tuple(fields)
        SECTION.pack_into(self.data, self.table + 64 * index, *fields)

    def rename_section(self, name, new):
        """By another text of the same length."""
        at = self.name_table[4] + self.sections[self.index(name)][0]
        assert len(new) == len(name)
        self.put(at, new.encode())

    def replace_info(self, old, new):
        """In .modinfo; a shorter text is padded with NUL."""
        section = self.sections[self.index(".modinfo")]
        at = self.data.index(old, section[4], section[4] + section[5])
        assert len(new) <= len(old)
        self.put(at, new.ljust(len(old), b"\0"))

    def version_at(self, symbol):
        """Where its entry of __versions stands."""
        section = self.sections[self.index("__versions")]
        for at in range(section[4], section[4] + section[5], 64):
            if self.text_at(at + 8) == symbol:
                return at
        raise KeyError(symbol)

    def rename_symbol(self, old, new):
        """In .strtab."""
        table = self.sections[self.sections[self.index(".symtab")][6]]
        at = self.data.index(b"\0" + old + b"\0", table[4], table[4] + table[5]) + 1
        assert len(new) <= len(old)
        self.put(at, new.ljust(len(old), b"\0"))

    def unsigned(self):
        """The bytes before the signature, and the signature with its trailer."""
        data = bytes(self.data)
        if not data.endswith(MARKER):
            return data, b""
        end = len(data) - len(MARKER)
        size = struct.unpack(">I", data[end - 4:end])[0]
        return data[:end - 12 - size], data[end - 12 - size:]
