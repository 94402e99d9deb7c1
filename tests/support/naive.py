"""Slow, obvious twins of everything fast, in NumPy, written from the definitions.

Shapes are those of rnncli.kernels. A cell's twin is an entry in CELLS: its day forward and its day
back.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

Array = Any
Parameters = dict[str, Array]


def product(weight: Array, bias: Array, x: Array) -> Array:
    """bias[i] + sum over j of weight[i, j] * x[j, lane]."""
    with np.errstate(invalid="ignore"):  # of what BLAS reads beside the matrices, and leaves out
        return bias[:, None] + weight @ x


def outer(left: Array, right: Array) -> Array:
    """sum over days and lanes of left[day, i, lane] * right[day, j, lane]."""
    return np.einsum("dil,djl->ij", left, right)


def mse(error: Array) -> tuple[Array, Array]:
    """Squared error and its derivative by the output; `error` is output - target."""
    return error * error, 2 * error


def mae(error: Array) -> tuple[Array, Array]:
    """Absolute error and its derivative, 0 at the kink."""
    return np.abs(error), np.sign(error)


def huber(error: Array) -> tuple[Array, Array]:
    """Squared near 0, absolute beyond 1."""
    inside = np.clip(error, -1.0, 1.0)
    return inside * (error - inside / 2), inside


LOSSES = {"mse": mse, "mae": mae, "huber": huber}


def loss_and_gradient(loss: str, output: Array, target: Array, mask: Array) -> tuple[float, Array]:
    """Sum of the losses over the days where `mask` is 1, and its derivative by `output`."""
    cost, derivative = LOSSES[loss](output - target)
    return float(np.sum(cost * mask, dtype=np.float64)), derivative * mask


def gaussian(out: Array, y: Array, _levels: Array) -> Array:
    """Minus the log density of y; outputs (location, log scale), as many first axes as y has."""
    location, scale = out[0], np.exp(out[1])
    return ((y - location) / scale) ** 2 / 2 + np.log(scale * math.sqrt(2 * math.pi))


def student_t(out: Array, y: Array, _levels: Array) -> Array:
    """Minus the log density of Student's t; outputs (location, log scale, raw dof)."""
    location, scale, dof = out[0], np.exp(out[1]), 2 + 4 * np.exp(out[2])
    lgamma = np.vectorize(math.lgamma)
    z = (y - location) / scale
    constant = lgamma((dof + 1) / 2) - lgamma(dof / 2) - np.log(dof * math.pi) / 2
    return (dof + 1) / 2 * np.log(1 + z**2 / dof) + np.log(scale) - constant


def cross_entropy(out: Array, y: Array, _levels: Array) -> Array:
    """Minus the log of the softmax at the class whose code k/(N-1) is y."""
    share = np.exp(out) / np.exp(out).sum(axis=0)
    classes = np.rint(y * (len(out) - 1)).astype(int)
    return -np.log(np.take_along_axis(share, classes[None], axis=0)[0])


def quantiles(out: Array) -> Array:
    """The quantiles, ascending, of a median, gaps upwards and gaps downwards."""
    gaps = np.log(1 + np.exp(out[1:]))
    half = len(gaps) // 2
    upper = out[0] + np.cumsum(gaps[:half], axis=0)
    lower = out[0] - np.cumsum(gaps[half:], axis=0)
    return np.concatenate([lower[::-1], out[:1], upper])


def quantile(out: Array, y: Array, levels: Array) -> Array:
    """Twice the mean pinball loss of the quantiles at `levels` (K), ascending."""
    error = y - quantiles(out)
    level = np.reshape(levels, (-1,) + (1,) * np.ndim(y))
    return np.mean(2 * np.where(error > 0, level * error, (level - 1) * error), axis=0)


LIKELIHOODS = {
    "gaussian": gaussian,
    "student-t": student_t,
    "cross-entropy": cross_entropy,
    "quantile": quantile,
}


def likelihood(loss: str, out: Array, target: Array, mask: Array, levels: Array = ()) -> float:
    """Sum over days and lanes of out (T, O, L), target and mask (T, 1, L)."""
    costs = LIKELIHOODS[loss](np.moveaxis(out, 1, 0), target[:, 0], levels)
    return float(np.sum(np.where(mask[:, 0] > 0, costs, 0)))


