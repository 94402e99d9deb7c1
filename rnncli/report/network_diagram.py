"""Diagram of a sequence mode: copies along time, inputs below and outputs above."""

from typing import Any, NamedTuple

CAPTIONS = {
    "seq2seq": "an output each day for the next",
    "direct": "an output each day for the returns of many rows ahead",
    "seq2vec": "the last day's output is all days ahead",
    "vec2seq": "one input, a path of outputs",
    "encoder-decoder": "the last state of one starts the other, fed its own outputs",
}
LINK, GAP = " -> ", "    "


class Copy(NamedTuple):
    """One copy of the network: its name, input and output."""

    name: str
    below: str = ""
    above: str = ""


def form_lines(architecture: dict[str, Any]) -> list[str]:
    """The diagram, from the outputs down to the inputs, and a line of explanation."""
    mode, horizon = architecture["mode"], architecture["horizon"]
    columns = [_column(copy) for copy in _copies(mode, architecture["cell"], horizon)]
    rows = [
        (LINK if number == 2 else GAP).join(row).rstrip()
        for number, row in enumerate(zip(*columns, strict=True))
    ]
    return [*rows, f"{mode}: {_caption(mode, architecture['input_size'])}"]


def _caption(mode: str, inputs: int) -> str:
    """The form in words; an output is all that goes in where there is one input."""
    fed_back = "; in a forecast it is fed back in" if mode == "seq2seq" and inputs == 1 else ""
    return CAPTIONS[mode] + fed_back


def _copies(mode: str, cell: str, horizon: int) -> list[Copy]:
    """The first copies, a gap, the last: of the days read, and of the path if separate."""
    if mode == "seq2seq":
        return _days(lambda t: Copy(cell, f"x{t}", f"y{t}"), "T")
    if mode == "direct":
        return _days(lambda t: Copy(cell, f"x{t}", f"y{t}..{horizon}"), "T")
    if mode == "seq2vec":
        path = _ends("y", horizon)
        return _days(lambda t: Copy(cell, f"x{t}", path if t == "T" else ""), "T")
    if mode == "vec2seq":
        return _days(lambda t: Copy(cell, "xT" if t == "1" else "", f"y{t}"), str(horizon))
    read = _days(lambda t: Copy("enc", f"x{t}"), "T")
    return read + _days(lambda t: Copy("dec", "xT" if t == "1" else "", f"y{t}"), str(horizon))


def _days(copy: Any, last: str) -> list[Copy]:
    """Days 1, 2, …, last; all of a few."""
    if last.isdigit() and int(last) <= 3:
        return [copy(str(t)) for t in range(1, int(last) + 1)]
    return [copy("1"), copy("2"), Copy("..."), copy(last)]


def _ends(name: str, count: int) -> str:
    return f"{name}1" if count == 1 else f"{name}1..{name}{count}"


def _column(copy: Copy) -> list[str]:
    """Output, arrow, the copy in brackets, arrow, input; centred under each other."""
    middle = copy.name if copy.name == "..." else f"[{copy.name}]"
    rows = [copy.above, "^" if copy.above else "", middle, "^" if copy.below else "", copy.below]
    width = max(map(len, rows))
    return [row.center(width) for row in rows]
