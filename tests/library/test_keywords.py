"""Settings by keyword: the names, types, defaults and bounds of the command line's options."""

import dataclasses
import inspect
from typing import get_args, get_type_hints

import numpy as np
import pytest

from rnncli.errors import UsageError
from rnncli.kernels import CELLS
from rnncli.library import keywords, model, reading
from rnncli.library.keywords import TrainKeywords, settings_from
from rnncli.settings import (
    EvaluateSettings,
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RiskSettings,
    TrainSettings,
)

TRAINING = (PrepareSettings, NetworkSettings, TrainSettings)
LEFT_OUT = {  # what prints, ends with a status, or is an argument
    "RiskKeywords": {
        "holdings",
        "above",
        "below",
    },  # an argument; what has results of its own  # what prints, or ends with a status
    "PredictKeywords": {"paths", "joint"},
    "EvaluateKeywords": {"placebo", "joint", "require_coverage", "require_skill", "alpha"},
}


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("TrainKeywords", TRAINING),
        ("ReadKeywords", (ReadSettings,)),
        ("PredictKeywords", (PredictSettings,)),
        ("EvaluateKeywords", (EvaluateSettings,)),
        ("RiskKeywords", (RiskSettings,)),
    ],
)
def test_keywords_are_the_settings(name, stages):
    """Each with its type; a list may be a single one."""
    hints = get_type_hints(getattr(keywords, name))
    types = {name: kind for stage in stages for name, kind in get_type_hints(stage).items()}
    names = [field.name for stage in stages for field in dataclasses.fields(stage)]
    expected = {name: types[name] for name in names}
    left_out = LEFT_OUT.get(name, set())
    assert hints.keys() == expected.keys() - left_out
    for setting, kind in hints.items():
        if setting in ("level", "confidence"):
            assert kind == float | keywords.Sequence[float]
        elif setting in ("feature", "feature_file"):
            assert kind == str | keywords.Sequence[str]
        else:
            assert kind == expected[setting], setting


@pytest.mark.parametrize(
    ("function", "stages"),
    [
        (model.train, TRAINING),
        (model.Model.predict, (PredictSettings,)),
        (model.Model.evaluate, (EvaluateSettings,)),
        (model.Model.risk, (RiskSettings,)),
        (model.evaluate, (EvaluateSettings,)),
        (reading.read_prices, (ReadSettings,)),
    ],
)
def test_signatures_show_the_defaults(function, stages):
    """`help` in a notebook shows what the settings hold."""
    shown = inspect.signature(function).parameters
    fields = {field.name: field for stage in stages for field in dataclasses.fields(stage)}
    settings = shown.keys() & fields.keys()
    assert "settings" not in shown
    assert len(settings) > 5
    assert all(shown[name].default == fields[name].default for name in settings)


def training(**given):
    """Settings of a training."""
    return settings_from(TrainKeywords, given, *TRAINING)


def test_what_is_given_takes_the_place_of_defaults():
    """Numbers of NumPy, whole numbers for others, one level for a list."""
    preparing, shape, how = training(
        hidden_size=np.int64(3), learning_rate=1, loss="quantile", level=[90], bins=None
    )
    assert (shape.hidden_size, how.learning_rate, how.level) == (3, 1.0, (90.0,))
    assert type(shape.hidden_size) is int
    assert preparing == PrepareSettings()
    assert training(loss="quantile", level=90)[2] == training(loss="quantile", level=(90,))[2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hiden_size": 3}, r"hiden_size 3: is not a setting; did you mean hidden_size\?"),
        ({"x": 3}, "x 3: is not a setting; there are scale, bins, "),
        ({"hidden_size": 0}, "hidden_size 0: is out of range; use one from 1 to 4096"),
        ({"epochs": 0}, "epochs 0: is out of range; use one of at least 1"),
        ({"hidden_size": 2.5}, "hidden_size 2.5: is not a whole number"),
        ({"hidden_size": True}, "hidden_size True: is not a whole number"),
        ({"hidden_size": None}, "hidden_size: is not a whole number"),
        ({"learning_rate": "fast"}, "learning_rate fast: is not a number"),
        ({"learning_rate": np.nan}, "learning_rate nan: is not a finite number"),
        ({"cell": "elman"}, f"cell elman: is not a choice; use {', '.join(CELLS)}"),
        ({"inputs": 3}, "inputs 3: is not of type str"),
        ({"level": ("80",)}, "level 80: is not a number"),
        ({"momentum": 0.5}, 'momentum: does nothing with optimizer="adam"; it is for optimizer="s'),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    """The setting, the value and what to do are named."""
    with pytest.raises(UsageError, match=message) as caught:
        training(**given)
    assert caught.value.option == next(iter(given))


def test_an_option_is_reported_as_a_keyword():
    """No message of settings speaks of the command line."""
    for given in ({"edges": "1,2"}, {"season": 2, "scale": "none"}, {"level": (70,)}):
        with pytest.raises(UsageError) as caught:
            training(**given)
        assert "--" not in str(caught.value)
    assert get_args(get_type_hints(PrepareSettings, include_extras=True)["bins"])[1].minimum == 2
