"""Changes of the currency of a series: jumps that are neither a split nor a fault.

A column of the file names the currency, or the price jumps by the rate at which a currency became
the euro, within days of the new year in which it came, or in which it came as coins.
"""

from collections.abc import Iterator

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.prices.parsing.grid.header import plain_name
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.quality.outliers import PriceSteps, large_steps
from rnncli.prices.parsing.quality.series_rows import Counts, SeriesRows

EURO = (
    "jumps by about the rate of {currency} to the euro (first {symbol} on {date}; convert the"
    " earlier prices)"
)

# Units for one euro, fixed by the Council of the European Union, and the first year of the euro.
RATES = {
    "DEM": (1.95583, 1999), "FRF": (6.55957, 1999), "ITL": (1936.27, 1999), "ESP": (166.386, 1999),
    "NLG": (2.20371, 1999), "BEF": (40.3399, 1999), "ATS": (13.7603, 1999), "FIM": (5.94573, 1999),
    "PTE": (200.482, 1999), "IEP": (0.787564, 1999), "GRD": (340.750, 2001), "SIT": (239.640, 2007),
    "CYP": (0.585274, 2008), "MTL": (0.429300, 2008), "SKK": (30.1260, 2009),
    "EEK": (15.6466, 2011), "LVL": (0.702804, 2014), "LTL": (3.45280, 2015), "HRK": (7.53450, 2023),
    "BGN": (1.95583, 2026),
}  # fmt: skip
SMALLEST = 1.25  # times the price before it, or the reverse
COINS = 2002  # the year in which the euro came as coins where it was older
DAYS = np.timedelta64(10, "D")  # of the new year, before and after it
NEAR = 0.05  # of the logarithm of a rate: what prices may move by on the same day


def currency_lines(file: ParsedFile) -> dict[int, float]:
    """The lines of rows with another currency than the row before of their symbol, or behind.

    Their value is 1, as the ratio of a split is where there is none.
    """
    header, symbol = file.grid.header, file.columns.symbol
    if header is None or file.columns.layout == "wide":
        return {}
    named = [i for i, name in enumerate(header) if plain_name(name.strip()) == "currency"]
    if len(named) != 1 or named[0] == symbol or file.grid.is_constant(named[0]):
        return {}
    return dict.fromkeys(_changes(file, named[0], symbol), 1.0)


def _changes(file: ParsedFile, currency: int, symbol: int | None) -> Iterator[int]:
    currencies = [cell.strip() for cell in file.grid.column(currency)]
    if len(set(currencies)) < 2:
        return
    symbols = file.grid.column(symbol) if symbol is not None else [""] * len(currencies)
    lines = file.grid.lines
    before: dict[str, int] = {}
    for row, (name, code) in enumerate(zip(symbols, currencies, strict=True)):
        last = before.get(name)
        if last is not None and currencies[last] != code:
            yield from (int(lines[last]), int(lines[row]))
        before[name] = row


def euro_jumps(values: Float64Array, codes: IntArray, dates: DateArray) -> dict[int, str]:
    """Return the rows before which a price is divided by a rate to the euro, and of which currency.

    The rows are sorted by series and date; a jump counts around the new year of a changeover.
    """
    currencies: dict[int, str] = {}
    for start, end, large in large_steps(values, codes, SMALLEST):
        places = large[_near_new_year(dates[start + 1 + large])]
        if not len(places):
            continue
        series = PriceSteps(values[start:end])
        for place in series.unusual(places).tolist():
            row = start + place + 1
            currency = _currency_of(-float(series.sizes[place]), dates[row])
            if currency and series.stays(place):
                currencies[row] = currency
    return currencies


def _near_new_year(dates: DateArray) -> BoolArray:
    years = (dates + DAYS).astype("datetime64[Y]").astype(dates.dtype)
    near: BoolArray = dates - DAYS <= years  # false for dates that are not known
    return near


def _currency_of(fall: float, date: np.datetime64) -> str:
    """The currency whose rate is near a fall of the logarithm of a price; empty for another one.

    date: within days of a new year.
    """
    year = int(str(date + DAYS)[:4])
    for currency, (rate, first) in RATES.items():
        if year in {first, max(first, COINS)} and abs(fall - np.log(rate)) < NEAR:
            return currency
    return ""


def count_euro(series: SeriesRows) -> Counts:
    """Yield the jumps by the rate of a currency to the euro, the first named."""
    for file, row, count in series.by_file(np.array(list(series.euro), dtype=np.int64)):
        text = EURO.format(
            currency=series.euro[row],
            symbol=series.symbol(row),
            date=format_date(series.rows.dates[row]),
        )
        yield file, text, count
