"""The network unrolled: one copy per day, its values, and the gradients."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.errors import UsageError, setting
from rnncli.gradients.report import LANES
from rnncli.network.backprop import back_through
from rnncli.network.gradient_norms import state_norms
from rnncli.network.network import Network
from rnncli.simulation.statland import OneUnit

EXPLODING, VANISHING = 100.0, 0.01


@dataclass(frozen=True)
class Unrolled:
    """Columns by day (T): name -> values; the verdict reads the loop factor of the first day."""

    columns: dict[str, Float64Array]
    prediction: float
    verdict: str
    reason: str


def parse_values(text: str, days: int | None) -> Float64Array:
    """Inputs (T,) from a list, zeros added at the end up to `days`. Raises UsageError."""
    try:
        values = [float(value) for value in text.split(",")]
    except ValueError:
        raise UsageError("not numbers separated by commas", option="values", value=text) from None
    if not np.all(np.isfinite(values)):
        raise UsageError("a value is not finite", option="values", value=text)
    if days is not None and days < len(values):
        raise UsageError(
            f"there are {len(values)} {setting('values')}", option="days", value=days,
            remedy="give as many days",
        )  # fmt: skip
    return np.array(values + [0.0] * ((days or len(values)) - len(values)))


def unroll_one(unit: OneUnit, values: Float64Array) -> Unrolled:
    """All values of a one-unit network over the days of `values` (T,).

    loop_factor at t is the product over s > t of w2 f'(sum_s); gradient is
    w3 loop_factor f'(sum_t) w1, the derivative of the last output by the input of day t.
    """
    from_input = unit.w1 * values
    from_loop, sums, activations = (np.zeros(len(values)) for _ in range(3))
    before = 0.0
    with np.errstate(over="ignore", invalid="ignore"):  # a loop may well grow beyond all numbers
        for t in range(len(values)):
            from_loop[t] = unit.w2 * before
            sums[t] = from_input[t] + from_loop[t] + unit.b1
            before = activations[t] = _activate(sums[t], unit.activation)
        slope = slopes(sums, activations, unit.activation)
        factors = np.append(_later_product(unit.w2 * slope[1:]), 1.0)
        outputs = unit.w3 * activations + unit.b2
        local = unit.w3 * unit.w1 * slope
        gradient = np.where(local == 0, 0.0, local * factors)
    columns = {
        "input": values,
        "w1_input": from_input,
        "w2_before": from_loop,
        "bias": np.full(len(values), unit.b1),
        "sum": sums,
        "activation": activations,
        "output": outputs,
        "gradient": gradient,
        "loop_factor": factors,
    }
    dead = unit.activation == "relu" and unit.w2 != 0 and _last_dead_day(activations)
    return Unrolled(columns, float(outputs[-1]), *_judge(float(factors[0]), dead))


def _last_dead_day(activations: Float64Array) -> int:
    """The last day from 2 on that every relu is off, and has no slope; 0 without such a day."""
    dead = np.flatnonzero(activations[1:] == 0)
    return int(dead[-1]) + 2 if len(dead) else 0


def _later_product(rounds: Float64Array) -> Float64Array:
    """Product of each round and all after it; a zero stays zero even before infinity."""
    backwards = rounds[::-1]
    stopped = np.logical_or.accumulate(backwards == 0)
    return np.where(stopped, 0.0, np.cumprod(backwards))[::-1]


def _activate(total: float, activation: str) -> float:
    return float(np.tanh(total)) if activation == "tanh" else max(total, 0.0)


def slopes(sums: Float64Array, activations: Float64Array, activation: str) -> Float64Array:
    """f'(sum) by day (T); the derivative of relu at 0 is 0."""
    return 1 - activations**2 if activation == "tanh" else (sums > 0).astype(float)


def unroll_network(network: Network, values: Float64Array) -> Unrolled:
    """Norms by day of a larger network over the days of `values` (T,).

    `gradient` is the norm of the derivative of the last output by the top layer's states of day
    t, and `loop_factor` the same divided by that of the last day. Raises UsageError for a form
    without an output each day, or with further inputs.
    """
    mode = network.architecture.mode
    if mode != "seq2seq":
        raise UsageError(f"unroll: a {mode} model has no output each day; see rnncli gradients")
    if network.architecture.input_size > 1:
        inputs = network.architecture.input_size
        raise UsageError(f"unroll: the model is fed {inputs} numbers a day; see rnncli gradients")
    network = network.astype("float64")
    days = len(values)
    x = np.zeros((days, 1, LANES))
    x[:, 0, 0] = values
    state_norm, outputs, gradient = np.zeros((3, days))

    def seed(start: int, out: FloatArray, dout: FloatArray) -> None:
        dout[:] = 0
        dout[-1, 0, 0] = start + len(out) == days

    for part, work in back_through(network, x, seed, keep_dstates=True):
        count = part.stop - part.start
        outputs[part] = work.out[:count, 0, 0]
        state_norm[part] = np.linalg.norm(work.shown(-1, count)[..., 0], axis=(0, 2))
        gradient[part] = state_norms(work.reached(count)[..., :1])[:, 0]
    factors = gradient / gradient[-1] if gradient[-1] > 0 else np.zeros(days)
    columns = {
        "input": values,
        "state_norm": state_norm,
        "output": outputs,
        "gradient": gradient,
        "loop_factor": factors,
    }
    a = network.architecture
    dead = a.cell == "rnn" and a.activation == "relu" and _last_dead_day(state_norm)
    return Unrolled(columns, float(outputs[-1]), *_judge(float(factors[0]), dead))


def one_unit_of(network: Network) -> OneUnit | None:
    """The one-unit network as plain numbers; None for a larger one."""
    a, p = network.architecture, network.parameters
    if a.cell != "rnn" or (a.hidden_size, a.layers, a.input_size, a.output_size) != (1, 1, 1, 1):
        return None
    return OneUnit(
        w1=float(p["weight_ih_l0"][0, 0]),
        w2=float(p["weight_hh_l0"][0, 0]),
        w3=float(p["head.weight"][0, 0]),
        b1=float(p["bias_ih_l0"][0]) + float(p["bias_hh_l0"][0]),
        b2=float(p["head.bias"][0]),
        activation=a.activation,
    )


def _judge(factor: float, dead_day: int) -> tuple[str, str]:
    """Verdict on the loop factor of the first day, and the number that decided."""
    if dead_day:
        return (
            "dead",
            f"relu is off on day {dead_day} (slope 0), so no gradient reaches an earlier day",
        )
    size = abs(factor)
    sentence = (
        f"the loop factor of the first day is {factor:.0f}"
        if size >= EXPLODING
        else (f"the loop factor of the first day is {factor:.3g}")
    )
    if size >= EXPLODING:
        return "exploding", f"{sentence}, 100 or more"
    if size <= VANISHING:
        return "vanishing", f"{sentence}, 0.01 or less"
    return "healthy", f"{sentence}, between 0.01 and 100"
