"""Headers of several rows, and columns that are arithmetic on others, in many languages.

Further cases of the corpus; importing this module adds them.
"""

import itertools
import re

import numpy as np
from corpus import meant, named, refused
from corpus_beside import LONG, OTHER, TAKEN_OUT, WALK

THIRD = (80.2, 81.15, 79.9, 80.4, 82.05, 81.7, 80.95, 83.1, 82.6, 84.2, 83.85, 82.9)
A, B, C = (np.array(prices) for prices in (WALK, OTHER, THIRD))


def table(*header: str, columns: object, mark: str = ",", digits: int = 2) -> str:
    """A file of header rows over a date and columns of numbers, texts as they are."""
    cells = zip(*columns, strict=True)  # type: ignore[misc]
    lines = [
        mark.join([day, *(each if isinstance(each, str) else f"{each:.{digits}f}" for each in row)])
        for day, row in zip(LONG, cells, strict=True)
    ]
    return "\n".join([*header, *lines]) + "\n"


def three(*symbols: str) -> dict[str, list[tuple[str, float]]]:
    prices = dict(zip(symbols, (WALK, OTHER, THIRD), strict=True))
    return {
        s: row for symbol, each in prices.items() for s, row in named(symbol, LONG, each).items()
    }


AAPL = named("AAPL", LONG, WALK)
TWO = AAPL | named("MSFT", LONG, OTHER)

# --- headers of several rows ----------------------------------------------------------------------
for _name, _rows, _symbols in (
    ("exchange_and_currency", (",AAPL,MSFT,NVDA", ",XNAS,XNYS,XETR", "Date,USD,EUR,GBP"), ""),
    ("one_currency", (",AAPL,MSFT,NVDA", "Date,USD,USD,USD"), ""),
    ("currency_between",
     ("Ticker,AAPL,MSFT,NVDA", "Currency,USD,EUR,USD", "Date,Close,Close,Close"), ""),
    ("currencies_in_brackets", (",AAPL,MSFT,NVDA", "Date,(USD),(EUR),(GBp)"), ""),
    ("currencies_in_words", (",AAPL,MSFT,NVDA", "Date,in USD,in EUR,in GBP"), ""),
    ("below_the_names", ("Date,AAPL,MSFT,NVDA", "Exchange,NASDAQ,NYSE,NYSE"), ""),
    ("names_and_tickers", ("Name,Apple,Microsoft,Nvidia", "Ticker,AAPL,MSFT,NVDA",
                           "Currency,USD,USD,USD", "Date,,,"), ""),
    ("german", ("Wertpapier;SAP;BMW;Siemens", "Währung;EUR;EUR;EUR",
                "Datum;Schluss;Schluss;Schluss"), "SAP BMW Siemens"),
    ("french", ("Valeur;Sanofi;LVMH;Danone", "Place;Paris;Paris;Paris",
                "Date;Clôture;Clôture;Clôture"), "Sanofi LVMH Danone"),
    ("chinese", ("代码,600519,000001,300750", "名称,贵州茅台,平安银行,宁德时代",
                 "日期,收盘价,收盘价,收盘价"), "600519 000001 300750"),
    ("units", (",Gold,Silver,Copper", "Date,USD/oz,USD/oz,USD/t"), "Gold Silver Copper"),
    ("currencies", (",US dollar,Japanese yen,Pound sterling", "Date,USD,JPY,GBP"), "USD JPY GBP"),
):  # fmt: skip
    _mark = ";" if ";" in _rows[0] else ","
    meant(
        f"header_rows_{_name}",
        table(*_rows, columns=(A, B, C), mark=_mark),
        three(*(_symbols or "AAPL MSFT NVDA").split()),
    )
meant(
    "header_rows_of_fields",
    table(
        "Ticker,AAPL,AAPL,MSFT,MSFT", "Currency,USD,USD,EUR,EUR", "Date,Open,Close,Open,Close",
        columns=(A + 1, A, B + 1, B),
    ),
    TWO,
)  # fmt: skip
meant(
    "header_rows_of_fields_in_spanish",
    table(";AAPL;;MSFT;", ";USD;;USD;", "Fecha;Apertura;Cierre;Apertura;Cierre",
          columns=(A + 1, A, B + 1, B), mark=";"),
    TWO,
)  # fmt: skip

