"""Object code of x86-64 Linux put into memory, ready to call: what LLVM does, without loading it.

Kernels are compiled for the large code model, so that all they need of a loader are addresses of
eight bytes. Whatever else object code asks for is refused, and left to LLVM. System V ABI, AMD64
supplement, 4.4.
"""

import ctypes
import mmap
import platform
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

HEADER = struct.Struct("<4sBBB9xHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
RELOCATION = struct.Struct("<QQq")
RELOCATABLE, X86_64 = 1, 62  # kind and machine of a header
BITS, SYMBOLS, RELOCATIONS, REL = 1, 2, 4, 9  # types of sections
WRITE, LOADED, THREAD_LOCAL = 1, 2, 0x400  # flags of sections
UNDEFINED = 0  # number of a section
ADDRESS, RELATIVE = 1, 24  # R_X86_64_64 and R_X86_64_PC64
UNWINDING = 0x70000001  # a type of section that only exceptions need
LINE = 64  # bytes: no section of a kernel wants more


def is_at_home() -> bool:
    """Whether this process can call such code."""
    wide = struct.calcsize("P") == 8
    return sys.platform == "linux" and platform.machine() == "x86_64" and wide


class NotLoadableError(ValueError):
    """Object code that asks for more than addresses."""


class _Section(NamedTuple):
    """A section of a file of object code."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


class _Part:
    """One file of object code: its sections, and where those that are loaded go."""

    def __init__(self, data: bytes) -> None:
        fields = HEADER.unpack_from(data)
        if fields[:6] != (b"\x7fELF", 2, 1, 1, RELOCATABLE, X86_64):
            raise NotLoadableError("not object code of x86-64")
        begin, size, count = fields[9], fields[14], fields[15]
        if size != SECTION.size:
            raise NotLoadableError("sections of another size")
        self.data = data
        self.sections = [
            _Section(*SECTION.unpack_from(data, begin + k * size)) for k in range(count)
        ]
        self.places: dict[int, int] = {}

    def lay(self, end: int) -> int:
        """Choose places for the sections from `end` on; returns where they end."""
        for number, section in enumerate(self.sections):
            if not section.flags & LOADED or section.type == UNWINDING:
                continue
            if section.flags & (WRITE | THREAD_LOCAL) or section.align > LINE:
                raise NotLoadableError("data that changes")
            if section.type != BITS:
                raise NotLoadableError("a section of another type")
            end += -end % max(section.align, 1)
            self.places[number] = end
            end += section.size
        return end

    def content(self, section: _Section) -> bytes:
        """The bytes of a section."""
        return self.data[section.offset : section.offset + section.size]

    def symbols(self) -> Iterator[tuple[str, int, int]]:
        """Name, section and value of each symbol, in order."""
        for section in self.sections:
            if section.type == SYMBOLS:
                names = self.content(self.sections[section.link])
                for name, _, _, place, value, _ in SYMBOL.iter_unpack(self.content(section)):
                    yield names[name : names.index(b"\0", name)].decode("ascii"), place, value

    def relocations(self) -> Iterator[tuple[int, int, int, int]]:
        """Place, type, number of the symbol, and what is added, of each address to write."""
        for section in self.sections:
            if section.type == REL:
                raise NotLoadableError("relocations without what is added")
            if section.type == RELOCATIONS and section.info in self.places:
                for offset, info, added in RELOCATION.iter_unpack(self.content(section)):
                    yield self.places[section.info] + offset, info & 0xFFFFFFFF, info >> 32, added


_memory: list[mmap.mmap] = []  # the code lives as long as the process


def loaded(parts: Sequence[bytes], entry: str, needs: Mapping[str, int]) -> int:
    """The address of a function of object code; `needs`: those of names from elsewhere.

    Raises NotLoadableError, and OSError where memory may not become executable.
    """
    files, end = [_Part(data) for data in parts], 0
    for file in files:
        end = file.lay(end)
    memory = mmap.mmap(-1, end or 1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    defined = _defined(files, base, needs)
    if entry not in defined:
        raise NotLoadableError(f"no {entry}")
    for file in files:
        for number, begin in file.places.items():
            section = file.sections[number]
            memory[begin : begin + section.size] = file.content(section)
        _relocate(file, memory, base, defined)
    _make_executable(base, len(memory))
    _memory.append(memory)
    return defined[entry]


def _defined(files: Sequence[_Part], base: int, needs: Mapping[str, int]) -> dict[str, int]:
    """The addresses of all names, where the files are laid out from `base` on."""
    defined = dict(needs)
    for file in files:
        for name, section, value in file.symbols():
            if name and section in file.places:
                defined.setdefault(name, base + file.places[section] + value)
    return defined


def _relocate(file: _Part, memory: mmap.mmap, base: int, defined: Mapping[str, int]) -> None:
    """Write the addresses that a part asks for."""
    addresses = [_address(file, base, defined, *symbol) for symbol in file.symbols()]
    for place, kind, symbol, added in file.relocations():
        address = addresses[symbol]
        if address is None or kind not in (ADDRESS, RELATIVE):
            raise NotLoadableError(f"relocation {kind}")
        value = address + added - (base + place if kind == RELATIVE else 0)
        struct.pack_into("<Q", memory, place, value & (1 << 64) - 1)


def _address(
    file: _Part, base: int, defined: Mapping[str, int], name: str, section: int, value: int
) -> int | None:
    """The address of a symbol, None where there is none."""
    if section in file.places:
        return base + file.places[section] + value
    return defined.get(name) if section == UNDEFINED else None


def _make_executable(address: int, size: int) -> None:
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if protect(address, size, mmap.PROT_READ | mmap.PROT_EXEC):
        raise OSError(ctypes.get_errno(), "memory may not become executable")
