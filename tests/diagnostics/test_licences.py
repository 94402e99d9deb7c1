"""The list of libraries is complete, and the package holds what it must."""

import csv
import io
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from rnncli.diagnostics.licences import REASONS, list_libraries

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOT_FOR_USERS = {"test", "bench"}  # extras


def name_of(requirement):
    """The name in a requirement, without versions and markers."""
    return re.match(r"[\w.-]+", requirement)[0]


def test_every_requirement_has_a_reason():
    """What pyproject.toml names, with its extra; no reason is left of what it no longer names."""
    named = {name_of(line): "" for line in PROJECT["project"]["dependencies"]}
    for extra, lines in PROJECT["project"]["optional-dependencies"].items():
        if extra not in NOT_FOR_USERS:
            named |= {name_of(line): extra for line in lines}
    assert {name: extra for name, (extra, _) in REASONS.items()} == named


def test_every_library_has_a_licence_and_a_reason():
    """Also those that come along; each is there once, and none is of tests alone."""
    libraries = list_libraries()
    names = [library.library.lower() for library in libraries]
    assert len(set(names)) == len(names)
    assert {"llvmlite", "click"} <= set(names)
    assert not {"pytest", "ruff", "mypy", "hypothesis"} & set(names)
    for library in libraries:
        assert library.why
        assert (library.licence is None) == (library.version is None), library
        assert library.licence is None or 2 < len(library.licence) < 100


@pytest.mark.slow(each_version=True)
def test_the_list_is_a_table_and_rows(call):
    """`rnncli doctor --licences`."""
    done = call("doctor", "--licences", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert (done.returncode, len(rows)) == (0, len(list_libraries()))
    assert list(rows[0]) == ["library", "version", "licence", "extra", "why"]
    drawn = call("doctor", "--licences", "--format", "table").stdout
    assert b"compiles the network" in drawn


def beside_modules():
    """Files of the package that are not modules of Python, as paths in this checkout."""
    files = (path for path in (ROOT / "rnncli").rglob("*") if path.is_file())
    return [str(path.relative_to(ROOT)) for path in files if path.suffix not in {".py", ".pyc"}]


def test_the_package_holds_every_file_that_is_not_a_module():
    """Prior, guides, templates, vocabularies, py.typed and the manual page are installed."""
    setuptools = PROJECT["tool"]["setuptools"]
    patterns = [f"rnncli/{pattern}" for pattern in setuptools["package-data"]["rnncli"]]
    (pages,) = setuptools["data-files"].values()
    names = beside_modules()
    missing = [
        name
        for name in names
        if name not in pages and not any(fnmatch(name, pattern) for pattern in patterns)
    ]
    assert missing == []
    for pattern in (*patterns, *pages):
        assert any(fnmatch(name, pattern) for name in names), pattern


@pytest.mark.parametrize("name", PROJECT["project"]["license-files"])
def test_the_licence_of_rnncli_is_there(name):
    """The file that pyproject.toml names."""
    assert PROJECT["project"]["license"] in (ROOT / name).read_text(encoding="utf-8")
