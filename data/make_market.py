"""Simulate a dozen stocks with volatility clusters and different listing dates; CSV on stdout.

Returns follow GARCH(1,1) with Student t innovations (Bollerslev 1987), so that calm and wild
spells alternate while the direction stays a coin toss.
"""

import sys

import numpy as np

# symbol: first day, price then, yearly volatility, persistence of the variance
STOCKS = {
    "ALDER": ("2021-01-04", 41.2, 0.22, 0.97),
    "BIRCH": ("2021-01-04", 118.0, 0.31, 0.95),
    "CEDAR": ("2021-01-04", 9.4, 0.48, 0.98),
    "EBONY": ("2021-06-14", 63.5, 0.27, 0.96),
    "FIR": ("2021-09-01", 27.8, 0.35, 0.94),
    "HAZEL": ("2022-02-07", 250.0, 0.19, 0.97),
    "LARCH": ("2022-05-16", 15.6, 0.55, 0.98),
    "MAPLE": ("2022-11-01", 82.3, 0.24, 0.95),
    "OAK": ("2023-03-20", 33.1, 0.29, 0.97),
    "PINE": ("2023-10-09", 54.0, 0.40, 0.96),
    "ROWAN": ("2024-04-15", 20.0, 0.62, 0.98),
    "YEW": ("2024-10-21", 12.5, 0.33, 0.95),
}
LAST_DAY = "2024-12-31"
REACTION = 0.07  # of the variance to yesterday's squared return
FREEDOM = 5  # degrees of freedom of the innovations


def prices(
    days: int, first: float, volatility: float, persistence: float, rng: np.random.Generator
):
    """Closing prices (days,) from `first` on."""
    usual = volatility**2 / 252
    variance, log_price = usual, np.log(first)
    path = [first]
    for _ in range(days - 1):
        shock = rng.standard_t(FREEDOM) * np.sqrt((FREEDOM - 2) / FREEDOM)
        change = np.sqrt(variance) * shock
        log_price += change
        path.append(np.exp(log_price))
        variance = (
            usual * (1 - persistence) + REACTION * change**2 + (persistence - REACTION) * variance
        )
    return path


def main() -> None:
    """Write the market to stdout."""
    rng = np.random.default_rng(2024)
    sys.stdout.write("date,symbol,close\n")
    for symbol, (first_day, first, volatility, persistence) in STOCKS.items():
        days = np.arange(
            first_day, np.datetime64(LAST_DAY) + np.timedelta64(1, "D"), dtype="datetime64[D]"
        )
        days = days[np.is_busday(days)]
        path = prices(len(days), first, volatility, persistence, rng)
        for day, price in zip(days, path, strict=True):
            sys.stdout.write(f"{day},{symbol},{price:.2f}\n")


if __name__ == "__main__":
    main()
