"""Recorded forecasts under the names that their series have now: see `TickerChanges`."""

from dataclasses import replace

import numpy as np

from rnncli.ledger.reader import LedgerForecasts
from rnncli.ledger.writer import storable
from rnncli.prices.beside.ticker_changes import TickerChanges, newest_of
from rnncli.prices.series import Prices

ANOTHER = "{symbol} (another company's since)"  # which no symbol of prices is called


def under_current_names(
    recorded: LedgerForecasts, changes: TickerChanges | None, prices: Prices
) -> tuple[LedgerForecasts, int]:
    """The forecasts, each under the name that its series has in prices, and how many are renamed.

    The name at its cutoff decides; a forecast of a company whose name is another's since keeps no
    name that prices have. Those of series without dates stay as they are.
    """
    if changes is None:
        return recorded, 0
    in_force = changes.until(newest_of(prices.dates))
    symbols = list(recorded.symbols)
    for symbol in set(symbols) & set(map(storable, in_force.holdings)):
        dated = [
            i
            for i, name in enumerate(recorded.symbols)
            if name == symbol and isinstance(recorded.cutoffs[i], str)
        ]
        days = np.array([recorded.cutoffs[i] for i in dated], "datetime64[s]")
        for i, name in zip(dated, in_force.names_at(symbol, days), strict=True):
            symbols[i] = ANOTHER.format(symbol=symbol) if name is None else storable(name)
    changed = sum(a != b for a, b in zip(symbols, recorded.symbols, strict=True))
    return replace(recorded, symbols=symbols), changed
