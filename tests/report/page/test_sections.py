"""What the sections say, against the results that they show."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from builders import prices_of
from gradient_reports import report_of
from ledgers import forecast_of
from pages import backtest_of, data_of, forecasts_of, whole_page

from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.many_symbols import SymbolScores
from rnncli.evaluation.plain_verdict import Finding
from rnncli.evaluation.score_tables import mean_of
from rnncli.forecasting.outlook import rise_probability, widths
from rnncli.prices.parsing.quality.file_report import report_beside
from rnncli.report.page import html_page
from rnncli.report.page.content import Network, PageContent, SymbolForecasts
from rnncli.report.page.months import with_latest
from rnncli.report.page.network import network_charts, network_section
from rnncli.report.page.outlooks import fan_data, forecast_section
from rnncli.report.page.scores import scores_of
from rnncli.report.page.summary import summary_section
from rnncli.report.page.trust import trust_section
from rnncli.report.page.trust_charts import coverage_chart, trust_charts


def test_the_widest_range_comes_first():
    """By its width over the last price, at the last row ahead."""
    content = forecasts_of("ABCDE")
    rows = forecast_section(content, None, None)["rows"]
    forecast = content.forecast
    width = (forecast.upper[80.0] - forecast.lower[80.0])[:, -1] / forecast.naive
    assert [row["symbol"] for row in rows] == ["ABCDE"[i] for i in np.argsort(-width)]
    assert [row["ranges"][0]["width"] for row in rows] == [f"{100 * w:.1f} %" for w in
                                                         sorted(width, reverse=True)]  # fmt: skip


def test_ranges_are_compared_with_the_usual_ones_of_the_symbol():
    """A symbol that was not back-tested has none, and is to be careful with."""
    content, backtest = forecasts_of("ABC"), backtest_of()
    scores = scores_of(backtest.evaluation).symbols
    section = forecast_section(content, backtest, scores)
    rows = {row["symbol"]: row for row in section["rows"]}
    past = backtest.evaluation.scores["model"]["width_80"]
    now = widths(content.forecast, 80.0, "log")
    assert np.isclose(rows["B"]["usual"], now[1, -1] / past[12:, 1].mean())
    assert (rows["C"]["usual"], rows["C"]["concerns"]) == (None, ["untested"])
    assert [row["symbol"] for row in section["changed"]] == sorted(
        "AB", key=lambda s: -abs(np.log(rows[s]["usual"]))
    )


def test_a_range_that_narrowed_has_changed_too():
    """By factor: half as wide comes before a tenth wider."""
    content, backtest = forecasts_of("AB"), backtest_of()
    ratio = {
        row["symbol"]: row["usual"] for row in forecast_section(content, backtest, None)["rows"]
    }
    past = backtest.evaluation.scores["model"]["width_80"]
    half, count = past.shape[0] // 2, past.shape[0]
    past[:half] *= ratio["A"] / 0.5
    past[half:count] *= ratio["B"] / 1.1
    changed = forecast_section(content, backtest, None)["changed"]
    assert [(row["symbol"], round(row["usual"], 2)) for row in changed] == [("A", 0.5), ("B", 1.1)]


def test_fans_hold_the_past_and_the_rows_ahead():
    """Dates come back from steps that symbols share; a series without dates counts its rows."""
    content = forecasts_of("AB", rows=100)
    fans = fan_data(content)
    assert len(fans["steps"]) == 1
    _, calendar, cutoff, past, ahead, median, ranges, _, undated = fans["symbols"][0]
    prices = content.forecast.prices
    days = prices.dates_of(0).astype("datetime64[D]").astype(int)
    assert (np.cumsum([cutoff - sum(fans["steps"][calendar]), *fans["steps"][calendar]])
            == days[-90:]).all()  # fmt: skip
    assert np.allclose(past, prices.series(0)[-90:], rtol=1e-5)
    assert ahead == content.forecast.dates[0].astype("datetime64[D]").astype(int).tolist()
    assert np.allclose(median, content.forecast.forecasts[0], rtol=1e-5)
    assert fans["levels"] == ["95", "80"]
    assert ranges[0][1][0] > ranges[1][1][0] > median[0]
    assert not undated
    undated_prices = prices_of({"U": np.arange(1.0, 41)}, first=None)
    forecast = forecast_of(undated_prices)
    made = fan_data(SymbolForecasts(forecast, (80.0,), rise_probability(forecast)))
    assert made["symbols"][0][2:5:2] == [40, [41, 42]]


def test_times_of_day_are_seconds():
    """Where a date is no whole day, no time is lost."""
    prices = prices_of({"A": np.arange(1.0, 41)})
    hours = np.datetime64("2024-01-01T09:30:00", "s") + 3600 * np.arange(40)
    prices = type(prices)(prices.symbols, prices.values, prices.offsets, hours)
    forecast = forecast_of(prices)
    fans = fan_data(SymbolForecasts(forecast, (80.0,), rise_probability(forecast)))
    assert fans["unit"] == 1
    assert set(fans["steps"][0]) == {3600}


def test_coverage_is_drawn_with_the_band_and_the_best_baseline():
    """In percent, by row ahead and by month."""
    backtest = backtest_of()
    scores = scores_of(backtest.evaluation)
    charts = trust_charts(backtest.evaluation, scores)
    assert set(charts) == {"ahead-80", "month-80", "pit"}
    marks = {mark["kind"]: mark for mark in charts["ahead-80"]["marks"]}
    inside = backtest.evaluation.scores["model"]["coverage_80"]
    assert np.allclose(marks["line"]["y"], 100 * inside.mean(axis=0), rtol=1e-4)
    assert marks["rule"]["at"] == 80.0
    assert charts["month-80"]["x"] == ["2024-01", "2024-02"]
    assert np.isclose(sum(charts["pit"]["marks"][0]["y"]), 100, atol=0.1)


def test_the_tables_of_the_backtest_hold_its_scores():
    """A row a method and symbol, and the misses of the widest level."""
    backtest = backtest_of()
    section = trust_section(backtest, scores_of(backtest.evaluation))
    model = next(row for row in section["methods"] if row["is_model"])
    scores = backtest.evaluation.scores["model"]
    assert model["crps"] == f"{mean_of(scores['crps']):.3f}"
    assert model["levels"][0]["coverage"] == f"{100 * mean_of(scores['coverage_80']):.1f} %"
    assert {row["symbol"] for row in section["symbols"]} == {"A", "B"}
    outside = np.count_nonzero(scores["coverage_80"] == 0)
    assert 0 < len(section["misses"]) == min(outside, 20)


def test_the_page_holds_every_forecast_and_chart():
    """A row a symbol, and a place for each chart that is not drawn on demand."""
    page = html_page(whole_page())
    text, data = page.decode(), data_of(page)
    assert text.count("<tr data-number=") == len(data["fans"]["symbols"]) == 2
    for name in data["charts"]:
        assert f'data-chart="{name}"' in text


def test_a_forecast_without_intervals_has_a_page():
    """Its ranges and chances are dashes, as those of a model without calibrated bounds."""
    forecast = forecast_of(prices_of({"A": np.arange(1.0, 81)}), width=np.nan)
    content = SymbolForecasts(forecast, (80.0,), rise_probability(forecast))
    assert np.isnan(content.rise).all()
    fans = data_of(html_page(PageContent("F", forecasts=content)))["fans"]
    assert fans["symbols"][0][6] == [[[None] * 2] * 2]
    row = forecast_section(content, None, None)["rows"][0]
    assert (row["ranges"][0]["text"], row["rise"]) == ("\N{EN DASH}", "\N{EN DASH}")


def test_moves_below_zero_have_their_sign():
    """A price that goes from -2 towards 0 has risen."""
    prices = prices_of({"A": np.linspace(-40.0, -2.0, 80)})
    forecast = forecast_of(prices, ahead=0.5)
    content = SymbolForecasts(forecast, (80.0,), rise_probability(forecast))
    assert forecast_section(content, None, None)["rows"][0]["move"] == "+50.00 %"


def test_cutoffs_without_dates_are_rows_from_the_end():
    """The first and last of the backtest, and those of misses."""
    backtest = backtest_of()
    undated = replace(backtest.evaluation, cutoffs=tuple(range(-12, 0)))
    section = trust_section(replace(backtest, evaluation=undated), scores_of(undated))
    assert (section["first"], section["last"]) == ("row 12 from the end", "row 1 from the end")
    assert all(miss["cutoff"].endswith(" from the end") for miss in section["misses"])
    assert "month-80" not in trust_charts(undated, scores_of(undated))


def test_the_best_and_the_worst_month_are_named():
    """By the coverage of the narrowest range; a chart without a band has no area in its key."""
    backtest = backtest_of()
    scores = scores_of(backtest.evaluation)
    shares = {row["month"]: row["coverage_80"] for row in scores.months}
    months = trust_section(backtest, scores)["months"]
    assert shares[months["worst"]] == min(shares.values())
    assert months["most"] == f"{100 * max(shares.values()):.1f} %"
    bare = [{**row, "band_low_80": np.nan, "band_high_80": np.nan} for row in scores.months]
    drawn = coverage_chart("months", bare, "month", 80.0, "month")
    assert [mark["kind"] for mark in drawn["marks"]] == ["rule", "line", "dots"]


def month_of(month, share, low, high):
    """A month and its coverage of the 80 % range, with the band that chance explains."""
    drifted = not low <= share <= high
    return {"month": month, "coverage_80": share, "band_low_80": low, "band_high_80": high,
            "drift_80": drifted}  # fmt: skip


def test_months_outside_the_band_are_named_and_marked():
    """As in a crash; others are not."""
    months = [month_of("2024-01", 0.8, 0.7, 0.9), month_of("2024-02", 0.5, 0.7, 0.9)]
    marks = coverage_chart("months", months, "month", 80.0, "month")["marks"]
    assert [(mark["kind"], mark["name"]) for mark in marks][-1] == ("dots", "not by chance")
    assert marks[-1]["y"] == [None, 50.0]
    backtest = backtest_of()
    scores = replace(scores_of(backtest.evaluation), months=months)
    section = trust_section(backtest, scores)["months"]
    assert (section["outside"], section["judged"]) == ("too narrow in 2024-02 (the latest)", True)
    calm = trust_section(backtest, replace(scores, months=[months[0]] * 2))["months"]
    assert calm["outside"] == ""


def score_of(share, low=0.7, high=0.9) -> Row:
    """A symbol's coverage of its 80 % range, with the band that chance explains."""
    return {"coverage_80": share, "band_low_80": low, "band_high_80": high,
            "independent_80": 200, "drift_80": not low <= share <= high}  # fmt: skip


