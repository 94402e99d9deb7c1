"""The measurements of `training.py`: which works there are, and what a row of the result says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import machine
import numpy as np
import ours
from contest import CHECKED, Contestant, Float32Array, Score, Work, compete

DAYS, SHORTEST = 1259, 44
PARTS = ("equal", "unequal", "alone", "outside")
Row = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What is measured, and for how long."""

    parts: tuple[str, ...]
    cells: tuple[str, ...]
    hidden_sizes: tuple[int, ...]
    series: tuple[int, ...]
    bptt: int
    peers: tuple[str, ...]
    turns: int
    seconds: float


def returns(series: int, equal: bool, seed: int = 0) -> tuple[Float32Array, ...]:
    """Simulated standardised returns: what `rnncli train` makes of prices that move at random."""
    rng = np.random.default_rng(seed)
    days = np.full(series, DAYS) if equal else rng.integers(SHORTEST, DAYS + 1, series)
    if not equal:
        days[:2] = SHORTEST, DAYS
    return tuple(rng.standard_normal(count + 1, dtype=np.float32) for count in days)


def operations(work: Work) -> int:
    """Multiplications and additions of the products in a lap; the way back takes twice as many."""
    rows = ours.gates(work.cell) * work.hidden_size
    return 3 * work.days * (2 * rows * (work.hidden_size + 1) + 2 * work.hidden_size)


def contestants(work: Work, peers: Sequence[str]) -> Iterator[Contestant]:
    """rnncli with one thread and with all, then every form of every peer."""
    weights, orders = ours.start_weights(work), ours.orders(work, CHECKED)
    for threads in sorted({1, machine.cores()}):
        yield ours.Ours(work, threads)
    if "torch" in peers:
        import peers_torch  # noqa: PLC0415 - may not be there

        for form in peers_torch.forms(work, machine.cores()):
            yield peers_torch.Torch(work, weights, orders, form)
    if "jax" in peers:
        import peers_jax  # noqa: PLC0415 - may not be there

        for scan in peers_jax.FORMS:
            yield peers_jax.Jax(work, weights, orders, scan)


def measure(part: str, work: Work, options: Options) -> Row:
    """One row of the table: rates in time steps a second of every party and variant."""
    entered = list(contestants(work, options.peers))
    scores, apart = compete(entered, options.turns, options.seconds)
    rates: dict[str, dict[str, float]] = {}
    for score in scores:
        party = rates.setdefault(score.contestant.party, {})
        party[score.contestant.variant] = work.days / score.best
    best = {party: max(variants.values()) for party, variants in rates.items()}
    return {
        "part": part,
        "cell": work.cell,
        "series": len(work.series),
        "steps": work.days,
        "hidden_size": work.hidden_size,
        "bptt": work.bptt,
        "losses_apart": apart,
        "rates": rates,
        "best": best,
        "over": {party: best["ours"] / best[party] for party in best if party != "ours"},
        "threads_gain": _threads_gain(scores),
        "operations_per_second": best["ours"] * operations(work) / work.days,
    }


def _threads_gain(scores: Sequence[Score]) -> float:
    """rnncli's time with one thread over that with all."""
    one, *more = [score.best for score in scores if score.contestant.party == "ours"]
    return one / more[0] if more else 1.0


def works(part: str, options: Options) -> Iterator[Work]:
    """The works of a part; one series alone is always 64 in turn, with 32 units."""
    for cell in options.cells:
        if not ours.known(cell):
            print(f"{cell}: skipped, rnncli has no such cell")
            continue
        if part == "alone":
            yield Work(cell, 32, options.bptt, 1, returns(64, equal=True))
            continue
        for series in options.series:
            data = returns(series, equal=part != "unequal")
            hidden_sizes = options.hidden_sizes if part == "equal" else [32]
            for hidden_size in hidden_sizes:
                yield Work(cell, hidden_size, options.bptt, series, data)


def rows(options: Options) -> Iterator[Row]:
    """All rows, each as soon as it is measured; the matrix rates are the best so far."""
    products = _products()
    for part in options.parts:
        for work in works(part, options):
            if part == "outside":
                yield outside(work, options)
                continue
            row = measure(part, work, options)
            products = [max(pair) for pair in zip(products, _products(), strict=True)]
            row["matrix_rates"] = products
            row["matrix_share"] = row["operations_per_second"] / max(products)
            if part == "unequal":
                row["lost_to_padding"] = lost_to_padding(work, options)
            yield row


def _products() -> list[float]:
    """Rates of NumPy's product with one thread and with all."""
    return [machine.matrix_rate(threads) for threads in (1, machine.cores())]


def outside(work: Work, options: Options) -> Row:
    """Share of rnncli's time outside its kernels, by threads."""
    count = max(3, options.turns * 3)
    return {
        "part": "outside",
        "cell": work.cell,
        "series": len(work.series),
        "hidden_size": work.hidden_size,
        "bptt": work.bptt,
        "share": {
            str(threads): ours.share_outside_kernels(work, threads, count)
            for threads in sorted({1, machine.cores()})
        },
    }


def lost_to_padding(work: Work, options: Options) -> float:
    """1 - rnncli's rate over its rate with as many series of one length, in turn with those."""
    data = returns(len(work.series), equal=True)
    level = Work(work.cell, work.hidden_size, work.bptt, work.batch_size, data)
    rates: list[list[float]] = []
    for threads in sorted({1, machine.cores()}):
        scores = [Score(ours.Ours(w, threads)) for w in (work, level)]
        for _ in range(options.turns + 1):
            for score in scores:
                score.turn(options.seconds)
        rates.append([w.days / s.best for w, s in zip((work, level), scores, strict=True)])
    ragged, even = (max(column) for column in zip(*rates, strict=True))
    return float(1 - ragged / even)
