"""Rolling origins: one fit, many cutoffs, and nothing that looks ahead."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, ignore, prices_of
from trained import ONE, PRICES, WALKS, trained

from rnncli.errors import DataError, UsageError
from rnncli.evaluation.backtest import backtest, fit_again, make_plan
from rnncli.evaluation.baselines import garch_family
from rnncli.evaluation.cross_validation import cross_validate, scaled_for
from rnncli.evaluation.cutoffs import past
from rnncli.evaluation.result import MODEL
from rnncli.models.model import encode
from rnncli.network.network import Network
from rnncli.runtime.threads import threads
from rnncli.settings import (
    EvaluateSettings,
)

USUAL = ("naive", "drift", "ewma", "ewma-t", "har-t", "naive-conformal")  # with closes alone
SHORT = EvaluateSettings(horizon=2, folds=6, level=(80.0,))


@pytest.fixture(scope="module")
def model():
    return trained(past(PRICES, np.full(5, 79)))


def rolled(model, prices=PRICES, settings=SHORT):
    return backtest(model, prices, settings, ONE, ignore, ignore)


def test_every_series_at_every_cutoff(model):
    """Five series, six cutoffs two days apart, by the model and each baseline."""
    found = rolled(model)
    assert found.cutoffs[-1] == "2024-06-12"  # 120 weekdays end on the 14th
    assert len(found.cutoffs) == 6
    per_series = np.bincount(found.origins.series)
    assert per_series.tolist() == [6, 5, 3, 2]  # each ends three rows before the one above
    assert list(found.scores) == [MODEL, *USUAL]
    assert np.all(np.diff(found.origins.series) >= 0)
    for scores in found.scores.values():
        assert {values.shape for values in scores.values()} == {(16, 2)}


@pytest.mark.slow
def test_a_model_that_saw_too_much_is_trained_again(model):
    """The result says so, and the new model saw nothing after the first cutoff."""
    late = trained(PRICES)
    again = rolled(late)
    assert [trained for _, _, trained in again.models] == [True]
    assert again.models[0][1].record["last_date"] == again.cutoffs[0]
    assert [trained for _, _, trained in rolled(model).models] == [False]
    several = rolled(model, settings=replace(SHORT, refit="every-2"))
    assert [cutoff for cutoff, _, _ in several.models] == list(several.cutoffs[::2])
    assert [m.record["last_date"] for _, m, _ in several.models] == list(several.cutoffs[::2])


def test_a_model_that_knows_what_it_forecasts_is_refused(model):
    """The last guard: no plan can get around it."""
    plan, _ = make_plan(model, PRICES, SHORT)
    with pytest.raises(DataError, match=r"saw 2024-06-\d\d, after the cutoff 2024-05-29"):
        cross_validate(trained(PRICES), PRICES, plan, ALONE)


def changed_after(prices, rows):
    """The same prices up to a row of each series, others after it."""
    place = np.arange(len(prices.values)) - np.repeat(prices.offsets[:-1], prices.lengths)
    factor = np.random.default_rng(1).uniform(0.5, 2, len(place))
    late = place > np.repeat(rows, prices.lengths)
    return replace(prices, values=np.where(late, prices.values * factor, prices.values))


@pytest.mark.slow_shapes
@pytest.mark.parametrize("scale", ["log-return", "standard", "minmax"])
def test_nothing_fitted_before_a_cutoff_knows_later_prices(scale):
    """Every price after the first cutoff changed: the model made again has the same bytes.

    Scales of symbols it never saw too, and every score of the first row ahead but the outcome.
    """
    recipe = trained(past(PRICES, np.full(5, 79)), scale)
    plan, _ = make_plan(recipe, PRICES, replace(SHORT, refit="once"))
    rows = plan.calendar.last_rows(PRICES, plan.days)[0]
    other = changed_after(PRICES, rows)
    models = [
        fit_again(recipe.settings, past(prices, rows), ONE, ignore, ignore)
        for prices in (PRICES, other)
    ]
    assert encode(models[0]) == encode(models[1])
    strangers = {s: WALKS[s] for s in ("S0", "S1")}
    seen = trained(prices_of(strangers), scale)
    scales = [
        scaled_for(seen, prices, past(prices, rows), "log")[0].preparation.fitted
        for prices in (PRICES, other)
    ]
    assert scales[0] == scales[1]
    widths = [cross_validate(models[0], prices, plan, ALONE).scores for prices in (PRICES, other)]
    for method in ("model", "ewma", "ewma-t", "naive-conformal"):
        first = [scores[method]["width_80"][[0, 6, 11], 0] for scores in widths]
        assert first[0].tobytes() == first[1].tobytes(), method


def test_threads_blocks_and_others_change_nothing(model, monkeypatch):
    """The same bits on one thread and on three, in one block and in many, alone and in company."""
    whole = rolled(model)
    monkeypatch.setattr("rnncli.evaluation.cross_validation.BLOCK", 1)
    monkeypatch.setattr("rnncli.evaluation.cross_validation.LEAST_SERIES", 2)
    plan, _ = make_plan(model, PRICES, SHORT)
    with threads(3) as pool:
        blocks = cross_validate(model, PRICES, plan, pool)
    alone = cross_validate(model, PRICES.subset([0]), replace(plan, calendar=_own(plan)), ALONE)
    for name, values in whole.scores[MODEL].items():
        assert values.tobytes() == blocks.scores[MODEL][name].tobytes()
        assert values[:6].tobytes() == alone.scores[MODEL][name].tobytes()


def _own(plan):
    """The calendar of the first series alone."""
    return replace(plan.calendar, rows=plan.calendar.rows[: len(WALKS["S0"])])


def test_a_series_that_cannot_be_forecast_fails_alone(model):
    """A price of zero has no log; the others are done."""
    values = PRICES.values.copy()
    values[PRICES.offsets[2] + 5] = 0
    found = rolled(model, replace(PRICES, values=values))
    assert list(found.failed) == ["S2"]
    assert 2 not in found.origins.series
    with pytest.raises(DataError, match="S0 has 120 values <= 0"):
        rolled(model, replace(PRICES, values=-PRICES.values))


def test_a_forecast_that_is_not_a_number_is_not_scored(model):
    """Its series fails, and no other method is scored where the model is not."""
    network = Network(model.network.architecture, model.network.flat.copy())
    network.parameters["head.bias"][0] = 1.0
    transform = replace(model.preparation, divisor=1e308)
    huge = replace(model, network=network, preparation=transform, pool=None)
    found = rolled(huge)
    assert list(found.failed) == ["S0", "S1", "S2", "S3"]  # S4 has no cutoff
    assert all(np.isnan(s["absolute"]).all() for s in found.scores.values())


def test_prices_below_zero_are_scored_by_their_changes():
    """The unit is the MASE divisor's."""
    shifted = replace(PRICES, values=PRICES.values - 100)
    found = rolled(trained(past(shifted, np.full(5, 79)), "standard"), shifted)
    assert found.unit == "mase"
    own = found.scores[MODEL]
    np.testing.assert_allclose(own["absolute"], own["mase"], rtol=1e-12)