def test_doubtful_symbols_are_named_with_reasons_in_the_summary():
    """All that are not to be relied on; then those whose range held least, though by chance."""
    scores = {"A": score_of(0.5), "B": score_of(0.75), "C": score_of(0.8), "D": score_of(0.72)}
    content = forecasts_of("ABCD")
    section = forecast_section(content, None, SymbolScores(scores, (80.0,)))
    assert [row["symbol"] for row in section["doubtful"]] == ["A"]
    assert [row["symbol"] for row in section["least"]] == ["D", "B", "C"]
    assert section["least"][0]["coverage"] == "72.0 %"
    text = html_page(PageContent("F", forecasts=forecasts_of(["A"], rows=40))).decode()
    summary = text.split('id="summary"')[1].split("</section>")[0]
    assert "it has prices of only 40 rows" in summary
    assert "careful: few rows" in summary  # beside its name among those that may move most


def test_the_latest_month_comes_first_where_its_ranges_did_not_hold():
    """In a question of its own, too narrow before too wide; last where they held."""
    held, fell = month_of("2024-01", 0.8, 0.7, 0.9), month_of("2024-02", 0.5, 0.7, 0.9)
    rose = month_of("2024-03", 0.95, 0.7, 0.9)
    other = Finding("good", "?", "Yes.")

    def findings(months):
        return with_latest([other], months, (80.0,))

    first = findings([held, fell])[0]
    assert (first.grade, first.question) == (
        "poor", "Did the ranges of forecasts made in 2024-02, the latest month, hold?",
    )  # fmt: skip
    assert first.answer == (
        "No, too narrow: the 80 % range held 50.0 % (chance alone explains 70.0 to 90.0 %)."
    )
    assert findings([fell, rose])[0].answer.startswith("More, wider than need be: ")
    assert [one.grade for one in findings([fell, held])] == ["good", "good"]
    assert findings([fell, held])[1].answer.startswith("Yes: the 80 % range held 80.0 %")
    untold = month_of("2024-02", 0.5, np.nan, np.nan)
    assert findings([held, untold]) == [other]
    assert findings([fell | {"month": ""}]) == [other]