# --- a price beside the columns of symbols --------------------------------------------------------
for _name in ("PRICE", "LAST", "Close", "Kurs", "NAV"):
    refused(
        f"symbols_beside_{_name}",
        table(f"Date,AAPL,{_name},MSFT", columns=(A, C, B)),
        f"'{_name}' may be the price, or a symbol.*'AAPL'; choose with --column, or say --layout",
    )

# --- arithmetic on other columns ------------------------------------------------------------------
for _name, _made, _digits in (
    ("Summe", A + B, 2),
    ("Abstand", B - A, 2),
    ("Écart", A - B, 2),
    ("合计", A + B, 2),
    ("Verhältnis", A / B, 4),
    ("AAPL/MSFT", 100 * A / B, 1),
    ("Mittel", (A + B) / 2, 3),
    ("Depot", 10 * A + 5 * B, 2),
    ("Stima", 0.3 * A + 0.7 * B + 12, 4),
    ("z", A * B, 1),
):
    meant(
        f"made_{_name}",
        table(f"Date,AAPL,MSFT,{_name}", columns=(A, B, [f"{x:.{_digits}f}" for x in _made])),
        TWO,
        warned=f"{TAKEN_OUT} .{_name} of .*AAPL.*; ",
    )
meant("made_市值", table("Date,AAPL,市值", columns=(A, 1000 * A)), AAPL, warned="市值 of AAPL")
meant(
    "made_in_front",
    table("Date,Total,AAPL,MSFT", columns=(A + B, A, B)),
    TWO,
    warned="Total of AAPL and MSFT",
)
meant(
    "made_of_three",
    table("Date,AAPL,MSFT,NVDA,X1", columns=(A, B, C, A + B + C)),
    three("AAPL", "MSFT", "NVDA"),
    warned="X1 of 3 others",
)
_GAPS = ["" if i == 4 else f"{x:.2f}" for i, x in enumerate(A + B)]
meant(
    "made_with_a_gap",
    table("Date,AAPL,MSFT,Summe", columns=(A, B, _GAPS)),
    TWO,
    warned="Summe of AAPL and MSFT",
)
_RETURNS = np.diff(A) / A[:-1]
_LEVERED = 100 * np.cumprod([1, *(1 + 2 * _RETURNS)])
meant(
    "made_a_strategy",
    table("Date,AAPL,Strategy", columns=(A, [f"{x:.3f}" for x in _LEVERED])),
    AAPL,
    warned="Strategy of AAPL",
)
_RATE = tuple(float(f"{1.05 + 0.001 * (i * 7 % 10):.4f}") for i in range(len(LONG)))
_INVERSE = tuple(round(1 / rate, 4) for rate in _RATE)
meant(
    "a_rate_and_its_inverse",
    table("Date,EURUSD,USDEUR", columns=(np.array(_RATE), np.array(_INVERSE)), digits=4),
    named("EURUSD", LONG, _RATE) | named("USDEUR", LONG, _INVERSE),
)
_SHARE = tuple(round(x + 0.11 * (i * 5 % 4), 2) for i, x in enumerate(WALK))
meant(
    "two_classes_of_shares",
    table("Date,GOOG,GOOGL", columns=(A, np.array(_SHARE))),
    named("GOOG", LONG, WALK) | named("GOOGL", LONG, _SHARE),
)

# --- adjusted beside raw, and the name of the one symbol -----------------------------------------
for _name in ("AAPL_adj", "Adj AAPL", "AAPL bereinigt", "AAPL ajusté", "AAPL 复权", "Real AAPL"):
    meant(
        f"adjusted_{_name}",
        table(f"Date,AAPL,{_name}", columns=(A, C)),
        AAPL,
        warned=f"{TAKEN_OUT} .{_name}; ",
    )
for _names in ("AAPL Close,AAPL Adj Close", "AAPL.Close,AAPL.Volume", "close_AAPL,open_AAPL"):
    meant(f"the_symbol_of_{_names}", table(f"Date,{_names}", columns=(A, C)), AAPL)
