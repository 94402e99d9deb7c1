"""The priors: taught by simulated markets alone, the same bytes from a seed, never an opinion."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, prices_of, random_walk

from rnncli.errors import UsageError
from rnncli.forecasting.predict import predict, sample
from rnncli.models.model import encode
from rnncli.models.prior import CELLS, fed, is_prior, load_prior, names_model, split_model
from rnncli.models.provenance import last_fitted, saw_no_prices
from rnncli.runtime.threads import threads
from rnncli.settings import PredictSettings
from rnncli.training.prior import make_prior
from rnncli.training.prior_recipe import GRU, RNN

RECIPES = {"gru": GRU, "rnn": RNN}
TINY = replace(GRU, hidden_size=4, rounds=1, passes=1, series=20, warm_up=5)
WALKS = 400
each_cell = pytest.mark.parametrize("cell", CELLS)


def walks(rows, deviation=0.01, count=WALKS, seed=4):
    """Random walks of normal steps."""
    rng = np.random.default_rng(seed)
    return prices_of(
        {f"W{i}": 50 * np.exp(np.cumsum(rng.normal(0, deviation, rows))) for i in range(count)}
    )


def forecast_of(model, prices, **settings):
    with threads(1) as pool:
        return predict(model, fed(prices, model, None), PredictSettings(**settings), pool)


@each_cell
def test_a_shipped_prior_is_what_its_recipe_says(cell):
    """Its shape, what it is fed, where it comes from; and it saw no price."""
    model = load_prior(cell)
    recipe = RECIPES[cell]
    a = model.network.architecture
    assert (a.cell, a.hidden_size, a.mode) == (recipe.cell, recipe.hidden_size, "direct")
    assert model.preparation == recipe.transform
    assert model.record["prior"]["seed"] == recipe.seed
    assert is_prior(model)
    assert saw_no_prices(model.record)
    assert last_fitted(model.record) is None


def test_the_priors_are_small():
    """All in the package together."""
    assert sum(len(encode(load_prior(cell))) for cell in CELLS) < 300_000


@each_cell
def test_a_prior_has_no_opinion_of_direction(cell):
    """The forecast is the last price, to the last bit but one, on every row ahead."""
    forecast = forecast_of(load_prior(cell), walks(300, count=5), horizon=40)
    np.testing.assert_allclose(
        forecast.forecasts, np.repeat(forecast.naive[:, None], 40, axis=1), rtol=1e-12
    )


def coverage(model, rows, deviation):
    """Share of random walks whose next row is within the 80 % bounds."""
    prices = walks(rows + 1, deviation)
    known = prices_of({s: prices.series(i)[:-1] for i, s in enumerate(prices.symbols)})
    forecast = forecast_of(model, known, horizon=1, level=(80,))
    after = prices.values[prices.offsets[1:] - 1]
    return np.mean((after >= forecast.lower[80][:, 0]) & (after <= forecast.upper[80][:, 0]))


@pytest.mark.slow_shapes
@pytest.mark.parametrize("rows", [8, 20, 40])
@pytest.mark.parametrize("deviation", [0.005, 0.03])
def test_short_random_walks_are_covered(rows, deviation):
    """80 % bounds hold some 80 % of what follows a few rows of a walk."""
    assert coverage(load_prior(), rows, deviation) == pytest.approx(0.8, abs=0.07)


def test_a_long_way_ahead_stays_sane():
    """500 rows ahead of a normal walk the 95 % range is about the true one."""
    forecast = forecast_of(load_prior(), walks(1000, count=40), horizon=500, max_jump=0)
    wide = np.log(forecast.upper[95][:, -1] / forecast.lower[95][:, -1])
    true = 2 * 1.96 * 0.01 * np.sqrt(500)
    assert 0.85 < np.median(wide) / true < 1.2


def test_missing_columns_are_not_fault():
    """Without high, low and volume it is fed the close; with `close` it is, whatever there is."""
    prices = walks(60, count=3)
    with_range = replace(prices, fields={"high": prices.values * 1.05, "low": prices.values * 0.95})
    model = load_prior()
    plain, ranged = forecast_of(model, prices), forecast_of(model, with_range)
    assert (ranged.upper[95] != plain.upper[95]).all()
    with threads(1) as pool:
        close = predict(model, fed(with_range, model, "close"), PredictSettings(), pool)
    np.testing.assert_array_equal(close.upper[95], plain.upper[95])


def test_paths_agree_with_the_bounds():
    """Sampled paths end within the 80 % bounds as often as these say."""
    prices, model = walks(300, count=1), load_prior()
    forecast = forecast_of(model, prices, horizon=30)
    settings = PredictSettings(horizon=30, paths=20_000)
    drawn = sample(model, fed(prices, model, None), settings, ALONE).prices[0]
    inside = (drawn >= forecast.lower[80][0][:, None]) & (drawn <= forecast.upper[80][0][:, None])
    np.testing.assert_allclose(inside.mean(axis=1), 0.8, atol=0.015)


@pytest.mark.slow
def test_a_recipe_makes_the_same_bytes():
    """Whatever the number of threads; another seed makes others."""
    losses = []
    with threads(2) as pool:
        ref = make_prior(TINY, pool, lambda _, loss: losses.append(loss))
    comp = make_prior(TINY, ALONE, lambda *_: None)
    other = make_prior(replace(TINY, seed=2), ALONE, lambda *_: None)
    assert encode(comp) == encode(ref)
    assert encode(other) != encode(ref)
    assert len(losses) == 1
    assert np.isfinite(losses[0])
    assert not ref.network.parameters["head.weight"][::3].any()


def test_what_names_a_model(tmp_path):
    """The word prior, a model's ending, or its first bytes; else it is a price file."""
    (tmp_path / "a.csv").write_text("date,close", encoding="ascii")
    here = str(tmp_path / "a.csv")
    path = tmp_path / "p"
    path.write_bytes(encode(load_prior("rnn")))
    assert split_model(["prior", "a.csv"]) == ("prior", ["a.csv"])
    assert split_model([here, "b.csv"]) == ("prior", [here, "b.csv"])
    assert split_model(["-", "b.csv"]) == ("prior", ["-", "b.csv"])
    assert split_model(["models", "a.csv"]) == ("models", ["a.csv"])  # which is not there
    assert split_model(["no.model", "a.csv"]) == ("no.model", ["a.csv"])
    assert names_model(str(path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "A.model").write_bytes(path.read_bytes())
    assert split_model([str(tmp_path)]) == ("prior", [str(tmp_path)])
    with pytest.raises(UsageError, match="models holds models, so name price files after it"):
        split_model([str(tmp_path / "models")])
    with pytest.raises(UsageError, match="PRICES: is missing"):
        split_model(["prior"])
    with pytest.raises(UsageError, match="has no prior"):
        load_prior("lstm")


def test_other_models_keep_their_inputs():
    """A choice of inputs is the prior's alone."""
    prices = prices_of({"A": random_walk(np.random.default_rng(1), 30)})
    model = load_prior()
    needs = replace(model, preparation=replace(model.preparation, inputs=("volume",)))
    assert fed(prices, needs, None).fields == {}
    with pytest.raises(UsageError, match="this model is fed close, volume"):
        fed(prices, needs, "close")
