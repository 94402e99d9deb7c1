"""The number of a series tells it from one whose past was rewritten."""

from dataclasses import replace

import numpy as np
from states import first_rows, grown

from rnncli.forecasting.incremental.row_hash import RowHashes, with_row

PRICES = grown()


def test_a_number_grows_row_by_row():
    """To what it is for all rows at once, in each series, however many stand beside it."""
    seconds = PRICES.dates.astype(np.int64).tolist()
    for i, rows in enumerate(PRICES.lengths.tolist()):
        number = 0
        for row in range(rows):
            at = PRICES.offsets[i] + row
            beside = [float(values[at]) for values in PRICES.fields.values()]
            number = with_row(number, row, seconds[at], [float(PRICES.values[at]), *beside])
            if row in (0, 5, rows - 1):
                wanted = np.where(np.arange(len(PRICES.symbols)) == i, row + 1, 0)
                assert int(RowHashes(PRICES).at(wanted)[i]) == number
        alone = first_rows(PRICES, {PRICES.symbols[i]: rows})
        assert int(RowHashes(alone).at(alone.lengths)[0]) == number


def test_any_change_is_noticed():
    """A price, a date, a volume; two rows the other way round; a split of all; a row left out."""
    ref = RowHashes(PRICES).at(PRICES.lengths)[0]
    turned = PRICES.values.copy()
    turned[[3, 4]] = turned[[4, 3]]
    halved = PRICES.values / 2
    nudged = PRICES.values.copy()
    nudged[339] = np.nextafter(nudged[339], 0)
    later = PRICES.dates.copy()
    later[7] += np.timedelta64(1, "s")
    volume = {**PRICES.fields, "volume": PRICES.fields["volume"] * 100}
    for other in (
        replace(PRICES, values=turned), replace(PRICES, values=halved),
        replace(PRICES, values=nudged), replace(PRICES, dates=later),
        replace(PRICES, fields=volume), first_rows(PRICES, {"AAA": 339}),
    ):  # fmt: skip
        assert RowHashes(other).at(other.lengths)[0] != ref