_LAG = ["", *(f"{x:.2f}" for x in WALK[:-1])]
_RET = ["", *(f"{b / a - 1:.5f}" for a, b in itertools.pairwise(WALK))]
for _name, _values in (("AAPL_lag1", _LAG), ("AAPL_ret", _RET)):
    meant(
        f"the_symbol_beside_{_name}",
        table(f"Date,AAPL,{_name}", columns=(A, _values)),
        AAPL,
        warned=f"{TAKEN_OUT} .{_name}; ",
    )

_LONGER = "AAPL div-adj", "AAPL_tr", "AAPL corrected", "AAPL*"
for _name in _LONGER:
    meant(
        f"adjusted_by_its_ratio_{_name}",
        table(f"Date,AAPL,{_name}", columns=(A, A * np.repeat((0.97, 0.98, 1.0), 4))),
        AAPL,
        warned=f"{TAKEN_OUT} .{re.escape(_name)}; ",
    )
_LONDON = tuple(np.round(A * (1.1 + 0.004 * (np.arange(len(LONG)) * 5 % 7)), 2).tolist())
meant(
    "a_listing_in_another_currency",
    table("Date,AAPL,AAPL London", columns=(A, np.array(_LONDON))),
    AAPL | named("AAPL London", LONG, _LONDON),
)

_LATE = tuple("" if i < 4 else f"{x:.2f}" for i, x in enumerate(np.tile(C, 2)))
_DAYS = tuple(f"2024-{month:02}-{day:02}" for month in (3, 4) for day in range(4, 16))
_SUM = tuple(
    "" if not x else f"{a + float(x):.2f}" for a, x in zip((*WALK, *WALK), _LATE, strict=True)
)
_ROWS = zip(_DAYS, (*WALK, *WALK), (*OTHER, *OTHER), _LATE, _SUM, strict=True)
meant(
    "made_of_one_that_is_listed_late",
    "Date,OLD,MID,NEW,X\n" + "".join(f"{','.join(map(str, row))}\n" for row in _ROWS),
    named("OLD", _DAYS, (*WALK, *WALK))
    | named("MID", _DAYS, (*OTHER, *OTHER))
    | named("NEW", _DAYS[4:], tuple(map(float, _LATE[4:]))),
    warned="X of OLD and NEW",
)
_RATE_OF_A_BANK = np.repeat((4.0, 4.25, 4.5), 8)
meant(
    "a_rate_that_hardly_moves",
    "Date,AAPL,Zins\n"
    + "".join(
        f"{d},{p},{r}\n" for d, p, r in zip(_DAYS, (*WALK, *WALK), _RATE_OF_A_BANK, strict=True)
    ),
    named("AAPL", _DAYS, (*WALK, *WALK)) | named("Zins", _DAYS, tuple(_RATE_OF_A_BANK.tolist())),
    warned="symbols that hardly move beside the others .Zins.: 1",
)

# --- words for what is no price, where the others are prices --------------------------------------
for _name, _values in (
    ("Year", ["2024"] * len(LONG)),
    ("Average", [f"{x:.1f}" for x in C]),
    ("Ratio", [f"{1 + i % 5 / 10:.1f}" for i in range(len(LONG))]),
    ("Sharpe", [f"{1 + i % 5 / 100:.2f}" for i in range(len(LONG))]),
    ("Volume", [f"{9000 + 37 * i}" for i in range(len(LONG))]),
):
    meant(
        f"a_word_{_name}",
        table(f"Date,AAPL,MSFT,{_name}", columns=(A, B, _values)),
        TWO,
        warned=f"{TAKEN_OUT} .{_name}; --layout wide keeps them.: 1",
    )
SHOPS = {
    str(shop): [(day, price + i) for i, day in enumerate(LONG[:3])]
    for shop, price in ((1, 9.5), (2, 8.25), (3, 7.75))
}
_IDS = "".join(f"{day},{shop},{price}\n" for shop, rows in SHOPS.items() for day, price in rows)
refused(
    "ids_of_whole_numbers",
    f"date,store_id,price\n{_IDS}",
    "several prices on 2024-01-02, of store_id 1 and 2; .* --symbol-column 'store_id'",
)
