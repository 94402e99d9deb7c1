"""Days of the Hijri calendar as Saudi Arabia counts them (Umm al-Qura), for 1390 to 1460.

Its months have 29 or 30 days by the moon over Mecca, as published; no rule gives them, so that they
are listed: a number for each year, whose lowest bit is 1 where its first month has 30 days.
"""

from datetime import date, timedelta
from functools import cache

FIRST_YEAR = 1390
_FIRST_DAY = date(1970, 3, 9)
_LISTED = """
2d5 d55 d54 d45 655 52d a5d 55a ad5 6aa d4b 52a a57 4ae 976 56c b55 aaa a55 4ad 95d 2da 5d9 db2
ba4 b4a a55 2b5 575 b6a bd2 bc4 b89 a95 52d 5ad b6a 6d4 dc9 d92 aa6 956 2ae 56d 36a b55 aaa 94d
49d 95d 2ba 5b5 5aa d55 a9a 92e 26e 55d ada 6d4 6a5 54b a97 54e aae 5ac ba9 d92 b25 64b cab
"""
_LONG_MONTHS = tuple(int(year, 16) for year in _LISTED.split())


def in_gregorian_days(year: int, month: int, day: int) -> date | None:
    """Return a day of the Hijri calendar; None for a day that does not exist or is not listed."""
    index = year - FIRST_YEAR
    if not (0 <= index < len(_LONG_MONTHS) and 1 <= month <= 12):
        return None
    if not 1 <= day <= _length(index, month):
        return None
    before = sum(_length(index, other) for other in range(1, month))
    return _FIRST_DAY + timedelta(days=_days_before(index) + before + day - 1)


def _length(index: int, month: int) -> int:
    return 29 + (_LONG_MONTHS[index] >> (month - 1) & 1)


@cache
def _days_before(index: int) -> int:
    """Return the days from the first year that is listed to another."""
    return sum(12 * 29 + year.bit_count() for year in _LONG_MONTHS[:index])
