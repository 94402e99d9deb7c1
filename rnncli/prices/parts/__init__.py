"""A long price file of very many symbols, read some symbols at a time with the same result.

A path goes in; `Prices` of some symbols after the other come out.

    spill     lines of many groups of symbols, in one temporary file
    cut       the lines of a file, cut between symbols, or laid out by symbol
    merge     the reports of all parts as that of the file
    read      the series of a part after the other
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.prices.parts.cut import TogetherError
    from rnncli.prices.parts.read import long_file, read_in_parts

__all__ = ["TogetherError", "long_file", "read_in_parts"]

__getattr__, __dir__ = lazy(
    __name__, {"cut": ("TogetherError",), "read": ("long_file", "read_in_parts")}
)
