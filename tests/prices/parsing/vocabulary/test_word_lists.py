"""The word lists in the TOML files are read whole and do not contradict each other."""

import itertools
import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from rnncli.prices.parsing.vocabulary import cell_words, column_names, date_words
from rnncli.prices.parsing.vocabulary.load import word_lists

FILES = ("calendars", "cells", "column_names", "date_words", "price_words")
NAMES = {key: text for key, text in word_lists("column_names").items() if isinstance(text, str)}
WEAKER = {
    "weak_dates": "dates",
    "weak_symbols": "symbols",
    "attributes": "symbols",
    "weak_prices": "prices",
}
ROLES = ("dates", "symbols", "prices", "opens", "highs", "lows", "volumes")


def words(key: str) -> list[str]:
    return NAMES[key].casefold().split()


def test_every_file_of_the_package_is_listed_and_parses():
    """A further file needs a test here; each is read once and kept."""
    folder = files("rnncli.prices.parsing.vocabulary")
    names = {path.name for path in folder.iterdir() if path.name.endswith(".toml")}
    assert names == {f"{name}.toml" for name in FILES}
    for name in FILES:
        assert tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))
        assert word_lists(name) is word_lists(name)


def test_the_files_are_shipped_with_the_package():
    """setuptools copies what package-data names; without the lists nothing can be read."""
    pyproject = Path(__file__).parents[4] / "pyproject.toml"
    settings = tomllib.loads(pyproject.read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    assert "prices/parsing/vocabulary/*.toml" in settings["rnncli"]


@pytest.mark.parametrize("key", NAMES)
def test_no_name_of_a_column_is_listed_twice(key):
    """A name that is listed twice would look like two columns of that name."""
    assert [word for word, count in Counter(words(key)).items() if count > 1] == []


@pytest.mark.parametrize("key", NAMES)
def test_names_of_columns_are_as_they_are_looked_up(key):
    """Names with blanks, capitals or marks would never be met."""
    assert [word for word in words(key) if column_names.bare_name(word) != word] == []


@pytest.mark.parametrize("weaker", WEAKER)
def test_weak_names_are_names_of_their_role(weaker):
    """What is a date, a symbol or a price under a condition is one in the first place."""
    assert set(words(weaker)) <= set(words(WEAKER[weaker]))


def test_a_name_has_one_role():
    """A column that could be the high as well as the low would be either at random."""
    for one, other in itertools.combinations(ROLES, 2):
        assert set(words(one)) & set(words(other)) == set(), (one, other)
    assert set(words("times")) & set(words("dates")) == {"time"}  # what is dated, or beside dates


@pytest.mark.parametrize("language", word_lists("date_words")["months"])
def test_a_language_has_twelve_months_and_no_name_for_two_of_them(language):
    """A name that is in two months would be read as the later one."""
    months = [names.split() for names in word_lists("date_words")["months"][language].split(",")]
    assert len(months) == 12
    assert all(months)
    names = list(itertools.chain(*months))
    assert len(set(names)) == len(names)
    assert [name for name in names if date_words.month_name(name) != name] == []


def test_marks_of_missing_values_are_different_and_no_numbers():
    """A number for a missing value would empty every cell that holds it."""
    listed = word_lists("cells")["missing"]
    assert len(set(listed)) == len(listed)
    assert [
        mark for mark in listed if mark != mark.strip() or re.fullmatch(r"[\d.,]*\d[\d.,]*", mark)
    ] == []


def test_currencies_are_different_and_whole():
    """Every code, name and sign that is listed is met as a whole cell."""
    lists = word_lists("cells")["currencies"]
    codes, signs = lists["codes"].split(), lists["signs"].split()
    assert len({*codes, *signs}) == len(codes) + len(signs)
    assert all(re.fullmatch(cell_words.CURRENCY, word) for word in (*codes, *signs))


def test_suffixes_are_powers_of_a_thousand():
    """A suffix stands for thousands, millions, billions or trillions."""
    assert set(cell_words.SUFFIXES.values()) == {3, 6, 9, 12}
