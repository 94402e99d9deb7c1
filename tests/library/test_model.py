"""The library gives what the commands give, to the byte, and tells faults in its own words."""

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import prices_of, random_walk
from processes import finished

import rnncli as library
from rnncli import cli
from rnncli.errors import DataError, MissingInputError, UsageError

SMALL = {"hidden_size": 4, "epochs": 3}
EXAMPLE = Path(__file__).parents[1] / "examples" / "notebook.py"


@pytest.fixture(scope="module")
def trained(prices):
    """The model of the fixture `model`, trained by the library on the same file."""
    return library.train(library.read_prices(prices), **SMALL)


@pytest.fixture(scope="module")
def read(prices):
    """The prices of the fixture `prices`."""
    return library.read_prices(prices)


def csv_of(done):
    """What a command printed, as a frame."""
    assert done.returncode == 0, done.stderr
    return pd.read_csv(BytesIO(done.stdout), float_precision="round_trip")


def as_text(frame):
    """A frame with dates as the commands write them."""
    dates = {name: frame[name].astype(str) for name in frame.select_dtypes("datetime64")}
    return frame.assign(**dates)


def test_a_model_is_that_of_the_command(trained, model, prices, tmp_path):
    """To the byte, from files and from a frame in any order."""
    trained.save(tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == model.read_bytes()
    frame = pd.read_csv(prices).sample(frac=1, random_state=0).sort_values("symbol", kind="stable")
    library.train(library.Prices.from_frame(frame), **SMALL, threads=1).save(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == model.read_bytes()


def test_a_forecast_is_that_of_the_command(call, trained, model, prices):
    """The columns and the numbers of the CSV; dates are dates."""
    frame = trained.predict(library.read_prices(prices), horizon=2, level=(80, 95)).to_frame()
    printed = csv_of(call("predict", model, prices, "--horizon", 2, "--format", "csv"))
    pd.testing.assert_frame_equal(as_text(frame), printed, check_exact=True)
    assert frame["date"].dtype == "datetime64[s]"


def test_an_evaluation_is_that_of_the_command(call, trained, model, prices):
    """The columns and the numbers of the CSV; a row a symbol on request; the verdict."""
    found = library.evaluate(
        trained, library.read_prices(prices), horizon=1, folds=3, baselines="naive,ewma"
    )
    printed = csv_of(
        call("evaluate", model, prices, "--horizon", 1, "--folds", 3, "--baselines", "naive,ewma",
             "--format", "csv")
    )  # fmt: skip
    pd.testing.assert_frame_equal(found.to_frame(), printed, check_exact=True)
    assert found.to_frame(by="symbol")["symbol"].tolist() == ["AAA", "BBB", "CC"]
    assert found.verdict in repr(found)


@pytest.mark.slow
def test_gradients_are_those_of_the_command(call, trained, model, prices):
    """The columns and the numbers of the CSV; parameters on request."""
    report = trained.gradients(library.read_prices(prices))
    printed = csv_of(call("gradients", model, prices, "--format", "csv"))
    pd.testing.assert_frame_equal(report.to_frame(), printed, check_exact=True)
    names = report.to_frame(of="parameters")["name"]
    assert set(names) == set(trained.network.parameters)
    start = trained.gradients(library.read_prices(prices), at="init").to_frame()
    assert not start.equals(report.to_frame())


@pytest.mark.slow
def test_explanations_are_those_of_the_command(call, trained, model, prices):
    """The columns and the numbers of the CSV, sums by input on request, symbols by name."""
    explanation = trained.explain(library.read_prices(prices), symbols=["AAA", "CC"], rows=9)
    options = ("--symbols", "AAA,CC", "--rows", 9, "--format", "csv")
    printed = csv_of(call("explain", model, prices, *options))
    frame = explanation.to_frame()
    pd.testing.assert_frame_equal(as_text(frame), printed, check_exact=True)
    sums = explanation.to_frame(by="input").set_index("symbol")["range"]
    assert sums["AAA"] == pytest.approx(frame.groupby("symbol")["range"].sum()["AAA"])
    assert repr(explanation) == "<Explanation of 2 symbols, row 1 ahead>"


def test_frames_in_the_names_of_nixtla(trained, prices):
    """unique_id, ds, y_hat and the bounds of each level."""
    forecast = trained.predict(library.read_prices(prices), horizon=2, level=(95, 80))
    frame, ours = forecast.to_frame(style="nixtla"), forecast.to_frame()
    bounds = ["y_hat-lo-80", "y_hat-hi-80", "y_hat-lo-95", "y_hat-hi-95"]
    assert list(frame.columns) == ["unique_id", "ds", "y_hat", *bounds]
    assert frame["y_hat-lo-95"].equals(ours["lower_95"].rename("y_hat-lo-95"))


def test_series_without_dates_are_forecast_by_row(trained):
    """Cutoffs and dates are row numbers, as in the CSV."""
    frame = trained.predict(prices_of({"A": random_walk(np.random.default_rng(0), 30)}, None))
    assert frame.to_frame()["date"].tolist() == [31, 32, 33, 34, 35]


def test_newest_first_frames_are_forecast_from_their_newest_end(trained, prices):
    """The cutoff is the last date, whatever the order of the rows."""
    frame = pd.read_csv(prices)
    forecasts = [
        trained.predict(library.Prices.from_frame(rows), horizon=1).to_frame()
        for rows in (frame, frame[::-1])
    ]
    assert forecasts[0]["cutoff"].max() == pd.Timestamp(frame["date"].max())
    assert forecasts[0].equals(forecasts[1].sort_values("symbol", ignore_index=True))


def test_a_saved_model_comes_back(trained, tmp_path):
    """And says what it is."""
    trained.save(tmp_path / "m")
    again = library.load(tmp_path / "m")
    assert np.array_equal(again.network.flat, trained.network.flat)
    assert repr(again) == "<Model: rnn of 1 x 4 units, trained on 3 symbols to 2024-02-23>"


def test_every_epoch_is_reported(prices):
    """With its number and losses, as it ends."""
    epochs = []
    library.train(library.read_prices(prices), **SMALL, on_epoch=epochs.append)
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    assert epochs[0].train_loss > 0


def test_series_that_fail_are_warned_of(trained):
    """They are left out, and the forecast says why."""
    rng = np.random.default_rng(0)
    prices = prices_of({"A": random_walk(rng, 40), "bad": -random_walk(rng, 40)})
    with pytest.warns(
        UserWarning, match='bad has 40 values <= 0.*train a model with scale="difference"'
    ):
        forecast = trained.predict(prices)
    assert (forecast.symbols, list(forecast.failed)) == (("A",), ["bad"])
    with pytest.warns(UserWarning, match="bad has 40 values <= 0"):
        assert library.train(prices, **SMALL).record["symbols"] == ["A"]


@pytest.mark.slow
def test_further_inputs_come_from_the_frame(prices, tmp_path):
    """Columns that inputs need are those of the frame, or of files read for them."""
    frame = pd.read_csv(prices).assign(volume=np.arange(1.0, 83.0))
    model = library.train(library.Prices.from_frame(frame), inputs="close,volume", **SMALL)
    assert model.preparation.inputs == ("volume",)
    frame.to_csv(tmp_path / "p.csv", index=False)
    read = library.read_prices(tmp_path / "p.csv", inputs="close,volume")
    assert (
        model.predict(read)
        .to_frame()
        .equals(model.predict(library.Prices.from_frame(frame)).to_frame())
    )
    said = r"the prices have no column volume; read it by its input, with inputs"
    with pytest.raises(library.DataError, match=said):
        model.predict(library.read_prices(prices))


def test_the_column_that_was_named_is_kept_in_the_model(prices, tmp_path):
    """So that the command line reads the same one."""
    frame = pd.read_csv(prices).rename(columns={"close": "settle"})
    named = library.Prices.from_frame(frame, price="settle")
    assert library.train(named, **SMALL).settings["read"]["column"] == "settle"
    frame.to_csv(tmp_path / "p.csv", index=False)
    assert library.read_prices([tmp_path / "p.csv"], column="settle").column == "settle"


def test_faults_are_reported_in_keywords_here_and_as_options_there(call, trained, model, prices):
    """The same fault, worded for the interface that was used."""
    with pytest.raises(library.UsageError) as caught:
        trained.predict(library.read_prices(prices), level=0.8)
    fault = caught.value
    assert str(fault) == "level 0.8: a level is a percentage; for 80 % write 80"
    assert (fault.option, fault.value, fault.remedy) == ("level", 0.8, "for 80 % write 80")
    done = call("predict", model, prices, "--level", 0.8)
    assert done.stderr == b"error: --level 0.8: a level is a percentage; for 80 % write 80\n"
    with pytest.raises(library.UsageError, match=r"^level 0\.8"):
        trained.predict(library.read_prices(prices), level=0.8)


def test_views_that_do_not_exist_are_refused(trained, prices):
    """With those that do."""
    read = library.read_prices(prices)
    with pytest.raises(library.UsageError, match="style wide: is not a choice; use rnncli, nixtla"):
        trained.predict(read).to_frame(style="wide")
    with pytest.raises(library.UsageError, match="of days: is not a choice; use lags, parameters"):
        trained.gradients(read).to_frame(of="days")
    with pytest.raises(library.UsageError, match="at epoch:1: is not a choice; use final, init"):
        trained.gradients(read, at="epoch:1")


def test_reading_prices_loads_no_compiler(prices):
    """Numba is for what computes with a network."""
    code = f"import rnncli, sys; rnncli.read_prices({str(prices)!r}); print(*sys.modules)"
    done = finished([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert "numba" not in done.stdout.split()


def test_every_public_name_is_there():
    """`dir` shows each, and what is not there is an AttributeError as of any module."""
    for name in library.__all__:
        assert getattr(library, name).__doc__
        assert name in dir(library)
    assert not hasattr(library, "fit")
    assert library.Model is library.Model


@pytest.mark.slow
def test_the_example_runs(tmp_path):
    """In a process of its own, as a reader would try it; a dozen lines, imports aside."""
    done = finished(
        [sys.executable, "-W", "error", str(EXAMPLE)], cwd=tmp_path, capture_output=True, check=True
    )
    assert done.stderr == b""
    for said in (b"y_hat", b"naive", b"<Model: rnn of 1 x 8 units"):
        assert said in done.stdout
    assert (tmp_path / "market.model").exists()
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert sum(bool(line) and "import" not in line for line in lines[1:]) <= 12


def test_the_command_leaves_the_words_of_the_library(call, model, prices):
    """What a command does to messages ends with it."""
    assert call("predict", model, prices, "--level", 0).returncode == 2
    assert cli.as_option("hidden_size", None) == "--hidden-size"
    with pytest.raises(library.UsageError, match=r"^hidden_size 0"):
        library.train(library.read_prices(prices), hidden_size=0)


def test_what_is_no_prices_is_refused(trained):
    """A frame in their place is the likeliest slip."""
    frame = pd.DataFrame({"close": [1.0, 2.0]})
    for call_with in (library.train, trained.predict, trained.evaluate, trained.gradients):
        with pytest.raises(UsageError, match=r"prices: are a DataFrame; make them with"):
            call_with(frame)
    with pytest.raises(UsageError, match="model: is a DataFrame"):
        library.evaluate(frame, trained)
    nothing = library.Prices((), np.zeros(0), np.zeros(1, np.int64), np.zeros(0, "M8[s]"))
    with pytest.raises(DataError, match="the prices have no series"):
        trained.predict(nothing)
    with pytest.raises(MissingInputError, match="no price file is named"):
        library.read_prices([])


@pytest.mark.parametrize("threads", [-1, "2", 1.5, True, 10**6])
def test_threads_are_within_bounds(threads, trained, read):
    with pytest.raises(UsageError, match="threads"):
        trained.predict(read, threads=threads)


def test_a_setting_of_one_mode_is_refused_with_another(read):
    """Also where the mode is a setting of another stage."""
    with pytest.raises(UsageError, match="teacher_forcing: does nothing with mode"):
        library.train(read, epochs=1, teacher_forcing=0.5)
    model = library.train(
        read, epochs=1, hidden_size=2, mode="encoder-decoder", horizon=2, teacher_forcing=0.5
    )
    assert model.network.architecture.mode == "encoder-decoder"


def test_warnings_are_of_the_line_that_calls(trained, read):
    """Python shows each place once: that of a cell, and not one inside library."""
    negative = replace(read.subset([0]), values=-read.subset([0]).values)
    both = library.Prices.joined([read.subset([1]), negative])
    with pytest.warns(UserWarning, match="positive") as warned:
        trained.predict(both, horizon=1)
    assert {warning.filename for warning in warned} == {__file__}


def test_columns_of_a_frame_and_of_files_are_inputs(prices, tmp_path):
    """The same numbers from either give the same model."""
    frame = pd.read_csv(prices).sort_values("symbol", kind="stable")
    rng = np.random.default_rng(0)
    days = sorted(set(frame["date"]))
    moods = pd.DataFrame({"date": days, "mood": rng.normal(size=len(days)).round(2)})
    moods.to_csv(tmp_path / "m.csv", index=False)
    read = library.read_prices(prices, feature_file=tmp_path.joinpath("m.csv").as_posix())
    of_file = library.train(read, feature="mood:change", threads=1, **SMALL)
    assert of_file.preparation.inputs[-1] == "mood@m:change"
    both = frame.merge(moods, on="date")
    beside = library.Prices.from_frame(both, features=["mood"])
    of_frame = library.train(beside, feature="mood:change", threads=1, **SMALL)
    assert of_frame.preparation.inputs[-1] == "mood:change"
    assert np.array_equal(of_file.network.flat, of_frame.network.flat)
    with pytest.raises(DataError, match="no column mood; read it by its input"):
        of_frame.predict(library.read_prices(prices))
    with pytest.raises(UsageError, match="the frame has columns"):
        library.Prices.from_frame(frame, features=["moods"])


def test_a_model_of_weeks_makes_weeks_of_days(tmp_path):
    """Of prices read by days, those that it was trained on; as if they were read by weeks."""
    path = tmp_path / "days.csv"
    days = np.busday_offset("2023-01-02", np.arange(300))
    closes = random_walk(np.random.default_rng(0), 300)
    rows = "".join(f"{day},{close}\n" for day, close in zip(days, closes, strict=True))
    path.write_text(f"date,close\n{rows}", encoding="ascii")
    daily, weekly = library.read_prices(path), library.read_prices(path, resample="W")
    model = library.train(weekly, **SMALL)
    assert model.settings["read"]["resample"] == "W"
    one, other = model.predict(daily), model.predict(weekly)
    np.testing.assert_array_equal(one.forecasts, other.forecasts)
    assert np.array_equal(one.dates, other.dates)
    of_days = library.train(daily, **SMALL)
    for use in (of_days.predict, of_days.gradients):
        with pytest.warns(UserWarning, match='resample="W": the model was trained on rows as the'):
            use(weekly)
