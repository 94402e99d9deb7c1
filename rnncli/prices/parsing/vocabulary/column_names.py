"""What vendors call their columns, in the languages their files come in.

Names are as `bare_name` leaves them: in lower case, without blanks, brackets and punctuation. The
lists are in `column_names.toml`.
"""

import unicodedata

from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.load import word_lists

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"
_PUNCTUATION = expression(r"[\s<>_\-.*/#()\[\]%$:'\"’·+±]+")


def bare_name(name: str) -> str:
    """Return a header name in lower case, without brackets, blanks and punctuation."""
    folded = unicodedata.normalize("NFC", name.strip(INVISIBLE)).casefold().replace("i\u0307", "i")
    return _PUNCTUATION.sub("", folded)


def _names(role: str) -> tuple[str, ...]:
    """Return the names of a role, those taken first in front."""
    text: str = word_lists("column_names")[role]
    return tuple(text.casefold().split())


# Where several are present, the first in this order is taken.
DATES = _names("dates")
TIMES = _names("times")
HOURS = _names("hours")
YEARS = frozenset(_names("years"))
PARTS_OF_YEARS = frozenset(_names("parts_of_years"))
DAYS_OF_MONTHS = _names("days_of_months")
SYMBOLS = _names("symbols")
PRICES = _names("prices")
OPENS = _names("opens")
HIGHS = _names("highs")
LOWS = _names("lows")
VOLUMES = _names("volumes")
CLOSES_OF_SYMBOLS = _names("closes_of_symbols")  # fields of a symbol

WEAK_DATES = frozenset(_names("weak_dates"))  # dates only if the cells are
WEAK_SYMBOLS = frozenset(_names("weak_symbols"))  # symbols only if the cells do not number rows
ATTRIBUTES = frozenset(_names("attributes"))  # symbols only where there are several
MARKETS = frozenset(_names("markets"))  # where, or in what, a symbol is traded
DESCRIPTIONS = frozenset(_names("descriptions"))  # labels of rows of a header
MARKET_CODES = frozenset(_names("market_codes"))  # exchanges, in a row of a header
SIGNED_PRICES = frozenset(_names("signed_prices"))  # below zero: a mean of bid and ask
WEAK_PRICES = frozenset(_names("weak_prices"))  # prices only if no check contradicts it
QUOTED_CLOSES = frozenset(_names("quoted_closes"))  # closes of one side of a quote
HIGH_AND_LOW_TIMES = frozenset(_names("high_and_low_times"))  # when a price was, not how high
AMOUNTS = frozenset((*VOLUMES, *_names("amounts")))  # numbers of shares, or turnovers
SPLITS = frozenset(_names("splits"))  # ratios of the splits of a day
OTHERS = frozenset((*SPLITS, *_names("others")))  # usual beside the prices, without a role
CANDLE = frozenset(_names("candle"))  # fields of a day, over or beside tickers

# Names of fields that, in capitals, are also symbols of large markets.
ALSO_TICKERS = frozenset(word_lists("column_names")["also_tickers"].split())
# Headers of one letter, where open, high, low and close are all among them.
LETTERS: dict[str, str] = word_lists("column_names")["letters"]
