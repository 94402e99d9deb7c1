"""A file of compiled code: the object code, and which functions of others it calls."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass

SYMBOL = struct.Struct("<IBBHQQ")  # of ELF: name, info, other, section, value, size
UNDEFINED = 0
ARRAY_TYPE = "rnncli_array_type"  # the name by which compiled code calls the type of arrays


@dataclass(frozen=True)
class ObjectFile:
    """Object code in parts to be loaded together, and the name of the function to call.

    needs: names from elsewhere, None if they are unknown.
    """

    entry: str
    parts: list[bytes]
    needs: list[str] | None


def packed(entry: str, parts: list[bytes]) -> bytes:
    """Bytes of a file of this object code."""
    header = {"entry": entry, "sizes": [len(part) for part in parts], "needs": _needs(parts)}
    return b"\n".join((json.dumps(header).encode("ascii"), b"".join(parts)))


def unpacked(data: bytes) -> ObjectFile:
    """What `packed` has packed."""
    head, _, rest = data.partition(b"\n")
    header, parts = json.loads(head), []
    for size in header["sizes"]:
        parts.append(rest[:size])
        rest = rest[size:]
    return ObjectFile(header["entry"], parts, header["needs"])


def _needs(parts: list[bytes]) -> list[str] | None:
    from llvmlite.binding import ObjectFileRef

    defined, undefined = set[str](), set[str]()
    for part in parts:
        sections = {s.name(): s.data() for s in ObjectFileRef.from_data(part).sections()}
        if b".symtab" not in sections:
            return None  # not ELF
        for name, section in _symbols(sections[b".symtab"], sections[b".strtab"]):
            (undefined if section == UNDEFINED else defined).add(name)
    return sorted(undefined - defined)


def _symbols(table: bytes, names: bytes) -> Iterator[tuple[str, int]]:
    """Name and section of each symbol that has a name."""
    for name, _, _, section, _, _ in SYMBOL.iter_unpack(table):
        if name:
            yield names[name : names.index(b"\0", name)].decode("ascii"), section
