"""Names of files for symbols, and back: no symbol leaves its folder, and no two share a file.

Letters, digits and a few signs stay; every other byte of the UTF-8 is a percent sign and two
hexadecimal digits, as are names that some systems reserve. `~` and a number stand for the lower
case letters of a symbol, since AAPL and aapl are one file where case does not count. A symbol too
long for one name becomes folders, each but the last ending in a lone percent sign.
"""

import re
from urllib.parse import unquote

PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789^=+_-.")
RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?=\.|$)", re.IGNORECASE)
LONGEST = 180  # of the 255 bytes that a name may have, so that endings fit


def file_name(symbol: str) -> str:
    """Return a relative path for a symbol, without an ending; a path has one part as a rule."""
    name = "".join(sign if sign in PLAIN else _escaped(sign) for sign in symbol)
    if name[:1] in {".", ""} or RESERVED.match(name):
        name = (_escaped(name[0]) if name else "%") + name[1:]
    if name.endswith("."):
        name = name[:-1] + _escaped(".")
    name += _case_of(symbol)
    if len(name) > LONGEST:
        name = name.replace(".", _escaped("."))  # no part may begin or end with one
    parts = [name[i : i + LONGEST] for i in range(0, len(name), LONGEST)]
    return "%/".join(parts)


def symbol_of(name: str) -> str:
    """Return the symbol that `file_name` made a path of."""
    joined = name.replace("%/", "").partition("~")[0]
    return "" if joined == "%" else unquote(joined, errors="surrogatepass")


def _escaped(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode(errors="surrogatepass"))


def _case_of(symbol: str) -> str:
    """Return `~` and which letters are lower case, as the bits of a number; nothing if none is."""
    letters = [sign for sign in symbol if sign.isascii() and sign.isalpha()]
    bits = sum(1 << i for i, sign in enumerate(letters) if sign.islower())
    return f"~{bits:X}" if bits else ""