def test_every_level_is_judged_by_symbol_and_counted_beside_chance():
    """A range outside the band of one symbol alone is called so, and not named among many."""
    backtest = backtest_of()
    scores = scores_of(backtest.evaluation)
    rows = {
        f"S{k}": row | {"symbol": f"S{k}", "drift_80": False, "independent_80": 100}
        for k, row in enumerate([scores.symbols.rows["A"]] * 200)
    }
    rows["S0"] |= {"coverage_80": 0.69, "band_low_80": 0.7, "drift_80": True}
    rows["S1"] |= {"coverage_80": 0.4, "band_low_80": 0.7, "drift_80": True}
    judged = SymbolScores({name: row | {"coverage_80": row["coverage_80"]
                                        if name in {"S0", "S1"} else 0.8}
                           for name, row in rows.items()}, (80.0,))  # fmt: skip
    section = trust_section(backtest, replace(scores, symbols=judged))
    assert section["judged"] == [
        {"level": "80", "tested": 200, "outside": 2, "by_chance": "2", "named": 1}
    ]
    states = {row["symbol"]: row["levels"][0]["state"] for row in section["symbols"]}
    assert (states["S0"], states["S1"], states["S2"]) == ("narrow, by chance", "too narrow", "")
    titles = [one.title for one in section["symbols_table"].columns]
    assert "The 80 % range was" in titles


