"""Training as a whole: series that cannot be learnt from are left out, the model is complete."""

import json
import time

import numpy as np
import pytest
from builders import ignore, prices_of, random_walk

from rnncli.errors import DataError
from rnncli.models.model import decode, encode
from rnncli.runtime.threads import Threads
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import Fitted, fit_model, usable
from rnncli.training.validation import validation_error
from rnncli.transforms.dataset import prepare, unfit


def walks(count: int = 2):
    rng = np.random.default_rng(1)
    return {f"S{i}": random_walk(rng, 40 + i) for i in range(count)}


def fitted(
    series, scale: str = "log-return", threads: int = 1, warn=ignore, first="2024-01-01", **training
) -> Fitted:
    return fit_model(
        prices_of(series, first),
        ReadSettings(),
        PrepareSettings(scale=scale),
        NetworkSettings(hidden_size=2),
        TrainSettings(**({"epochs": 2} | training)),
        RunSettings(threads),
        warn,
        ignore,
        ignore,
    )


def used(series, scale: str = "log-return"):
    said: list[str] = []
    prices = prices_of(series)
    faults = unfit(prices, PrepareSettings(scale=scale), 0.2)
    kept = usable(
        prices,
        faults,
        PrepareSettings(scale=scale),
        said.append,
        lambda fault: said.append(f"failed: {fault}"),
    )
    return kept.symbols, said


def test_series_of_one_day_are_left_out_in_one_warning():
    """There is nothing to learn from one price, and the file and the symbols are named."""
    symbols, said = used({"one": [1.0], "A": [1.0, 2.0, 3.0], "two": [2.0]})
    assert symbols == ("A",)
    assert said == ["prices.csv: left out one, two: fewer than two days"]


@pytest.mark.parametrize("scale", ["minmax", "standard"])
@pytest.mark.parametrize("late", [5.0, 6.0])
def test_constant_series_fail_where_the_scale_needs_two_prices(scale, late):
    """It is the training part that needs two; each fails in a line; other scales take them."""
    series = {"flat": [*[5.0] * 9, late], "A": [1.0, 2.0, 3.0]}
    expected = (
        f'failed: prices.csv: flat: scale="{scale}" needs two distinct prices, and there is only 5'
    )
    assert used(series, scale) == (("A",), [expected])
    assert used(series, "log-return") == (("flat", "A"), [])


def test_many_left_out_series_are_one_line():
    """Five are named, the others counted."""
    _, [line] = used({"A": [1.0, 2.0, 3.0], **{f"s{i}": [1.0] for i in range(8)}})
    assert line == "prices.csv: left out s0, s1, s2, s3, s4 and 3 more: fewer than two days"


def test_nothing_to_learn_from_is_an_error():
    """Where every series is left out, training does not begin; the first fault is the reason."""
    with pytest.raises(DataError, match=r"^prices\.csv: no series has 3 rows"):
        used({"A": [1.0], "B": [2.0]})
    with pytest.raises(DataError, match=r"prices\.csv: B has 1 value <= 0"):
        used({"A": [1.0], "B": [2.0, 0.0], "C": [-1.0, 1.0]})


@pytest.mark.parametrize(("scale", "least"), [("log-return", 3), ("none", 2), ("standard", 2)])
def test_rows_too_few_for_any_day_are_an_error_that_says_how_many(scale, least):
    """File, rows and scale are named: a return takes two prices, and a day needs a next one."""
    rows = [1.0, 2.0, 3.0]
    said = f'prices.csv: no series has {least} rows, the fewest to learn from with scale="{scale}"'
    with pytest.raises(DataError) as fault:
        used({"A": rows[: least - 1], "B": rows[: least - 1]}, scale)
    assert str(fault.value) == said
    assert used({"A": rows[:least]}, scale) == (("A",), [])


@pytest.mark.slow
def test_many_short_series_take_no_time():
    """Forty thousand are looked at once each."""
    series = {f"s{i}": [1.0] for i in range(40_000)} | {"A": [1.0, 2.0, 3.0]}
    began = time.process_time()
    symbols, _ = used(series)
    assert symbols == ("A",)
    assert time.process_time() - began < 3


def test_series_without_log_returns_fail_and_the_others_are_learnt_from():
    """The file, the symbol, the count and the remedy are named."""
    series = {"A": [1.0, 2.0, 3.0], "bad": [1.0, 0.0, -1.0]}
    expected = (
        "failed: prices.csv: bad has 2 values <= 0 (first 0 on 2024-01-02), and log returns need"
        ' positive prices; train a model with scale="difference"'
    )
    assert used(series) == (("A",), [expected])
    assert used(series, "standard") == (("A", "bad"), [])


def test_the_model_records_its_training():
    """Symbols, rows, dates, steps, clip rate and every epoch, as strict JSON."""
    found = fitted(walks())
    record = found.model.record
    assert record["symbols"] == ["S0", "S1"]
    assert record["rows"] == found.rows == 81
    assert found.series == 2
    assert (record["first_date"], record["last_date"]) == ("2024-01-01", "2024-02-26")
    assert record["steps"] == found.run.steps
    assert record["clip_rate"] == found.run.clip_rate
    assert len(record["epochs"]) == 2
    assert record["validation"]["days"] == found.error.days == 14
    assert found.model.settings["train"]["epochs"] == 2
    assert found.model.settings["network"]["hidden_size"] == 2
    json.dumps(record, allow_nan=False)


def test_the_error_is_that_of_the_model():
    """Measuring the saved model again gives the recorded error."""
    found = fitted(walks())
    prices = prices_of(walks())
    prepared = prepare(prices, found.model.preparation, 0.2)
    assert validation_error(found.model.network, prices, prepared, Threads(None)) == found.error


def test_without_dates_and_validation_nothing_is_made_up():
    """No dates, no error and no bounds: null, and nothing else."""
    found = fitted({"A": [1.0, 2.0, 1.5]}, first=None)
    assert found.error is None
    assert found.model.record["validation"] is None
    assert found.model.record["first_date"] is None
    assert found.model.bounds.counts == ()
    decode(encode(found.model))


@pytest.mark.parametrize("scale", ["log-return", "minmax", "standard", "none"])
def test_the_same_input_and_seed_are_the_same_bytes(scale):
    """The model file does not depend on the number of threads."""
    one, again, several = (encode(fitted(walks(3), scale, threads=n).model) for n in (1, 1, 4))
    assert one == again == several
    assert one != encode(fitted(walks(3), scale, seed=1).model)


def test_left_out_series_leave_no_trace():
    """The model is that of the usable series alone."""
    said: list[str] = []
    found = fitted({"one": [1.0], **walks()}, warn=said.append)
    assert encode(found.model) == encode(fitted(walks()).model)
    assert len(said) == 1
