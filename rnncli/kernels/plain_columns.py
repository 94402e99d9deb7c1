"""Columns of a text with a row per line and no quotes, compiled: plain numbers, and distinct cells.

A number is plain if it is digits with one point at most, with a minus sign or without, and its
digits are an integer up to 2^53: that, over a power of ten up to 10^22, is the nearest float
(Clinger 1990, doi:10.1145/93542.93557). Other cells are left to the caller.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline_exactly

Array = Any

# bytes of whole lines (n); role of each column (width): -1 not read, k the k-th of prices, then of
# texts; powers of ten; prices (C, rows) and codes (D, rows), which are filled; of each text, slots
# (D, SLOTS) of a hash table of its distinct cells, codes or -1, their bytes (D, ROOM), and where
# those of a cell begin (D, MOST + 1); odd cells (n, 4): row, column of prices, begin, end; state
PLAIN = (
    "void(uint8[::1],int64[::1],float64[::1],float64[:,::1],int32[:,::1],int64[:,::1],"
    "uint8[:,::1],int64[:,::1],int64[:,::1],int64[::1])"
)
ROW, ODD, DELIMITER, FAULT, COUNTS = 0, 1, 2, 3, 4  # places in the state; COUNTS: one for each text
MOST = 1 << 17  # distinct cells of a column
SLOTS = 2 * MOST
ROOM = 32 * MOST  # bytes of them
MOST_TRIED = 256  # slots for one cell: a text that was made to share them is left to the caller
POWERS = 10.0 ** np.arange(23)
EXACT, DIGITS = 1 << 53, 18  # integers up to here are floats; digits that an int64 holds
NEWLINE, MINUS, POINT, ZERO, SPACE = 10, 45, 46, 48, 32
PRIME, MASK = 16_777_619, (1 << 32) - 1  # of the hash FNV-1a


@inline_exactly
def is_over(data: Array, at: int, delimiter: int) -> Any:
    """Whether a cell ends before this byte."""
    return data[at] == delimiter or data[at] == NEWLINE


@inline_exactly
def end_of_cell(data: Array, at: int, delimiter: int) -> int:
    """Where the cell ends that this byte is in."""
    while not is_over(data, at, delimiter):
        at += 1
    return at


@inline_exactly
def number_at(data: Array, begin: int, delimiter: int, powers: Array) -> tuple[float, int, bool]:
    """A number, NaN of an empty cell; where it ends, and whether that is the end of the cell."""
    at, sign = begin, 1.0
    if data[at] == MINUS:
        at, sign = at + 1, -1.0
    first, point, mantissa = at, -1, 0
    while True:
        digit = int(data[at]) - ZERO
        if 0 <= digit <= 9:
            if at - first <= DIGITS:  # no more: they would not fit
                mantissa = mantissa * 10 + digit
        elif digit == POINT - ZERO and point < 0:
            point = at
        else:
            break
        at += 1
    digits = at - first - int(point >= 0)
    power = at - point - 1 if point >= 0 else 0
    if digits == 0 or digits > DIGITS or mantissa > EXACT:
        return math.nan, at, at == begin and is_over(data, at, delimiter)
    return sign * (mantissa / powers[power]), at, is_over(data, at, delimiter)


@inline_exactly
def is_same(data: Array, begin: int, pool: Array, start: int, length: int) -> Any:
    """Whether the bytes from `begin` are those of a cell from `start`."""
    k = 0
    while k < length and data[begin + k] == pool[start + k]:
        k += 1
    return k == length


@inline_exactly
def code_near(
    data: Array, begin: int, delimiter: int, guess: int, count: int, pool: Array, begins: Array
) -> tuple[int, int]:
    """The code of the cell if it is `guess`, or the one after that, else -1; and where it ends."""
    for code in range(guess, min(guess + 2, count)):
        length = begins[code + 1] - begins[code]
        stop = begin + length
        ends = stop < data.shape[0] and is_over(data, stop, delimiter)
        if ends and is_same(data, begin, pool, begins[code], length):
            return code, stop
    return -1, begin


@inline_exactly
def code_of(
    data: Array, begin: int, end: int, count: int, slots: Array, pool: Array, begins: Array
) -> int:
    """The code of a cell, `count` if it is new, and then noted; -1 if it cannot be."""
    mixed, control, length = 0, False, end - begin
    for at in range(begin, end):
        mixed = ((mixed ^ int(data[at])) * PRIME) & MASK
        control |= data[at] < SPACE
    slot = (mixed ^ (mixed >> 15)) % SLOTS
    tried = 0
    while slots[slot] >= 0 and tried < MOST_TRIED:
        code: int = slots[slot]
        as_long = begins[code + 1] - begins[code] == length
        if as_long and is_same(data, begin, pool, begins[code], length):
            return code
        slot, tried = (slot + 1) % SLOTS, tried + 1
    start = begins[count]
    if control or tried == MOST_TRIED or count == MOST or start + length > ROOM:
        return -1
    for k in range(length):
        pool[start + k] = data[begin + k]
    begins[count + 1], slots[slot] = start + length, count
    return count


def make_plain_columns() -> Callable[..., None]:
    """Kernel that reads rows until the bytes end, or a row is not as they are: FAULT is 1."""

    def plain_columns(
        data: Array, roles: Array, powers: Array, prices: Array, codes: Array, slots: Array,
        pool: Array, begins: Array, odd: Array, state: Array,
    ) -> None:  # fmt: skip
        at, row, delimiter, numbers = 0, state[ROW], state[DELIMITER], prices.shape[0]
        state[FAULT] = 1
        while at < data.shape[0]:
            if data[at] == NEWLINE:
                at += 1
                continue
            if row >= codes.shape[1]:
                return
            for column in range(roles.shape[0]):
                role, begin = roles[column], at
                if 0 <= role < numbers:
                    prices[role, row], at, plain = number_at(data, begin, delimiter, powers)
                    if not plain:
                        at, n = end_of_cell(data, at, delimiter), state[ODD]
                        if n == odd.shape[0]:
                            return
                        odd[n, 0], odd[n, 1], odd[n, 2], odd[n, 3] = row, role, begin, at
                        state[ODD] = n + 1
                elif role >= 0:
                    k = role - numbers
                    guess, count = codes[k, row - 1] if row > 0 else 0, state[COUNTS + k]
                    code, at = code_near(data, begin, delimiter, guess, count, pool[k], begins[k])
                    if code < 0:
                        at = end_of_cell(data, begin, delimiter)
                        code = code_of(data, begin, at, count, slots[k], pool[k], begins[k])
                        if code < 0:
                            return
                        state[COUNTS + k] = max(count, code + 1)
                    codes[k, row] = code
                else:
                    at = end_of_cell(data, at, delimiter)
                last = column == roles.shape[0] - 1
                if data[at] != (NEWLINE if last else delimiter):
                    return
                at += 1
            row += 1
        state[ROW], state[FAULT] = row, 0

    return plain_columns
