"""Models of random weights for every form of forecast, and prices that grow by a few rows."""

from dataclasses import replace

import numpy as np
from builders import prices_of, random_walk

from rnncli.distributions.conformal import GRID, Bounds
from rnncli.models.model import Model
from rnncli.network.network import Architecture, Network
from rnncli.settings import PrepareSettings
from rnncli.transforms.dataset import fit
from rnncli.transforms.features import fields_of, input_size
from rnncli.transforms.inputs import days
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.volatility import running_deviations

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
OUTPUTS = {"point": 1, "gaussian": 2, "student-t": 3, "quantile": len(LEVELS), "cross-entropy": 3}
ROWS = {"AAA": 340, "BBB": 90, "CC": 31, "D": 12}
PREPARE = PrepareSettings()
DECAY = replace(PREPARE, volatility_decay=0.94)
# a name -> preparation, head, and what else its architecture has
KINDS = {
    "point": (PREPARE, "point", {}),
    "gaussian": (PREPARE, "gaussian", {}),
    "student-t": (DECAY, "student-t", {}),
    "gru": (DECAY, "student-t", {"cell": "gru"}),
    "lstm": (DECAY, "quantile", {"cell": "lstm", "layers": 2}),
    "mingru": (DECAY, "student-t", {"cell": "mingru", "layers": 2}),
    "lru": (DECAY, "student-t", {"cell": "lru", "layers": 2}),
    "slstm": (DECAY, "student-t", {"cell": "slstm", "layers": 2}),
    "dilated": (
        DECAY, "student-t", {"cell": "lstm", "layers": 3, "dilations": (1, 5, 22)},
    ),
    "attention": (DECAY, "student-t", {"cell": "attention", "layers": 2, "window": 9}),
    "quantile": (PREPARE, "quantile", {}),
    "none": (replace(PREPARE, scale="none"), "point", {"cell": "gru"}),
    "minmax": (replace(PREPARE, scale="minmax"), "student-t", {}),
    "standard": (replace(PREPARE, scale="standard"), "gaussian", {"layers": 2}),
    "difference": (replace(DECAY, scale="difference"), "student-t", {}),
    "even": (replace(PREPARE, scale="difference"), "point", {"cell": "lstm"}),
    "bins": (replace(PREPARE, bins=3), "point", {}),
    "classes": (replace(DECAY, bins=3), "cross-entropy", {}),
    "season": (replace(DECAY, season=5), "gaussian", {}),
    "inputs": (replace(DECAY, inputs="close,volume,high-low,weekday"), "student-t", {}),
    "features": (
        replace(
            DECAY, inputs="close,level", feature=("volume:change", "high:log-change"),
            feature_lag=2,
        ),
        "student-t", {},
    ),
    "levels": (
        replace(
            DECAY,
            inputs="close,level,year-level,leverage,rhythm,range-level,volume-rhythm,gap-level",
        ),
        "student-t", {"cell": "gru"},
    ),
    "direct": (
        replace(DECAY, inputs="close,high-low,volume,gap,presence"), "student-t",
        {"mode": "direct", "horizon": 5, "rows_ahead": (1, 2, 5), "output_size": 9, "cell": "gru"},
    ),
    "lags": (
        replace(DECAY, inputs="close,level,season-7x2"), "student-t",
        {"mode": "direct", "horizon": 2, "rows_ahead": (1, 2), "output_size": 6},
    ),
    "seq2vec": (PREPARE, "point", {"mode": "seq2vec", "horizon": 4, "output_size": 4}),
    "vec2seq": (PREPARE, "point", {"mode": "vec2seq", "horizon": 4}),
    "encoder-decoder": (PREPARE, "point", {"mode": "encoder-decoder", "horizon": 4}),
}  # fmt: skip


