"""How a price file is cut into columns, whatever its size is."""

from rnncli.prices.parsing.grid import fast_split
from rnncli.prices.parsing.table import plain_columns


def cut_by(way, monkeypatch):
    """Have files cut row by row ("rows"), by "pandas", or by the "kernel" wherever it can."""
    monkeypatch.setattr(fast_split, "SMALL", 1 << 20 if way == "rows" else 0)
    monkeypatch.setattr(plain_columns, "LARGE", 0)
    if way == "pandas":
        monkeypatch.setattr(plain_columns, "are_worth_it", lambda _: False)