def test_the_column_of_p_names_the_score_that_it_tests():
    """A method with a point alone says that its test is of the MAE."""
    section = trust_section(*_backtest_and_scores({"p_crps": 0.03}, {"p_crps": None}))
    shown = {one.title: [cell.text for cell in one.cells] for one in
             section["methods_table"].columns}  # fmt: skip
    assert shown["p of CRPS"][1:3] == ["0.030", "0.200 (MAE)"]
    section = trust_section(*_backtest_and_scores({"p_crps": None}, {"p_crps": None}))
    shown = {one.title: [cell.text for cell in one.cells] for one in
             section["methods_table"].columns}  # fmt: skip
    assert shown["p of MAE"][1:3] == ["0.200", "0.200"]


def _backtest_and_scores(*of_baselines):
    """A back-test, and its scores with these numbers of baselines after the model."""
    backtest = backtest_of()
    scores = scores_of(backtest.evaluation)
    model = scores.overall[0] | {"p_crps": None, "p_mae": None}
    rows = [model | {"method": f"b{k}", "p_mae": 0.2, **of}
            for k, of in enumerate(of_baselines)]  # fmt: skip
    return backtest, replace(scores, overall=[model, *rows])


def test_rows_of_daily_prices_are_called_trading_days():
    """Wherever the page counts them; others are rows."""
    content = whole_page()
    prices = prices_of({"A": np.arange(1.0, 41)})
    daily = html_page(replace(content, prices=prices)).decode()
    assert "Trading days ahead" in daily
    assert "trading days ahead" in daily
    visible = re.sub("<script.*?</script>|<style.*?</style>", "", daily, flags=re.DOTALL)
    assert not re.search(r"\brows?\b ahead|Rows", visible)
    assert "Rows ahead" in html_page(content).decode()


