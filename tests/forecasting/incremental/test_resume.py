"""A forecast from a saved state equals that of the whole series, to the last bit."""

from dataclasses import replace

import pytest
from builders import ALONE
from resumed import DIGEST, SETTINGS, assert_same, forecast
from states import KINDS, ROWS, first_rows, grown, model_of, with_fields

from rnncli.forecasting.incremental.resume import ResumableState
from rnncli.forecasting.incremental.state_file import decode
from rnncli.forecasting.predict import predict
from rnncli.inference import rollout

PRICES = grown()
EARLIER = {"AAA": 260, "BBB": 90, "CC": 6}


@pytest.mark.slow_shapes
@pytest.mark.parametrize("kind", KINDS)
def test_state_equals_replay(kind):
    """Every cell, scale and head: new rows, none, a lone first row, a new symbol, bit for bit."""
    model = model_of(kind, PRICES)
    horizon = 1 if model.preparation.inputs else 4
    ref = predict(model, with_fields(PRICES, model), replace(SETTINGS, horizon=horizon), ALONE)
    cold, _, replayed = forecast(model, PRICES)
    assert_same(ref, cold)
    for rows in ({"AAA": 260}, EARLIER, {**ROWS, "D": 11}, ROWS, {"CC": 2, "D": 1}):
        if kind == "season" and min(rows.values()) <= 5:
            continue
        if kind in ("minmax", "standard") and rows.get("D") == 1:
            continue  # scaled by its training, a lone price is as any other
        _, _, kept = forecast(model, first_rows(PRICES, rows))
        comp, warm, data = forecast(model, PRICES, decode(kept, model, DIGEST))
        assert_same(ref, comp)
        lone = model.preparation.is_of_changes and rows.get("D") == 1
        assert (warm.resumed, warm.rewritten) == (len(rows) - lone, [])
        assert data == replayed


def test_only_new_rows_are_fed(monkeypatch):
    """The network sees the two days that came, and nothing of those before."""
    model, fed = model_of("gru", PRICES), []
    _, _, kept = forecast(model, first_rows(PRICES, {"AAA": 338, "BBB": 88}))
    calls = rollout.forward_calls
    monkeypatch.setattr(
        rollout, "forward_calls",
        lambda net, x, *rest: (fed.append(len(x)), calls(net, x, *rest))[1],
    )  # fmt: skip
    both = first_rows(PRICES, {"AAA": 340, "BBB": 90})
    warm = ResumableState(model, decode(kept, model, DIGEST))
    horizon = replace(SETTINGS, horizon=1)
    predict(model, with_fields(both, model), horizon, ALONE,
            states_of=lambda known: warm.states_of(known, ALONE))  # fmt: skip
    assert fed == [2]


def test_a_rewritten_past_is_replayed():
    """A split of one symbol, a corrected price, a shorter past: those alone, and rightly."""
    model = model_of("student-t", PRICES)
    _, _, kept = forecast(model, first_rows(PRICES, EARLIER))
    for symbol, change in (("AAA", slice(0, 200)), ("BBB", slice(385, 386))):
        values = PRICES.values.copy()
        values[change] /= 2
        rewritten = replace(PRICES, values=values)
        ref, _, replayed = forecast(model, rewritten)
        comp, warm, data = forecast(model, rewritten, decode(kept, model, DIGEST))
        assert (warm.rewritten, warm.resumed) == ([symbol], 2)
        assert_same(ref, comp)
        assert data == replayed
    shorter = first_rows(PRICES, {"AAA": 259, "BBB": 90})
    ref, _, _ = forecast(model, shorter)
    comp, warm, _ = forecast(model, shorter, decode(kept, model, DIGEST))
    assert (warm.rewritten, warm.shorter) == ([], ["AAA"])
    assert_same(ref, comp)


def test_a_symbol_scaled_by_its_own_rows_is_replayed():
    """The scale of one that the model was not trained on may be another with every row."""
    model = model_of("minmax", first_rows(PRICES, {"AAA": 340}))
    _, _, kept = forecast(model, first_rows(PRICES, {"AAA": 330, "BBB": 80}))
    some = first_rows(PRICES, {"AAA": 340, "BBB": 90})
    ref, _, _ = forecast(model, some)
    comp, warm, _ = forecast(model, some, decode(kept, model, DIGEST))
    assert (warm.resumed, warm.rewritten) == (1, [])
    assert_same(ref, comp)


def test_a_symbol_survives_runs_without_it():
    """It goes on where it was when it comes back."""
    model = model_of("lstm", PRICES)
    _, _, kept = forecast(model, first_rows(PRICES, EARLIER))
    _, _, kept = forecast(model, first_rows(PRICES, {"D": 12}), decode(kept, model, DIGEST))
    state = decode(kept, model, DIGEST)
    assert state.symbols == ("AAA", "BBB", "CC", "D")
    comp, warm, data = forecast(model, PRICES, state)
    ref, _, replayed = forecast(model, PRICES)
    assert warm.resumed == 4
    assert_same(ref, comp)
    assert data == replayed