def rnn_sums(x_t: Array, state: Array, p: Parameters) -> Array:
    """W_ih x + b_ih + W_hh h + b_hh (H, L) of a day."""
    bias = (p["bias_ih"] + p["bias_hh"])[:, None]
    return p["weight_ih"] @ x_t + p["weight_hh"] @ state[0] + bias


def rnn_day(x_t: Array, state: Array, p: Parameters, activation: str) -> Array:
    """State (1, H, L) after a day with inputs x_t (I, L), from the state before."""
    sums = rnn_sums(x_t, state, p)
    return np.stack([np.tanh(sums) if activation == "tanh" else np.maximum(sums, 0)])


def rnn_day_back(
    x_t: Array, state: Array, dafter: Array, p: Parameters, activation: str
) -> tuple[Array, Array, Parameters]:
    """From the derivative (1, H, L) by the state after: by x_t, by the state before, by weights."""
    sums = rnn_sums(x_t, state, p)
    slope = 1 / np.cosh(sums) ** 2 if activation == "tanh" else (sums > 0).astype(float)
    dsums = dafter[0] * slope
    gradient = {
        "weight_ih": dsums @ x_t.T,
        "weight_hh": dsums @ state[0].T,
        "bias_ih": dsums.sum(axis=1),
        "bias_hh": dsums.sum(axis=1),
    }
    return p["weight_ih"].T @ dsums, np.stack([p["weight_hh"].T @ dsums]), gradient


def rnn_kinks(x_t: Array, state: Array, p: Parameters, activation: str) -> float:
    """How far the nearest unit is from where its derivative jumps."""
    return np.inf if activation == "tanh" else float(np.abs(rnn_sums(x_t, state, p)).min())


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def never(*_: Any) -> float:
    """The kinks of a cell that has none."""
    return np.inf


def by_gates(x_t: Array, h: Array, p: Parameters) -> tuple[Array, Array]:
    """W_ih x + b_ih and W_hh h + b_hh of a day, gate by gate: (G, H, L) each."""
    of_x = p["weight_ih"] @ x_t + p["bias_ih"][:, None]
    of_h = p["weight_hh"] @ h + p["bias_hh"][:, None]
    return of_x.reshape(-1, *h.shape), of_h.reshape(-1, *h.shape)


def weight_gradients(dx_sums: Array, dh_sums: Array, x_t: Array, h: Array) -> Parameters:
    """Derivatives by the weights, from those (G, H, L) by what `by_gates` yields."""
    of_x, of_h = (sums.reshape(-1, sums.shape[-1]) for sums in (dx_sums, dh_sums))
    return {
        "weight_ih": of_x @ x_t.T,
        "weight_hh": of_h @ h.T,
        "bias_ih": of_x.sum(axis=1),
        "bias_hh": of_h.sum(axis=1),
    }


def gru_day(x_t: Array, state: Array, p: Parameters, _activation: str) -> Array:
    """PyTorch's GRU: state (1, H, L) after a day."""
    of_x, of_h = by_gates(x_t, state[0], p)
    r, z = sigmoid(of_x[:2] + of_h[:2])
    n = np.tanh(of_x[2] + r * of_h[2])
    return np.stack([(1 - z) * n + z * state[0]])


def gru_day_back(
    x_t: Array, state: Array, dafter: Array, p: Parameters, _activation: str
) -> tuple[Array, Array, Parameters]:
    """The GRU's day back, by the chain rule from the last line to the first."""
    h = state[0]
    of_x, of_h = by_gates(x_t, h, p)
    r, z = sigmoid(of_x[:2] + of_h[:2])
    n = np.tanh(of_x[2] + r * of_h[2])
    dz, dn = dafter[0] * (h - n), dafter[0] * (1 - z)
    dn_sum = dn / np.cosh(of_x[2] + r * of_h[2]) ** 2
    dr_sum, dz_sum = dn_sum * of_h[2] * r * (1 - r), dz * z * (1 - z)
    dx_sums = np.stack([dr_sum, dz_sum, dn_sum])
    dh_sums = np.stack([dr_sum, dz_sum, dn_sum * r])
    flat = dx_sums.reshape(-1, h.shape[1]), dh_sums.reshape(-1, h.shape[1])
    before = dafter[0] * z + p["weight_hh"].T @ flat[1]
    gradient = weight_gradients(dx_sums, dh_sums, x_t, h)
    return p["weight_ih"].T @ flat[0], np.stack([before]), gradient


