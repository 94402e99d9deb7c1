"""`rnncli report` and `--html`: pages of results, written whole or refused early."""

import importlib.util
import os

import pytest
from in_process import here
from nights import job, lay, market
from pages import data_of


def titles_of(page):
    """The sections of a page, in order."""
    parts = page.split("<h2 id=")[1:]
    return [part.partition(">")[2].partition("<")[0] for part in parts]


def table_of(page):
    """Symbol -> the texts of its row in the table of forecasts."""
    rows = page.split("<tr data-number=")[1:]
    texts = [
        [cell.partition(">")[2].partition("<")[0] for cell in row.split("</tr>")[0].split("<td")]
        for row in rows
    ]
    names = [row.partition('aria-expanded="false">')[2].partition("<")[0] for row in rows]
    return dict(zip(names, texts, strict=True))


@pytest.fixture(scope="module")
def by_prior(prices, tmp_path_factory):
    """The page that the prior makes of three symbols, and how the run ended."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    done = here("report", prices, "-o", path)
    return done, path.read_text(encoding="utf-8")


def test_a_page_holds_the_forecasts_of_predict(by_prior, call, prices):
    """The same numbers, by the same options, beside a back-test and the model."""
    done, page = by_prior
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert titles_of(page) == [
        "Summary", "Forecasts", "May I trust it?", "The model", "Definitions",
    ]  # fmt: skip
    lines = call("predict", prices).stdout.decode().splitlines()
    names, last = lines[0].split(","), [line.split(",") for line in lines if ",5," in line]
    fans = {row[0]: row for row in data_of(page.encode())["fans"]["symbols"]}
    assert len(last) == len(fans) == len(table_of(page)) == 3
    for row in last:
        fan = fans[row[0]]
        assert fan[5][-1] == pytest.approx(float(row[names.index("forecast")]), rel=1e-5)
        lower, upper = (float(row[names.index(f"{side}_80")]) for side in ("lower", "upper"))
        assert [side[-1] for side in fan[6][1]] == pytest.approx([lower, upper], rel=1e-5)


def test_the_backtest_is_that_of_evaluate(by_prior, call, prices):
    """From all cutoffs that there are, where these are fewer than a year of weeks."""
    evaluation = call("evaluate", prices, "--folds", 6, "--format", "jsonl").stdout.decode()
    shares = [
        100 * float(line.split('"coverage_80": ')[1].split(",")[0])
        for line in evaluation.splitlines() if '"method": "model"' in line
    ]  # fmt: skip
    drawn = data_of(by_prior[1].encode())["charts"]["ahead-80"]["marks"]
    line = next(m for m in drawn if m["kind"] == "line" and m["name"] == "model")
    assert "made from 6 past" in by_prior[1]
    assert line["y"] == pytest.approx(shares, rel=1e-4)


def test_the_same_run_gives_the_same_bytes_to_a_pipe(by_prior, call, prices):
    """Whatever the number of threads."""
    done = call("report", prices, "--threads", 1)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == by_prior[1]
    assert call("report", prices, "-o", "-").stdout == done.stdout


def test_a_trained_model_is_trained_again_and_has_its_curves(call, model, prices, tmp_path):
    """It has seen all days, so its settings are tested; with --refit none the page says why not."""
    path = tmp_path / "report.html"
    assert call("report", model, prices, "-o", path, "--horizon", 1).returncode == 0
    page = path.read_text(encoding="utf-8")
    assert "settings were trained again" in page
    assert {"loss-0", "norm-0", "lags-0"} <= set(data_of(page.encode())["charts"])
    done = call("report", model, prices, "-o", path, "--refit", "none")
    assert (done.returncode, b"the page has no backtest" in done.stderr) == (0, True)
    page = path.read_text(encoding="utf-8")
    assert "It was not tested: possible cutoffs: 6, after what the model saw: 0" in page


def test_few_rows_have_a_page_without_a_test(call, tmp_path):
    """And one symbol that cannot be forecast leaves the others, with status 1."""
    lines = ["date,symbol,close"]
    lines += [f"2024-01-{day:02},A,{10 + day % 3}" for day in range(1, 8)]
    lines += [f"2024-01-{day:02},BAD,{day - 3}" for day in range(1, 8)]
    (tmp_path / "p.csv").write_text("\n".join(lines), encoding="ascii")
    done = call("report", tmp_path / "p.csv", "-o", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert done.returncode == 1
    assert "It was not tested: no cutoff fits the prices" in page
    assert list(table_of(page)) == ["A"]
    assert "BAD" in page  # among what is to be known of the data


def test_a_page_cannot_take_the_place_of_an_input(call, prices, tmp_path):
    """Nor be written into a folder that is not there; told before anything is read."""
    for command in ("report", "evaluate", "gradients"):
        option = "-o" if command == "report" else "--html"
        page = prices.with_suffix(".html")
        page.write_bytes(prices.read_bytes())
        done = call(command, page, option, page)
        assert done.returncode == 2
        assert b"is one of the inputs; name another" in done.stderr
        done = call(command, prices, option, tmp_path / "none" / "r.html")
        assert done.returncode == 73


def test_without_the_extra_the_remedy_is_named(call, prices, monkeypatch):
    """What to install, before anything is read."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: (name != "jinja2" and found(name, *more))
        or None,
    )  # fmt: skip
    done = call("report", prices, "-o", "r.html")
    assert (done.returncode, done.stderr.decode()) == (
        2, "error: --output: a page needs an extra; run: pip install 'rnncli[report]'\n"
    )  # fmt: skip
    assert not os.path.exists("r.html")
    done = call("report", prices, "-o", "r.pdf")
    assert done.stderr == b"error: --output r.pdf: a page is HTML; name it r.html\n"