def test_a_symbol_listed_later_has_no_scale():
    """minmax of a symbol that began after the first cutoff would need days to come."""
    recipe = trained(past(PRICES, np.full(5, 79)), "minmax")
    young = prices_of({**WALKS})
    dates = young.dates.copy()
    dates[young.offsets[4] :] = young.dates[13:121][:108] + np.timedelta64(0, "s")
    listed = replace(
        young,
        symbols=(*young.symbols[:4], "NEW"),
        values=np.concatenate([young.values[: young.offsets[4]], WALKS["S4"][:5]]),
        dates=np.concatenate([young.dates[: young.offsets[4]], young.dates_of(0)[-5:]]),
        offsets=np.concatenate([young.offsets[:5], [young.offsets[4] + 5]]),
    )
    found = rolled(recipe, listed)
    assert list(found.failed) == ["NEW"]
    assert "two distinct prices, and there are none" in found.failed["NEW"]


def test_levels_that_are_required_are_scored(model):
    """And so is the baseline that skill is required over."""
    plan, _ = make_plan(
        model,
        PRICES,
        replace(SHORT, require_coverage=("50:40-60",), baselines="", require_skill=("ewma",)),
    )
    assert (plan.levels, plan.baselines) == ((80, 50), ("ewma",))


def planned(prices=PRICES, **settings):
    return make_plan(trained(past(PRICES, np.full(5, 79))), prices, replace(SHORT, **settings))[0]


def test_the_baseline_of_bars_is_a_usual_one_where_bars_were_read():
    """And left out where not, unless it was asked for: then it is refused."""
    volume = replace(PRICES, fields={"volume": np.ones(len(PRICES.values))})
    hollow = replace(PRICES, fields={"volume": np.full(len(PRICES.values), np.nan)})
    assert planned().baselines == USUAL
    assert planned(hollow).baselines == USUAL
    assert planned(volume).baselines == (*USUAL[:5], "harx-t", "naive-conformal")
    assert planned(volume, baselines="harx-t").baselines == ("harx-t",)
    with pytest.raises(UsageError, match=r"harx-t: needs high and low, or volume.*use har-t"):
        planned(baselines="naive,harx-t")


def test_the_best_is_one_of_the_baselines():
    """It is no further one; without any there is none."""
    assert planned(require_skill=("best", "ewma"), baselines="har-t").baselines == ("har-t", "ewma")
    with pytest.raises(UsageError, match=r"best: there is no baseline to beat"):
        planned(require_skill=("best",), baselines="")


def test_what_stands_in_for_a_baseline_is_reported(monkeypatch):
    """Of every symbol, whichever block and fit it was forecast by: here all have too few rows."""
    pytest.importorskip("arch")
    monkeypatch.setattr(garch_family, "LEAST", 1000)
    settings = replace(SHORT, baselines="gjr-garch-t,ewma", refit="every-3")
    found = rolled(trained(past(PRICES, np.full(5, 79))), settings=settings)
    stood_in = {found.symbols[i] for i in found.origins.series.tolist()}
    assert found.stand_ins == {"gjr-garch-t": dict.fromkeys(sorted(stood_in), "RiskMetrics")}