def lstm_day(x_t: Array, state: Array, p: Parameters, _activation: str) -> Array:
    """PyTorch's LSTM: states h and c (2, H, L) after a day."""
    i, f, g, o = sum(by_gates(x_t, state[0], p))
    c = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(g)
    return np.stack([sigmoid(o) * np.tanh(c), c])


def lstm_day_back(
    x_t: Array, state: Array, dafter: Array, p: Parameters, _activation: str
) -> tuple[Array, Array, Parameters]:
    """The LSTM's day back, by the chain rule from the last line to the first."""
    sums = sum(by_gates(x_t, state[0], p))
    c = lstm_day(x_t, state, p, "tanh")[1]
    i, f, o = (sigmoid(sums[gate]) for gate in (0, 1, 3))
    g = np.tanh(sums[2])
    dc = dafter[1] + dafter[0] * o / np.cosh(c) ** 2
    slopes = [i * (1 - i), f * (1 - f), 1 / np.cosh(sums[2]) ** 2, o * (1 - o)]
    reached = [dc * g, dc * state[1], dc * i, dafter[0] * np.tanh(c)]
    dsums = np.stack([by * slope for by, slope in zip(reached, slopes, strict=True)])
    flat = dsums.reshape(-1, c.shape[1])
    before = np.stack([p["weight_hh"].T @ flat, dc * f])
    return p["weight_ih"].T @ flat, before, weight_gradients(dsums, dsums, x_t, state[0])


def of_inputs(x_t: Array, p: Parameters, gates: int) -> Array:
    """W_ih x + b_ih of a day, gate by gate (G, H, L): all that a cell's gates see of a day."""
    sums = p["weight_ih"] @ x_t + p["bias_ih"][:, None]
    return sums.reshape(gates, -1, sums.shape[1])


def input_gradients(dsums: Array, x_t: Array) -> Parameters:
    """Derivatives by weight_ih and bias_ih, from that (G, H, L) by what `of_inputs` yields."""
    flat = dsums.reshape(-1, dsums.shape[-1])
    return {"weight_ih": flat @ x_t.T, "bias_ih": flat.sum(axis=1)}


def mingru_day(x_t: Array, state: Array, p: Parameters, _activation: str) -> Array:
    """The minGRU of Feng et al. 2024, section 3.1: state (1, H, L) after a day."""
    z, n = of_inputs(x_t, p, 2)
    return np.stack([(1 - sigmoid(z)) * state[0] + sigmoid(z) * n])


def mingru_day_back(
    x_t: Array, state: Array, dafter: Array, p: Parameters, _activation: str
) -> tuple[Array, Array, Parameters]:
    """The minGRU's day back: h' is linear in h and n, and moves by n - h with z."""
    z_sum, n = of_inputs(x_t, p, 2)
    z = sigmoid(z_sum)
    dsums = np.stack([dafter[0] * (n - state[0]) * z * (1 - z), dafter[0] * z])
    below = p["weight_ih"].T @ dsums.reshape(-1, x_t.shape[1])
    return below, np.stack([dafter[0] * (1 - z)]), input_gradients(dsums, x_t)


def lru_factors(p: Parameters) -> tuple[Array, Array, Array]:
    """Rate, decay and sqrt(1 - decay²) of every unit, (H, 1) each."""
    rate = np.exp(p["diagonal_hh"][0])[:, None]
    return rate, np.exp(-rate), np.sqrt(1 - np.exp(-rate) ** 2)


def lru_day(x_t: Array, state: Array, p: Parameters, _activation: str) -> Array:
    """The LRU of Orvieto et al. 2023 with real decays and an input gate: state (1, H, L)."""
    i, u = of_inputs(x_t, p, 2)
    _, decay, scale = lru_factors(p)
    return np.stack([decay * state[0] + scale * sigmoid(i) * u])