def test_on_a_terminal_a_page_needs_a_file(screen, prices):
    """Nobody wants to read HTML there."""
    said = screen(80, "report", prices)
    assert "--output: is missing; name a file for the page: -o report.html" in said


@pytest.mark.each_shape
@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (["evaluate", "--horizon", 1, "--folds", 5], ["May I trust it?", "The model"]),
        (["gradients"], ["The model"]),
        (["gradients", "--compare", "rnn,gru"], ["The model"]),
    ],
)
def test_other_commands_write_their_sections_beside_their_result(
    words, titles, call, prices, tmp_path
):
    """What they print is what it would be without."""
    path = tmp_path / "r.html"
    plain = call(*words, prices, "--format", "json")
    done = call(*words, prices, "--format", "json", "--html", path)
    assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout)
    page = path.read_text(encoding="utf-8")
    assert titles_of(page) == ["Summary", *titles, "Definitions"]
    assert "lags-0" in data_of(page.encode())["charts"]


@pytest.mark.slow(each_version=True)
def test_a_night_writes_a_page_of_its_forecasts_and_its_ledger(night, tmp_path, call):
    """Once: the same night again changes nothing. `score --html` shows the same record."""
    (tmp_path / "main.csv").write_text("symbol,quantity\nS0,3\n", encoding="ascii")
    for days in (50, 55, 60):
        lay(tmp_path, market(), days)
        job(
            tmp_path, output='file = "f.csv"\nreport = "r-{date}.html"', model="-", train="-",
            risk='holdings = "main.csv"\ndraws = 1000\nnights = 1',
        )  # fmt: skip
        result = night()
    page = tmp_path / "r-2024-03-22.html"
    assert (result["page"], result["wrote"]) == (str(page), True)
    text = page.read_text(encoding="utf-8")
    assert titles_of(text) == [
        "Summary", "Forecasts", "The record", "Portfolios", "Definitions",
    ]  # fmt: skip
    assert "24 forecasts were recorded" in text
    assert "2 nights</button> of portfolios were recorded" in text  # as many as are to be tested
    assert (
        "2 outcomes, one for each trading day ahead: 1 tested; 1 whose prices are not there" in text
    )
    assert night()["done"] == "nothing"
    page.unlink()
    assert night()["wrote"]
    assert page.read_text(encoding="utf-8") == text
    done = call("score", tmp_path / "ledger.db", tmp_path / "prices.csv", "--html", page)
    assert done.returncode == 0
    assert titles_of(page.read_text(encoding="utf-8")) == [
        "Summary", "The record", "Portfolios", "Definitions",
    ]  # fmt: skip
    charts = data_of(text.encode())["charts"]
    of_all = data_of(page.read_bytes())["charts"]
    assert {name: of_all[name] for name in charts} == charts
    assert set(of_all) - set(charts) == {"portfolio-0"}  # of both nights that are known
    assert {"record-80", "record-95", "record-mae"} <= set(charts)


def test_a_report_shows_the_record_of_a_ledger(call, prices, tmp_path):
    """The forecasts that were recorded, whatever the model is now."""
    ledger = tmp_path / "l.db"
    call("predict", prices, "--until", "2024-02-09", "--ledger", ledger)
    done = call("report", prices, "--ledger", ledger, "-o", tmp_path / "r.html", "--folds", 2)
    assert done.returncode == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The record" in titles_of(page)


def test_a_night_refuses_a_page_in_the_place_of_its_forecasts(call, tmp_path):
    """By the same name, or by one that is the same today."""
    lay(tmp_path, market(), 50)
    path = job(tmp_path, output='file = "f.csv"\nreport = "f.csv"')
    done = call("batch", path)
    assert done.returncode == 2
    assert b"report: is the file of the forecasts; name another" in done.stderr
