"""The day walk of one symbol in plain Python, one number at a time."""

import math

from rnncli.simulation.volatility import LOG_RANGE_DEVIATION, LOG_RANGE_MEAN


def clipped(value, low, high):
    return min(max(value, low), high)


def naive_walk(p, start, normals, outside, aftermath, sessions, events):
    """Volatility, return and realised variance of each day.

    `p`: parameters, numbers; `start`: slow and fast factor of the first day; `normals`: their
    shocks by day; `sessions`: night, deviation, steps and step of the jump by day; `events`:
    scaled and fixed jump and whether at night, by day.
    """
    slow, fast = start
    persistence = 1 - p.garch_reversion
    alpha = min(p.garch_reaction, 0.9 * persistence)
    gamma = min(p.garch_asymmetry, 2 * (persistence - alpha))
    beta = persistence - alpha - gamma / 2
    garch, days = 1.0, []
    for day in range(len(outside)):
        outer = math.exp(slow - p.slow_deviation**2 + outside[day])
        quick = math.exp(fast - p.fast_deviation**2 + aftermath[day])
        mixed = p.garch_weight * garch + (1 - p.garch_weight) * outer * outer
        volatility = min(quick * math.sqrt(mixed), 12)
        night, deviation, steps, jump_step = sessions[day]
        scaled, fixed, at_night = events[day]
        jump = scaled * math.sqrt(volatility) + fixed
        overnight = volatility * night + (jump if at_night else 0)
        path = [volatility * deviation * step for step in steps]
        path[jump_step] += 0 if at_night else jump
        change = overnight + sum(path)
        realised = overnight**2 + sum(step**2 for step in path)
        days.append((volatility, change, realised))
        square = ((1 - p.garch_realised) * change**2 + p.garch_realised * realised) / quick**2
        reaction = alpha + (gamma if change < 0 else 0)
        garch = (1 - alpha - gamma / 2 - beta) + reaction * min(square, 40) + beta * garch
        garch = clipped(garch, 0.02, 80)
        fall = -clipped(change / volatility, -3, 3)
        log_range = math.log(max(realised, 1e-6)) / 2 - math.log(volatility)
        surprise = clipped((log_range - LOG_RANGE_MEAN) / LOG_RANGE_DEVIATION, -4, 4)
        slow_normal, fast_normal = normals[day]
        slow = factor(
            slow, 1 - p.slow_reversion, p.slow_deviation,
            (p.leverage, p.slow_learning), (fall, surprise), slow_normal,
        )  # fmt: skip
        fast = factor(
            fast, p.fast_persistence, p.fast_deviation,
            (0.7 * p.leverage, p.fast_learning), (fall, surprise), fast_normal,
        )  # fmt: skip
    return days


def factor(state, persistence, deviation, weights, news, normal):
    """A factor on the next day: its shock is the news and a normal, scaled to variance 1."""
    shock = weights[0] * news[0] + weights[1] * news[1] + normal
    scale = math.sqrt(1 + weights[0] ** 2 + weights[1] ** 2)
    return persistence * state + deviation * math.sqrt(1 - persistence**2) * shock / scale