def lru_day_back(
    x_t: Array, state: Array, dafter: Array, p: Parameters, _activation: str
) -> tuple[Array, Array, Parameters]:
    """The LRU's day back; the decay enters twice, and falls by rate * decay with log_rate."""
    i_sum, u = of_inputs(x_t, p, 2)
    i, (rate, decay, scale) = sigmoid(i_sum), lru_factors(p)
    dsums = np.stack([dafter[0] * scale * u * i * (1 - i), dafter[0] * scale * i])
    ddecay = dafter[0] * (state[0] - decay / scale * i * u)
    gradient = input_gradients(dsums, x_t)
    gradient["diagonal_hh"] = np.sum(-rate * decay * ddecay, axis=1)[None]
    below = p["weight_ih"].T @ dsums.reshape(-1, x_t.shape[1])
    return below, np.stack([dafter[0] * decay]), gradient


def slstm_parts(x_t: Array, state: Array, p: Parameters) -> tuple[Array, Array, Array, Array]:
    """Gate sums; i and f over exp(m'), and m' itself: equations 15 to 17 of Beck et al. 2024."""
    sums = sum(by_gates(x_t, state[0], p))
    by_f = np.log(sigmoid(sums[1])) + state[3]
    m = np.where(state[2] == 0, sums[0], np.maximum(by_f, sums[0]))  # nothing to compare with
    return sums, np.exp(sums[0] - m), np.exp(np.minimum(by_f - m, 60)), m  # large before zeros only


def slstm_day(x_t: Array, state: Array, p: Parameters, _activation: str) -> Array:
    """The sLSTM of Beck et al. 2024: states h, c, n and m (4, H, L) after a day."""
    sums, i, f, m = slstm_parts(x_t, state, p)
    c = f * state[1] + i * np.tanh(sums[2])
    n = f * state[2] + i
    return np.stack([sigmoid(sums[3]) * c / n, c, n, m])


def slstm_day_back(
    x_t: Array, state: Array, dafter: Array, p: Parameters, _activation: str
) -> tuple[Array, Array, Parameters]:
    """The sLSTM's day back, in C = c exp(m) and N = n exp(m), which know no m."""
    sums, i, f, m = slstm_parts(x_t, state, p)
    h, c, n, _ = slstm_day(x_t, state, p, "tanh")
    z, o, i, f = np.tanh(sums[2]), sigmoid(sums[3]), i * np.exp(m), sigmoid(sums[1])
    whole = np.exp(m) * n
    dwhole_c = dafter[1] / np.exp(m) + dafter[0] * o / whole
    dwhole_n = dafter[2] / np.exp(m) - dafter[0] * h / whole
    old_c, old_n = state[1] * np.exp(state[3]), state[2] * np.exp(state[3])
    dsums = np.stack([
        i * (dwhole_c * z + dwhole_n), (dwhole_c * old_c + dwhole_n * old_n) * f * (1 - f),
        dwhole_c * i * (1 - z**2), dafter[0] * c / n * o * (1 - o),
    ])  # fmt: skip
    flat = dsums.reshape(-1, c.shape[1])
    before = [
        p["weight_hh"].T @ flat, dwhole_c * f * np.exp(state[3]), dwhole_n * f * np.exp(state[3]),
        f * (dwhole_c * old_c + dwhole_n * old_n),
    ]  # fmt: skip
    gradient = weight_gradients(dsums, dsums, x_t, state[0])
    return p["weight_ih"].T @ flat, np.stack(before), gradient


def attention_parts(
    x_t: Array, window: Array, p: Parameters
) -> tuple[Array, Array, Array, Array, Array]:
    """By head: q (U, L), keys and values of the window (N, U, L), shares (N, L); and u (H, L).

    window: the states (3, N, H, L) of the days before, of which today's take the oldest's place.
    """
    q, k, v, u = of_inputs(x_t, p, 4)
    heads, size = p["bias_lag"].shape
    keys, values = (
        np.concatenate([window[s, 1:], today[None]])[::-1].reshape(size, heads, -1, q.shape[1])
        for s, today in ((1, k), (2, v))
    )
    q = q.reshape(heads, -1, q.shape[1])
    scores = np.einsum("hul,jhul->hjl", q, keys) / np.sqrt(q.shape[1]) + p["bias_lag"][..., None]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return q, keys, values, scores / scores.sum(axis=1, keepdims=True), u


