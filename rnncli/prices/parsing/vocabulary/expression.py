"""Regular expressions that are compiled when they are first used: most files need few of them."""

import re
from typing import Any, cast


class _Expression:
    """A regular expression that becomes compiled with the first of its methods that is called."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Return a method of the compiled expression, which is an attribute from then on."""
        method = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, method)
        return method


def expression(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression; use its methods, for functions of `re` do not take it."""
    return cast(re.Pattern[str], _Expression(text, flags))
