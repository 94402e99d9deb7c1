"""Figures: the same bytes for the same forecast, in any process."""

import re

import numpy as np
import pytest

from rnncli.gradients.lags import Lags
from rnncli.report.fan_chart import Fan
from rnncli.report.figures import coverage_figure, forecast_figure, gradient_figure


def fan(symbol="AAA", rows=80, horizon=5, dates=True, start="2024-01-01"):
    """A fan of a flat price."""
    days = np.datetime64(start, "s") + np.arange(rows + horizon) * np.timedelta64(1, "D")
    nothing = np.full(len(days), np.datetime64("NaT", "s"))
    ahead = np.full(horizon, 10.0)
    return Fan(
        symbol, np.full(rows, 10.0), ahead, 10.0,
        ((95.0, ahead - 2, ahead + 2), (80.0, ahead - 1, np.full(horizon, np.nan))),
        days if dates else nothing, rows,
    )  # fmt: skip


def test_an_svg_has_the_same_bytes_again():
    """No date, no random name, no version of anything but the format."""
    ref, comp = (forecast_figure([fan()], 1, "svg") for _ in range(2))
    assert ref == comp
    assert b"<svg" in ref
    assert not re.search(rb"<dc:date>|Matplotlib", ref)


def test_a_png_has_the_same_bytes_again():
    """And says nothing of when and with what it was drawn."""
    ref, comp = (forecast_figure([fan()], 1, "png") for _ in range(2))
    assert ref == comp
    assert ref.startswith(b"\x89PNG")
    assert b"Matplotlib" not in ref


@pytest.mark.slow
def test_every_fan_has_a_panel():
    """Their titles, a common one that counts them all, and one key for all."""
    texts = drawn_texts([fan(symbol) for symbol in ("AAA", "BBB", "CCC", "DDD")], 9)
    assert {"AAA", "BBB", "CCC", "DDD"} <= set(texts)
    assert "Forecast of 9 symbols, the first 4, 5 rows ahead" in texts
    key = ["95 %", "80 %", "price", "forecast", "naive"]
    assert [text for text in texts if text in key] == key


def drawn_texts(fans, symbols):
    """Texts of an SVG, which matplotlib repeats in comments beside their outlines."""
    found = forecast_figure(fans, symbols, "svg").decode()
    return re.findall(r"<!-- (.*?) -->", found)


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "symbol", ["$SPX$", "$\\frac", "a_b^c", "A\x1b[31m", "漢字😀", "n" * 500, ""]
)
def test_any_symbol_can_be_a_title(symbol):
    """No formula is read out of it, and control characters are shown as such."""
    content = forecast_figure([fan(symbol)], 1, "svg")
    assert b"\x1b" not in content
    assert symbol[:1] != "$" or symbol in drawn_texts([fan(symbol)], 1)


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "made",
    [
        fan(dates=False), fan(rows=1), fan(horizon=1), fan(start="9998-12-01"),
        fan(start="0001-01-01"), fan(horizon=300),
    ],
)  # fmt: skip
def test_any_dates_can_be_drawn(made):
    """None, a single row, and those that no axis reaches."""
    assert forecast_figure([made], 1, "png").startswith(b"\x89PNG")


@pytest.mark.slow(each_version=True)
def test_coverage_has_a_panel_for_each_level():
    """Every method in the key once, what was not measured left out of its line."""
    shares = {"model": np.array([[80.5, np.nan], [94.0, 93.0]]), "ewma": np.full((2, 2), 79.0)}
    found = [coverage_figure((80.0, 95.0), shares, "svg") for _ in range(2)]
    assert found[0] == found[1]
    texts = re.findall(r"<!-- (.*?) -->", found[0].decode())
    assert {"Coverage by horizon", "80 % bounds", "95 % bounds"} <= set(texts)
    assert [text for text in texts if text in ("model", "ewma", "nominal")] == [
        "model", "ewma", "nominal"
    ]  # fmt: skip


def lags_of(relative):
    """Lags of one series."""
    values = np.array(relative)
    return Lags(values, values, np.ones(len(values)))


@pytest.mark.slow
def test_gradients_of_several_networks_share_a_log_axis():
    """A panel for each, with its verdict; zeros and infinities are left out."""
    networks = {
        "rnn": (lags_of(2.0 ** np.arange(60)), "exploding"),
        "gru": (lags_of([1.0, 0.5, 0.0, np.inf]), "short"),
    }
    ref, comp = (gradient_figure(networks, "svg") for _ in range(2))
    assert ref == comp
    texts = re.findall(r"<!-- (.*?) -->", ref.decode())
    assert {"rnn: exploding", "gru: short", "exploding: 100", "memory: 0.01"} <= set(texts)


def test_a_gradient_at_one_lag_is_drawn():
    """A series of two rows has no lag beyond 0."""
    assert gradient_figure({"rnn": (lags_of([1.0]), "healthy")}, "png").startswith(b"\x89PNG")
