"""What `predict --paths` prints: a row a symbol and path, a column a row ahead."""

from collections.abc import Iterator

import numpy as np

from rnncli.dates import format_date
from rnncli.forecasting.predict import Samples
from rnncli.report.output import Report, Row


def samples_report(samples: Samples) -> Report:
    """Report of paths, which are for programs: without a table."""
    columns = ["symbol", "cutoff", "path", *_names(samples)]
    return Report(list(_rows(samples)), columns, lambda: _rows(samples), list, piped="csv")


def _names(samples: Samples) -> list[str]:
    return [f"price_{ahead}" for ahead in range(1, samples.prices.shape[1] + 1)]


def _rows(samples: Samples) -> Iterator[Row]:
    names = _names(samples)
    for i, symbol in enumerate(samples.symbols):
        dated = not np.isnat(samples.cutoffs[i])
        cutoff = format_date(samples.cutoffs[i]) if dated else samples.rows[i]
        for number, path in enumerate(samples.prices[i].T.tolist(), start=1):
            yield {"symbol": symbol, "cutoff": cutoff, "path": number} | dict(
                zip(names, path, strict=True)
            )
