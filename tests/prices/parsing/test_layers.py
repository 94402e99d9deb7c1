"""The parts of the reader are a chain: each builds on earlier ones only."""

import ast
from pathlib import Path

import pytest
from each import assert_each

import rnncli.prices.parsing

NAME = "rnncli.prices.parsing"
PACKAGE = Path(rnncli.prices.parsing.__file__).parent
# Each line may import from the lines below it only, and a part from itself.
LAYERS = """
    checks
    quality
    table
    columns
    grid
    source
    values
    vocabulary check
"""
RANKS = {name: -number for number, line in enumerate(LAYERS.split("\n")) for name in line.split()}
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE] + [
    path for path in sorted(PACKAGE.glob("*.py")) if path.name != "__init__.py"
]


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    """The parts of the reader that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == NAME:
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{NAME}."):
            names.add((node.module or "").split(".")[3])
        elif isinstance(node, ast.Import):
            names |= {a.name.split(".")[3] for a in node.names if a.name.startswith(f"{NAME}.")}
    return names


def test_every_part_has_its_place_in_the_chain():
    """The table names the parts that there are, and no more."""
    assert {part_of(path) for path in FILES} == set(RANKS)


def test_a_part_imports_from_earlier_ones_only():
    """What a file is read by comes before it: source, grid, columns, table, quality."""

    def imports_from_earlier_ones_only(path):
        others = imports_of(path) - {part_of(path)}
        assert [name for name in others if RANKS[name] >= RANKS[part_of(path)]] == []

    assert_each(imports_from_earlier_ones_only, FILES)


@pytest.mark.parametrize(
    "folder",
    [p for p in sorted(PACKAGE.iterdir()) if (p / "__init__.py").exists()],
    ids=lambda p: p.name,
)
def test_a_part_says_what_goes_in_and_out_and_lists_its_modules(folder):
    """The docstring of a part is its table of contents."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert "In:" in text
    assert "Out:" in text
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    listed = {line.split()[0] for line in text.splitlines() if line.startswith("    ")}
    assert listed == modules


def test_no_module_is_too_long_to_read_in_one_go():
    """A module holds one subject."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: length for path, length in lengths.items() if length > 300} == {}
