"""Regular expressions that are compiled when they are first used: most files need few of them."""

import re
from collections.abc import Callable
from typing import Any, cast


class Expression:
    """A regular expression that becomes compiled with the first of its methods that is called."""

    def __init__(self, text: str, flags: int) -> None:
        self.text = text
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        """Return a method of the compiled expression, which is an attribute from then on."""
        method = getattr(re.compile(self.text, self.flags), name)
        setattr(self, name, method)
        return method


class CheckedExpression(Expression):
    """One that `fullmatch` does not compile for a text that cannot fit."""

    def __init__(self, text: str, flags: int, can_fit: Callable[[str], bool]) -> None:
        super().__init__(text, flags)
        self.can_fit = can_fit

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of a whole text; the compiled method takes the place of this one."""
        if not self.can_fit(text):
            return None
        match: re.Match[str] | None = self.__getattr__("fullmatch")(text)
        return match


def expression(
    text: str, flags: int = 0, can_fit: Callable[[str], bool] | None = None
) -> re.Pattern[str]:
    """Return a regular expression; use its methods, for functions of `re` do not take it.

    `can_fit`: whether the whole of a text may match, true of each that does.
    """
    if can_fit is None:
        return cast(re.Pattern[str], Expression(text, flags))
    return cast(re.Pattern[str], CheckedExpression(text, flags, can_fit))
