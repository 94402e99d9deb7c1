"""Train a prior on simulated markets: python -m rnncli.training.prior gru FILE."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from rnncli import __version__
from rnncli.arrays import FloatArray
from rnncli.distributions.conformal import Bounds
from rnncli.errors import DivergedError
from rnncli.models.model import Model, save_model
from rnncli.network.from_settings import rows_ahead_of, start_network
from rnncli.network.gradient_norms import clip_by_global_norm
from rnncli.network.heads import OUTPUTS, Head
from rnncli.network.network import Network
from rnncli.network.objectives import RowsAhead
from rnncli.prices.series import Prices
from rnncli.runtime.random_numbers import PRIOR, generator
from rnncli.runtime.threads import Threads, threads
from rnncli.settings import ReadSettings
from rnncli.simulation.market import simulate_prices
from rnncli.training.optimizers import Adam
from rnncli.training.prior_recipe import GRU, HIDDEN_COLUMNS, RECIPES, Recipe
from rnncli.training.task import Step
from rnncli.training.truncated_bptt import Chunks
from rnncli.transforms.dataset import Dataset, prepare

OnRound = Callable[[int, float], None]


def make_prior(recipe: Recipe, pool: Threads, on_round: OnRound) -> Model:
    """Train a network on markets drawn from the recipe's seed.

    `on_round` is called with the number of each round and the mean loss of its days. Raises
    DivergedError.
    """
    head = Head("student-t", OUTPUTS["student-t"])
    transform = recipe.transform
    network = start_network(recipe.shape, recipe.seed, 1 + len(transform.spread), head)
    objective = RowsAhead(rows_ahead_of(recipe.shape), located=False)
    _without_location(network)
    training = _Training(network, recipe, pool)
    rng = generator(recipe.seed, PRIOR)
    rows = 0
    for number in range(recipe.rounds):
        dataset = _dataset(recipe, number)
        rows += len(dataset.values)
        for _ in range(recipe.passes):
            chunks = Chunks(
                _with_hidden_columns(dataset, rng), network.architecture, recipe.training,
                network.flat.dtype.name, objective,
            )  # fmt: skip
            training.go_through(chunks, rng)
        on_round(number + 1, training.mean_loss())
    return Model(network, transform, _no_bounds(), _settings(recipe), _record(recipe, rows))


class _Training:
    """The optimiser along the rounds: the rate rises, then falls along a cosine."""

    def __init__(self, network: Network, recipe: Recipe, pool: Threads) -> None:
        self._network, self._recipe, self._pool = network, recipe, pool
        self._optimizer = Adam(len(network.flat))
        self._passes_done = 0
        self._loss, self._days = 0.0, 0

    def go_through(self, chunks: Chunks, rng: np.random.Generator) -> None:
        """Train on every series once."""
        batches = chunks.draw(rng)
        count = chunks.count(batches)
        for number, step in enumerate(chunks.steps_of(batches)):
            self._step(step, self._rate(number / count))
        self._passes_done += 1

    def mean_loss(self) -> float:
        """Mean loss of the days since it was last asked for."""
        mean = self._loss / max(self._days, 1)
        self._loss, self._days = 0.0, 0
        return mean

    def _step(self, step: Step, rate: float) -> None:
        network = self._network
        loss = sum(self._pool.map(lambda piece: piece.run(network, step.days), step.pieces))
        if not step.days:
            return
        gradient: FloatArray = np.sum([piece.gradient for piece in step.pieces], axis=0)
        norm = clip_by_global_norm(gradient, self._recipe.training.clip_norm)
        if not (np.isfinite(loss) and np.isfinite(norm)):
            raise DivergedError(f"the prior diverged in pass {self._passes_done + 1}")
        self._optimizer.step(network.flat, gradient, rate)
        self._loss, self._days = self._loss + loss, self._days + step.days

    def _rate(self, share: float) -> float:
        recipe = self._recipe
        done = (self._passes_done + share) / (recipe.rounds * recipe.passes)
        rising = min(1.0, (self._optimizer.count + 1) / recipe.warm_up)
        return float(recipe.learning_rate * rising * (1 + np.cos(np.pi * done)) / 2)


def _dataset(recipe: Recipe, number: int) -> Dataset:
    """The series of a round as the network sees them."""
    markets = [simulate_prices(settings) for settings in recipe.markets(number)]
    renamed = [
        replace(prices, symbols=tuple(f"{kind}-{symbol}" for symbol in prices.symbols))
        for kind, prices in enumerate(markets)
    ]
    prices = _of_two_rows(Prices.joined(renamed))
    return prepare(prices, recipe.transform, 0.0, rows_ahead_of(recipe.shape))


def _of_two_rows(prices: Prices) -> Prices:
    """Those of two rows at least, from which a return can be learnt."""
    return prices.subset(np.flatnonzero(prices.lengths > 1).tolist())


def _with_hidden_columns(dataset: Dataset, rng: np.random.Generator) -> Dataset:
    """The dataset without the range, the volume or both of some series, drawn anew."""
    assert dataset.further is not None
    further, drawn = dataset.further.copy(), rng.random(len(dataset.symbols))
    start = 0.0
    for share, columns in HIDDEN_COLUMNS:
        hidden = (drawn >= start) & (drawn < start + share)
        rows = np.repeat(hidden, dataset.lengths)
        for column in columns:
            further[rows, column] = 0
        start += share
    return replace(dataset, further=further)


def _without_location(network: Network) -> None:
    """Let the outputs that are locations be 0 from the start: no gradient moves them."""
    locations = slice(0, None, OUTPUTS["student-t"])
    network.parameters["head.weight"][locations] = 0
    network.parameters["head.bias"][locations] = 0


def _no_bounds() -> Bounds:
    """Bounds that correct nothing: there were no prices to be wrong about."""
    return Bounds("log", (), (), None, None, "model")


def _settings(recipe: Recipe) -> dict[str, dict[str, Any]]:
    stages: dict[str, Any] = {
        "read": ReadSettings(),
        "prepare": recipe.preparing,
        "network": recipe.shape,
        "train": recipe.training,
    }
    return {name: asdict(stage) for name, stage in stages.items()}


def _record(recipe: Recipe, rows: int) -> dict[str, Any]:
    """Provenance of the prior, in the form of a training record."""
    return {
        "prior": {
            "seed": recipe.seed, "rounds": recipe.rounds, "passes": recipe.passes,
            "series": sum(one.series or 0 for one in recipe.markets(0)) * recipe.rounds,
            "rnncli": __version__,
            "made_by": f"python -m rnncli.training.prior {recipe.cell} FILE {recipe.seed}",
        },
        "symbols": [], "rows": rows, "first_date": None, "last_date": None, "seen": {},
        "clip_rate": None, "validation": None, "epochs": [],
    }  # fmt: skip


def main() -> None:
    """Train a prior and save it, telling the loss of each round."""
    parser = argparse.ArgumentParser(prog="python -m rnncli.training.prior", description=__doc__)
    parser.add_argument("cell", choices=list(RECIPES))
    parser.add_argument("output")
    parser.add_argument("seed", type=int, nargs="?", default=GRU.seed)
    given = parser.parse_args()
    began = time.monotonic()

    def on_round(number: int, loss: float) -> None:
        seconds = time.monotonic() - began
        sys.stderr.write(f"round {number}: loss {loss:.4f}, {seconds:.0f} s\n")

    with threads(0) as pool:
        model = make_prior(replace(RECIPES[given.cell], seed=given.seed), pool, on_round)
    save_model(given.output, model)


if __name__ == "__main__":
    main()