def grown(rows=ROWS, seed=3):
    """Prices with bars, of which some days lack a column, and the state of a market."""
    rng = np.random.default_rng(seed)
    prices = prices_of({symbol: random_walk(rng, count).round(2) for symbol, count in rows.items()})
    away = np.abs(rng.normal(0, 0.01, (2, len(prices.values))))
    volume = rng.integers(0, 10**6, len(prices.values)).astype(float)
    volume[::7] = np.nan
    high, low = prices.values * (1 + away[0]), prices.values * (1 - away[1])
    low[::11] = high[::11]
    first = low + (high - low) * rng.random(len(low))
    first[::13] = np.nan
    first[::17] *= 2
    columns = {"open": first, "high": high, "low": low, "volume": volume}
    market = rng.normal(size=(len(MARKET_FIELDS), len(prices.values)))
    return replace(prices, fields=columns | dict(zip(MARKET_FIELDS, market, strict=True)))


def rows_of(prices, i, divisor):
    """The rows of a series one by one, with the deviations by their definition."""
    series = prices.series(i)
    logs = np.log(series)
    changes = 100 * np.diff(logs) / divisor
    late = running_deviations(changes, days.DECAY)
    at = slice(prices.offsets[i], prices.offsets[i + 1])
    for row in range(len(series)):
        yield days.Row(
            row, float(logs[row]), float(changes[row - 1]) if row else 0.0,
            float(late[max(row - 1, 0)]), float(late[row]),
            int(prices.dates[at][row].astype(np.int64)), divisor,
            {name: float(values[at][row]) for name, values in prices.fields.items()},
        )  # fmt: skip


def first_rows(prices, rows):
    """The first rows of each symbol named, and no other symbol."""
    keep = np.zeros(len(prices.values), bool)
    for i, symbol in enumerate(prices.symbols):
        keep[prices.offsets[i] : prices.offsets[i] + rows.get(symbol, 0)] = True
    indices = [i for i, symbol in enumerate(prices.symbols) if rows.get(symbol, 0)]
    counts = [rows[prices.symbols[i]] for i in indices]
    return replace(
        prices,
        symbols=tuple(prices.symbols[i] for i in indices),
        values=prices.values[keep],
        offsets=np.concatenate([[0], np.cumsum(counts)]),
        dates=prices.dates[keep],
        sources=tuple(prices.sources[i] for i in indices),
        fields={name: values[keep] for name, values in prices.fields.items()},
    )


def model_of(kind, prices, seed=1):
    """A model of a kind, its preparation fitted on prices, its weights drawn."""
    settings, head, shape = KINDS[kind]
    preparation = fit(prices, settings, 0.0)
    if shape.get("mode") == "direct":
        preparation = replace(preparation, start_weight=0.02, input_limit=1.5, shrinks_range=True)
    levels = LEVELS if head == "quantile" else ()
    a = Architecture(
        **{
            "hidden_size": 4, "output_size": OUTPUTS[head], "head": head, "levels": levels,
            "input_size": input_size(preparation.inputs), **shape,
        }
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    network = Network(a, (rng.standard_normal(a.size) * 0.3).astype(np.float32))
    errors = np.sort(rng.normal(0, 1, (3, len(GRID))), axis=1)
    shifts = errors / 10 if head in ("gaussian", "student-t", "quantile") else np.zeros((0, 0))
    unit = "absolute" if settings.scale in ("none", "standard", "difference") else "log"
    bounds = Bounds(
        unit, tuple(map(tuple, errors.tolist())), (1000,) * 3, None, None,
        "model" if len(shifts) else "past", (), tuple(map(tuple, shifts.tolist())),
    )  # fmt: skip
    used = fields_of(preparation.inputs)
    assert set(used) <= set(prices.fields)
    return Model(network, preparation, bounds, {}, {})


def with_fields(prices, model):
    """Prices with the columns beside them that a model asks for, and no others."""
    wanted = fields_of(model.preparation.inputs)
    return replace(prices, fields={name: prices.fields[name] for name in wanted})