def attention_day(x_t: Array, window: Array, p: Parameters, _activation: str) -> Array:
    """Softmax attention over the window with a bias by lag: states h, k, v (3, H, L) of a day."""
    _, keys, values, shares, u = attention_parts(x_t, window, p)
    attended = np.einsum("hjl,jhul->hul", shares, values).reshape(u.shape)
    return np.stack([np.tanh(u + attended), keys[0].reshape(u.shape), values[0].reshape(u.shape)])


def attention_day_back(
    x_t: Array, window: Array, dafter: Array, p: Parameters, _activation: str
) -> tuple[Array, Array, Parameters]:
    """The derivative of `attention_day`, by the states of the whole window."""
    q, keys, values, shares, _ = attention_parts(x_t, window, p)
    du = dafter[0] * (1 - attention_day(x_t, window, p, "tanh")[0] ** 2)
    by_head = du.reshape(q.shape)
    by_share = np.einsum("hul,jhul->hjl", by_head, values)
    by_score = shares * (by_share - np.sum(shares * by_share, axis=1, keepdims=True))
    root = np.sqrt(q.shape[1])
    dq = np.einsum("hjl,jhul->hul", by_score, keys) / root
    dkeys = np.einsum("hjl,hul->jhul", by_score, q).reshape(window.shape[1:]) / root
    dvalues = np.einsum("hjl,hul->jhul", shares, by_head).reshape(window.shape[1:])
    before = np.zeros_like(window)
    before[1, 1:], before[2, 1:] = dkeys[:0:-1], dvalues[:0:-1]
    dsums = np.stack([dq.reshape(du.shape), dkeys[0] + dafter[1], dvalues[0] + dafter[2], du])
    gradient = input_gradients(dsums, x_t)
    gradient["bias_lag"] = by_score.sum(axis=2)
    return p["weight_ih"].T @ dsums.reshape(-1, x_t.shape[1]), before, gradient


@dataclass(frozen=True)
class Cell:
    """A cell's twin: `states` vectors, a day forward, a day back, distance from kinks, gates.

    A `windowed` one gets the states (S, N, H, L) of N days in place of those of one day (S, H, L).
    """

    states: int
    day: Callable[..., Array]
    day_back: Callable[..., tuple[Array, Array, Parameters]]
    kinks: Callable[..., float]
    gates: int = 1
    windowed: bool = False


CELLS = {
    "rnn": Cell(1, rnn_day, rnn_day_back, rnn_kinks),
    "gru": Cell(1, gru_day, gru_day_back, never, 3),
    "lstm": Cell(2, lstm_day, lstm_day_back, never, 4),
    "mingru": Cell(1, mingru_day, mingru_day_back, never, 2),
    "lru": Cell(1, lru_day, lru_day_back, never, 2),
    "slstm": Cell(4, slstm_day, slstm_day_back, never, 4),
    "attention": Cell(3, attention_day, attention_day_back, never, 4, windowed=True),
}


def layer_parameters(p: Parameters, layer: int) -> Parameters:
    """The parameters of one layer, without its number in their names."""
    end = f"_l{layer}"
    return {name.removesuffix(end): p[name] for name in p if name.endswith(end)}


def states_of_layer(cell: str, x: Array, p: Parameters, layer: int, activation: str) -> Array:
    """States h (T, H, L) of one layer for its inputs x (T, I, L), from h_0 = 0."""
    alone = {f"{name}_l0": weight for name, weight in layer_parameters(p, layer).items()}
    return states(x, alone, cell, 1, activation)[0][0, -len(x) :]


STATES = {cell: partial(states_of_layer, cell) for cell in CELLS}


def span_of(twin: Cell, weights: Parameters, layer: int, dilations: Sequence[int]) -> int:
    """How many days before it a day of a layer looks back on."""
    if twin.windowed:
        return int(weights["bias_lag"].shape[1])
    return dilations[layer] if dilations else 1


