"""The whole of `rnncli score`: warnings, requirements, the column."""

from dataclasses import replace

import pytest
from builders import prices_of
from ledgers import SOURCE, forecast_of, record_by, rising

from rnncli.errors import UsageError
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.score import column_of, score_ledger
from rnncli.settings import ScoreSettings


@pytest.fixture
def kept(tmp_path):
    """A ledger of the forecasts of some days."""

    def keep(days, symbols="AB", source=SOURCE):
        path = str(tmp_path / "l.db")
        for day in days:
            record_by(path, source, forecast_of(rising(day, symbols), ahead=0.5))
        return read_ledger(path)

    return keep


def told(recorded, prices, **settings):
    """What is found, and what was warned of."""
    said = []
    return score_ledger(recorded, prices, ScoreSettings(**settings), said.append), said


def test_a_clean_ledger_gives_no_warning(kept):
    """Rows by ahead; no requirement, no check."""
    found, said = told(kept(range(4, 9)), rising(12))
    assert said == []
    assert [row["ahead"] for row in found.rows] == [1, 2]
    assert found.checks == []


def test_requirements_are_those_of_evaluate(kept):
    """Coverage by share, skill by the test over cutoffs; what holds and what does not."""
    found, _ = told(
        kept(range(4, 20)), rising(30), require_coverage=("80:90-100", "80:0-50", "99:0-100"),
        require_skill=("naive",),
    )  # fmt: skip
    assert [one.met for one in found.checks] == [True, False, False, True]
    assert found.checks[1].said == "the 80 % interval covers 100.00 %, 50.00 points too high"
    assert "one-sided p = " in found.checks[3].said


def test_what_has_not_come_meets_no_requirement(kept):
    """Nothing is claimed of nothing."""
    found, _ = told(kept([4]), rising(4), require_coverage=("80:0-100",), require_skill=("naive",))
    assert found.evaluation is None
    assert [(one.met, one.said) for one in found.checks] == [
        (False, "no forecast date has been reached yet")
    ] * 2


def test_a_moved_and_a_rewritten_past_are_reported(kept):
    """One line each, with the symbols."""
    recorded = kept([4])
    a, b = rising(6).series(0) / 2, rising(6).series(1).copy()
    b[3] += 2
    found, said = told(recorded, prices_of({"A": a, "B": b}))
    assert said == [
        "A: 2 forecasts were made before the past was adjusted (a split, a dividend), and are"
        " moved by the same factor",
        "B: left out 2 forecasts, since the price at their cutoff is another one now",
    ]
    assert sum(row["forecasts"] for row in found.rows) == 2


def test_many_symbols_are_counted(kept):
    """Five are named."""
    recorded = kept([4], "ABCDEFGH")
    wrong = rising(4, "ABCDEFGH")
    wrong.values[3::4] += 2
    _, said = told(recorded, wrong)
    assert said[0].startswith("A, B, C, D, E and 3 more: left out 16 forecasts")


def test_the_column_is_the_models(kept):
    """What is asked for wins; several cannot be guessed."""
    recorded = kept([4], source=replace(SOURCE, column="open"))
    assert column_of(recorded, None) == "open"
    assert column_of(recorded, "close") == "close"
    recorded = kept([4], source=replace(SOURCE, digest="e" * 64))
    with pytest.raises(UsageError, match=r"^column: the models of this ledger read several: close"):
        column_of(recorded, None)
    assert column_of(recorded, "open") == "open"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"by": ("week",)}, "by week: no such group; use ahead, symbol, month, model"),
        ({"require_skill": ("ewma",)}, "a ledger has naive only"),
        ({"require_coverage": ("80",)}, "write level:least-most"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings, said, kept):
    """Wrong usage."""
    with pytest.raises(UsageError, match=said):
        told(kept([4]), rising(6), **settings)
