"""Jumps, and announcements about a quarter apart: how large, when, at night or within the day."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws

QUARTER = 63  # trading days
ON_TIME, LATE = 2, 20  # days that an announcement is early or late at most
QUARTERS, SEASON = 4, 2  # of a year; factor on the shift that a quarter has in every year
SMALLEST_CHI_SQUARE = 0.05


@dataclass(frozen=True)
class Events:
    """Events of the symbols on top of the ordinary day, (days, symbols) each.

    A jump is `scaled` sqrt(volatility) + `fixed`, in usual days, at night if `at_night`.
    """

    announced: BoolArray
    scaled: Float64Array
    fixed: Float64Array
    at_night: BoolArray


def draw_events(parameters: ProcessParameters, draws: Draws) -> Events:
    """Jumps and announcements of every symbol."""
    jumped = draws.happens(parameters.jump_probability)
    tail = np.sqrt(draws.inverse_chi_square(parameters.jump_freedom, SMALLEST_CHI_SQUARE))
    scaled = jumped * parameters.jump_size * tail * draws.normal()
    announced = _draw_announcements(parameters, draws) & (parameters.announcement_size > 0)
    sizes = parameters.announcement_size * np.exp(0.4 * draws.normal())
    fixed = announced * sizes * draws.normal()
    at_night = draws.happens(parameters.jump_at_night)
    return Events(announced, scaled, fixed, at_night)


def _draw_announcements(parameters: ProcessParameters, draws: Draws) -> BoolArray:
    """Days of announcements: a quarter after the last one, or of the calendar of the year before.

    Give or take a few days or weeks.
    """
    count = draws.days // (QUARTER - LATE) + 2
    on_time = draws.integers(0, 1_000_000, count) < 1_000_000 * parameters.announcement_regularity
    near = draws.integers(-ON_TIME, ON_TIME + 1, count)
    far = draws.integers(-LATE, LATE + 1, count)
    first = draws.integers(0, QUARTER, 1)
    shifts = np.where(on_time, near, far)
    of_season = SEASON * near[np.arange(count) % QUARTERS]
    shifts = np.where(parameters.announcement_calendar > 0, of_season + shifts, shifts.cumsum(0))
    days = first + QUARTER * np.arange(count)[:, np.newaxis] + shifts
    announced = np.zeros((draws.days, draws.symbols), dtype=bool)
    inside = (days >= 0) & (days < draws.days)
    symbols = np.broadcast_to(np.arange(draws.symbols), days.shape)
    announced[days[inside], symbols[inside]] = True
    return announced


def event_volume(
    parameters: ProcessParameters, draws: Draws, events: Events, jumps: Float64Array
) -> Float64Array:
    """Log volume (days, symbols) due to events, which decays after them."""
    sizes = parameters.announcement_volume * np.exp(0.3 * draws.normal())
    stirred = np.maximum(events.announced * sizes, parameters.jump_volume * np.log1p(np.abs(jumps)))
    level = np.zeros(draws.symbols)
    levels = np.empty_like(stirred)
    for day, now in enumerate(stirred):
        level = np.maximum(parameters.event_decay * level, now)
        levels[day] = level
    return levels