def states(
    x: Array, p: Parameters, cell: str, layers: int, activation: str,
    start: list[Array] | None = None, nudge: dict[tuple[int, ...], float] | None = None,
    dilations: Sequence[int] = (),
) -> list[Array]:  # fmt: skip
    """States (S, T+d, H, L) of every layer for inputs x (T, I, L); d is its dilation, 1 or more.

    `start` (S*d, H, L) a layer stands before the first day, zero without it. `nudge` adds to all
    lanes of single states: (layer, s, t, unit) -> how much, t = 0 being the start.
    """
    twin, of_layers = CELLS[cell], []
    for layer in range(layers):
        weights = layer_parameters(p, layer)
        hidden_size = len(weights["weight_ih"]) // twin.gates
        d = span_of(twin, weights, layer, dilations)
        state = np.zeros((twin.states * d, hidden_size, x.shape[2]))
        before = (start[layer] if start else state).reshape(twin.states, d, *state.shape[1:])
        days: list[Array] = []
        for t in range(len(x) + d):
            if t < d:
                of_day = before[:, t]
            else:
                past = np.stack(days[t - d :], axis=1) if twin.windowed else days[t - d]
                of_day = twin.day(x[t - d], past, weights, activation)
            days.append(of_day.copy())
            for (at_layer, s, at_t, unit), much in (nudge or {}).items():
                if (at_layer, at_t) == (layer, t):
                    days[-1][s, unit] += much
        of_layers.append(np.stack(days, axis=1))
        x = of_layers[-1][0, d:]
    return of_layers


def after(x: Array, p: Parameters, *chosen: Any) -> list[Array]:
    """The states (S*d, H, L) of every layer that the inputs x (T, I, L) leave for the next day."""
    of_layers = states(x, p, *chosen)
    return [of_layer[:, len(x) :].reshape(-1, *of_layer.shape[2:]) for of_layer in of_layers]


def outputs(
    x: Array, p: Parameters, cell: str, layers: int, activation: str, **disturbed: Any
) -> Array:
    """Outputs (T, O, L) of the whole network."""
    top = states(x, p, cell, layers, activation, **disturbed)[-1][0, -len(x) :]
    return np.einsum("oh,thl->tol", p["head.weight"], top) + p["head.bias"][None, :, None]


def gradients(
    x: Array, p: Parameters, cell: str, layers: int, activation: str, dout: Array,
    start: list[Array] | None = None, dilations: Sequence[int] = (),
) -> tuple[Parameters, list[Array], Array]:  # fmt: skip
    """Back-propagation through time: derivatives by parameters, by states (S, T+d, H, L), by x.

    `dout` (T, O, L) is the derivative by the outputs; the states of `start` are constants.
    """
    twin = CELLS[cell]
    of_layers = states(x, p, cell, layers, activation, start, dilations=dilations)
    total = {name: np.zeros(weight.shape) for name, weight in p.items()}
    total["head.weight"] += np.einsum("tol,thl->oh", dout, of_layers[-1][0, -len(x) :])
    total["head.bias"] += dout.sum(axis=(0, 2))
    above = np.einsum("oh,tol->thl", p["head.weight"], dout)
    dstates = [np.zeros(of_layer.shape) for of_layer in of_layers]
    for layer in reversed(range(layers)):
        weights = layer_parameters(p, layer)
        inputs = of_layers[layer - 1][0, -len(x) :] if layer else x
        dstates[layer][0, -len(x) :] += above
        d = span_of(twin, weights, layer, dilations)
        below = np.zeros(inputs.shape)
        for t in reversed(range(len(inputs))):
            past = slice(t, t + d) if twin.windowed else t
            below[t], before, gradient = twin.day_back(
                inputs[t], of_layers[layer][:, past], dstates[layer][:, t + d], weights, activation
            )
            dstates[layer][:, past] += before
            for name, by_weight in gradient.items():
                total[f"{name}_l{layer}"] += by_weight
        above = below
    return total, dstates, above


def kinks(x: Array, p: Parameters, cell: str, layers: int, activation: str) -> float:
    """How far the nearest unit of any layer and day is from where its derivative jumps."""
    nearest = np.inf
    for layer, of_layer in enumerate(states(x, p, cell, layers, activation)):
        weights = layer_parameters(p, layer)
        for t in range(len(x)):
            distance = CELLS[cell].kinks(x[t], of_layer[:, t], weights, activation)
            nearest = min(nearest, distance)
        x = of_layer[0, -len(x) :]
    return nearest
