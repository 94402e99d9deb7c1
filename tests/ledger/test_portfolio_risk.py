"""Risks of portfolios in a ledger: recorded once, upgraded, pruned, merged, checked."""

import sqlite3
from dataclasses import replace

import pytest
from ledgers import SOURCE, forecast_of, make_older, night_of, rising

from rnncli.errors import DataError
from rnncli.ledger.merge import import_ledger
from rnncli.ledger.portfolio_risk import unrecorded_risks
from rnncli.ledger.reader import read_ledger, read_portfolios
from rnncli.ledger.tables import VERSION
from rnncli.ledger.upkeep import check_whole, compact, ledger_info, prune
from rnncli.ledger.writer import record

OTHER = replace(SOURCE, digest="e" * 64)
HELD = {"A": 3.0, "B": -1.0}


def recorded(path, *nights, source=SOURCE):
    """Record nights of portfolios, and the forecasts of the day."""
    return record(path, [], [(source, night) for night in nights])


@pytest.fixture
def path(tmp_path):
    """A ledger of forecasts and of a portfolio from four days."""
    path = str(tmp_path / "l.db")
    for days in (4, 5, 6, 7):
        prices = rising(days)
        record(path, [(SOURCE, forecast_of(prices))], [(SOURCE, night_of(prices, HELD))])
    return path


def risks_of(path):
    """All risks with their models, whatever their numbers are."""
    records = read_portfolios(path)
    return [(records.sources[one.model], one.risk) for one in records.risks]


def changed(path, *statements):
    base = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        base.execute(statement)
    base.close()


def test_a_night_is_read_as_it_was_recorded(path):
    """To the last bit, with the run and the model."""
    assert risks_of(path) == [(SOURCE, night_of(rising(days), HELD)) for days in (4, 5, 6, 7)]
    assert [one.run for one in read_portfolios(path).risks] == [1, 2, 3, 4]
    assert len(risks_of(path)[0][1].positions) == 2


def test_a_night_is_recorded_once(path):
    """The same again changes nothing; other holdings, losses or another model do not replace it."""
    before = risks_of(path)
    same, other = night_of(rising(7), HELD), night_of(rising(7), {"A": 6.0, "B": -2.0})
    assert unrecorded_risks(path, [same, other, night_of(rising(8), HELD)]) == 1
    done = recorded(path, same)
    assert (done.run, done.risks, done.other_risks) == (None, 0, 0)
    done = recorded(path, other, source=OTHER)
    assert (done.run, done.risks, done.other_risks) == (None, 0, 1)
    assert "other holdings" in done.said_of_other_risks
    assert risks_of(path) == before


def test_portfolios_of_one_night_have_their_names(path):
    """Each is a record; a name with bytes that are not text is one too."""
    prices = rising(7)
    done = recorded(path, night_of(prices, {"A": 1.0}, "hedge"), night_of(prices, HELD))
    assert done.risks == 1
    names = [risk.portfolio for _, risk in risks_of(path)]
    assert names == ["hedge", *["main"] * 4]


def test_a_run_that_fails_records_neither(path):
    """Forecasts and risks are one transaction."""
    prices = rising(8)
    night = night_of(prices, HELD)
    broken = replace(night, losses=(replace(night.losses[0], shortfall=None),))
    with pytest.raises(DataError):
        record(path, [(SOURCE, forecast_of(prices))], [(SOURCE, broken)])
    assert ledger_info(path).last_cutoff == "2024-01-09"
    assert len(read_portfolios(path).risks) == 4


def test_a_ledger_of_version_3_has_none_and_is_upgraded(path):
    """Read as it is; the next run makes the tables after a backup, in one transaction."""
    make_older(path, 3)
    before = read_ledger(path).forecasts.tolist()
    assert (read_portfolios(path).risks, ledger_info(path).portfolio_risks) == ([], 0)
    assert unrecorded_risks(path, [night_of(rising(7), HELD)]) == 1
    assert recorded(path, night_of(rising(8), HELD)).risks == 1
    info = ledger_info(path)
    assert (info.version, info.portfolio_risks, info.backups) == (VERSION, 1, [f"{path}.v3"])
    assert read_ledger(path).forecasts.tolist() == before
    assert ledger_info(f"{path}.v3").version == 3


def test_pruning_removes_nights_with_their_rows(path):
    """And leaves runs and models that later nights need, in a ledger that is whole."""
    recorded(path, night_of(rising(9), HELD), source=OTHER)
    prune(path, "2024-01-09")
    assert [risk.cutoff for _, risk in risks_of(path)] == ["2024-01-09", "2024-01-11"]
    base = sqlite3.connect(path)
    assert base.execute("SELECT count(*) FROM portfolio_position").fetchone() == (4,)
    assert base.execute("SELECT count(*) FROM portfolio_loss").fetchone() == (4,)
    base.close()
    assert (ledger_info(path).models, ledger_info(path).runs) == (2, 2)
    assert check_whole(path) == []
    before = risks_of(path)
    compact(path)
    assert risks_of(path) == before


def test_an_import_adds_nights_that_are_missing(path, tmp_path):
    """Of both machines; a night that both have stays as it is here."""
    other = str(tmp_path / "other.db")
    recorded(other, night_of(rising(7), {"A": 9.0}), night_of(rising(9), HELD), source=OTHER)
    before = risks_of(path)
    for _ in range(2):
        import_ledger(path, other)
        assert risks_of(path) == [*before, (OTHER, night_of(rising(9), HELD))]
    assert check_whole(path) == []
    assert ledger_info(path).runs == 5


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE portfolio_loss SET value_at_risk = 'much'",
        "UPDATE portfolio_loss SET tail = '[1, 2]'",
        "UPDATE portfolio_loss SET tail = 'x'",
        "UPDATE portfolio_loss SET confidence = confidence / 100",
        "UPDATE portfolio_position SET quantity = 9e999",
        "UPDATE portfolio_position SET price = x'00'",
        "UPDATE portfolio_position SET rate = NULL",
        "UPDATE portfolio_position SET cutoff = 'today'",
        "UPDATE portfolio_risk SET cutoff = 'NaT' WHERE id = 2",
        "DELETE FROM portfolio_position WHERE risk = 2",
        "DELETE FROM portfolio_risk WHERE id = 2",
        "DELETE FROM run WHERE id = 3",
    ],
)
def test_a_check_finds_damage_and_reading_refuses_it(path, damage):
    """Values that rnncli never writes, and rows of a night that is not there."""
    changed(path, "DELETE FROM forecast", "DELETE FROM origin", damage)
    assert check_whole(path)


def test_foreign_parts_are_refused_as_before(path):
    """A trigger on the new tables is a program of somebody else."""
    changed(path, "CREATE TRIGGER t AFTER INSERT ON portfolio_risk BEGIN DELETE FROM run; END")
    with pytest.raises(DataError, match="parts that rnncli does not make"):
        read_portfolios(path)
