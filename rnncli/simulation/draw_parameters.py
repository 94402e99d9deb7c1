"""Draw the parameters of symbols from their prior; leave out faults, or the closing of a market."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args, get_type_hints

import numpy as np

from rnncli.simulation.kinds import KINDS
from rnncli.simulation.parameters import Drawn, ProcessParameters

_HINTS = get_type_hints(ProcessParameters, include_extras=True)
TABLE: dict[str, Drawn] = {name: get_args(hint)[1] for name, hint in _HINTS.items()}

# parameters of a file without faults
_SOUND = {
    "range_bias": 0.0, "range_noise": 0.0, "source_change": 0.0, "zero_volume": 0.0,
    "split_probability": 0.0, "missing_columns": 0.0,
}  # fmt: skip
# a market that never closes has no night, in which moves are given back, no quarterly reports, no
# limits and no short days
_ROUND_THE_CLOCK = {
    "night_share": 0.0, "overreaction": 0.0, "half_session": 0.0, "limit": np.inf,
    "volume_expiry": 0.0, "announcement_size": 0.0, "announcement_aftermath": 0.0,
}  # fmt: skip


def draw_parameters(
    generators: Sequence[np.random.Generator], kind: str = "stocks"
) -> ProcessParameters:
    """Draw the parameters of the symbols of a market, one generator for each."""
    priors = {name: drawn.prior for name, drawn in TABLE.items()} | dict(KINDS[kind])
    values = {
        name: np.array([prior.draw(rng) for rng in generators], dtype=np.float64)
        for name, prior in priors.items()
    }
    return ProcessParameters(**values)


def without_faults(parameters: ProcessParameters) -> ProcessParameters:
    """The same symbols in a file without faults."""
    return _with_constants(parameters, _SOUND)


def round_the_clock(parameters: ProcessParameters) -> ProcessParameters:
    """The same symbols in a market that never closes."""
    return _with_constants(parameters, _ROUND_THE_CLOCK)


def _with_constants(parameters: ProcessParameters, values: dict[str, float]) -> ProcessParameters:
    arrays: dict[str, Any] = {
        name: np.full_like(parameters.price, value) for name, value in values.items()
    }
    return replace(parameters, **arrays)