def test_every_kind_of_fault_in_the_files_has_a_row():
    """How often, where first, what was done and what to do; a kind without a place has a blank."""
    report = report_beside(
        "p.csv", 10, {"rows without a price": 3},
        noticed={"jumps like a split (first A 2:1 on 2024-01-05; see --adjust-splits)": 2},
    )  # fmt: skip
    prices = replace(prices_of({"A": np.arange(1.0, 41)}), files=(report,))
    table = summary_section(replace(whole_page(), prices=prices))["faults"]
    assert [[cell.text for cell in cells] for _, cells in table.rows()] == [
        ["rows without a price", "3", "left out", "", "", "p.csv"],
        ["jumps like a split", "2", "used as it is", "A 2:1 on 2024-01-05",
         "see --adjust-splits", "p.csv"],
    ]  # fmt: skip
    assert summary_section(whole_page())["faults"] is None


def test_answers_stand_on_the_page_once():
    """In the summary; the section of the test refers to it."""
    text = html_page(whole_page()).decode()
    assert text.count("Does the 80 % range hold 80 % of the actual prices?") == 1


def test_a_map_of_many_epochs_and_lags_is_thinned():
    """The last of the epochs and the largest of the lags that share a cell."""
    rng = np.random.default_rng(1)
    reports = {n: report_of(rng.uniform(0.5, 1.0, 150)) for n in range(1, 101)}
    network = Network("m", epochs=reports)
    drawn = network_charts(network)["epochs"]
    assert drawn["rows"][-1] == 100
    assert (len(drawn["rows"]), len(drawn["x"])) == (34, 50)
    values = reports[100].lags.relative
    assert drawn["z"][-1][1] == float(f"{values[3:6].max():.3g}")
    section = network_section(network, 0)
    assert section["charts"] == ["epochs-0"]
    assert len(section["by_epoch"]) == 100
    assert section["lags"] == [1, 5, 10, 20, 50, 100]
    assert "epochs" not in network_charts(Network("m", epochs={1: reports[1]}))


@pytest.mark.parametrize("clipped", [0.0, 0.25])
def test_clipped_steps_are_drawn_where_there_were_some(clipped):
    """An empty chart says less than the sentence above it."""
    epoch = {"train_loss": 1.0, "validation_loss": None, "gradient_norm": 1.0, "largest_norm": 2.0}
    epochs = [epoch | {"epoch": k, "clip_rate": clipped} for k in (1, 2)]
    charts = network_charts(Network("m", model=SimpleNamespace(record={"epochs": epochs})))
    assert ("clip" in charts) == (clipped > 0)


def test_forecasts_that_take_no_side_say_so():
    """Where every median is the last price, a column of zeros looks like a fault."""
    content = forecasts_of("AB")
    line = np.repeat(content.forecast.naive[:, None], 2, axis=1)
    flat = replace(content, forecast=replace(content.forecast, forecasts=line))
    texts = [html_page(PageContent("F", forecasts=one)).decode() for one in (flat, content)]
    assert ["Every median is the last price" in text for text in texts] == [True, False]


def test_lists_of_symbols_stand_before_what_was_read():
    """The three answers come first: how good, which move most, which not to trust."""
    text = html_page(whole_page()).decode()
    parts = ("How good were the ranges?", "May move most", "Do not trust", "Price files")
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
