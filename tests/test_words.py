"""Plain words: phrases that stand in for a noun are not in help, messages, guides or docstrings.

The rules and the words to use are in .github/CONTRIBUTING.md.
"""

import ast
import re
from pathlib import Path

import pytest
from each import assert_each

from rnncli.cli.app import program

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rnncli"
BANNED = (
    r"h[eo]ld (forecasts )?against", r"what came( of it| since)?\b", r"what comes\b",
    r"squashing", r"\bis no (time|name|ledger|list|number|date|day|table)\b",
    r"\bis none of\b", r"\bis neither\b", r"whoever", r"whatever (it|a run) died of", r"is at it\b",
    r"side by side", r"so many\b", r"so manyth", r"of late\b", r"tenth by tenth",
    r"a check of sanity", r"days held back", r"share of each", r"in vain",
    r"every number", r"a row that is none", r"none of them\b", r"\bgo(es)? on from\b",
    r"of (its|their|the model's) own (errors|quantiles|distribution)\b", r"a model of its own\b",
    r"\bis there and is\b", r"\bmade if need be\b",
    r"trained anew", r"bounds held?\b", r"which stand\b", r"yet to come", r"is no choice",
    r"(?<!there )is no (model|ledger|state|checkpoint|log|folder|address|column|symbol)\b",
    r"what it comes to", r"\bcame to lie\b", r"\bhold forecasts\b",
)  # fmt: skip
PATTERN = re.compile("|".join(BANNED), re.IGNORECASE)


def stand_ins(text: str) -> list[str]:
    """Banned phrases of a text."""
    return [match[0] for match in PATTERN.finditer(text)]


def texts_of(path: Path) -> list[str]:
    """Docstrings and other texts of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [text for text in constants if isinstance(text, str)]


def docstrings_of(path: Path) -> list[str]:
    """Docstrings of a module, its classes and its functions."""
    parts = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [ast.get_docstring(node) or "" for node in nodes if isinstance(node, parts)]


def modules() -> list[Path]:
    """Modules in plain words."""
    return list(PACKAGE.rglob("*.py"))


@pytest.mark.slow
def test_docstrings_and_messages_name_the_noun() -> None:
    """No stand-in in any module."""

    def name_the_noun(path: Path) -> None:
        assert [phrase for text in texts_of(path) for phrase in stand_ins(text)] == []

    assert_each(name_the_noun, sorted(modules()))


@pytest.mark.parametrize(
    "document", ["README.md", *sorted(f.name for f in (PACKAGE / "guides").glob("*.md"))]
)
def test_documents_name_the_noun(document: str) -> None:
    """README and guides are held to the same; outputs in them too."""
    path = ROOT / document if document == "README.md" else PACKAGE / "guides" / document
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"))
    assert stand_ins(text) == []


@pytest.mark.slow
def test_docstrings_of_tests_name_the_noun() -> None:
    """What a test shows is read as often as the code."""
    said = {
        str(path.relative_to(ROOT)): phrases
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if (phrases := [p for text in docstrings_of(path) for p in stand_ins(text)])
    }
    assert said == {}


def test_help_names_the_noun() -> None:
    """Every command and option."""
    group = program()
    for name, command in group.commands.items():
        texts = [command.help, *(parameter.help for parameter in command.params)]
        assert [phrase for text in texts for phrase in stand_ins(text)] == [], name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--every 7: is no time; say 7d", ["is no time"]),
        ("Hold forecasts against what came", ["Hold forecasts against", "what came"]),
        ("--every 7: is not a duration; use 7d", []),
    ],
)
def test_the_rule_sees_a_stand_in(text: str, expected: list[str]) -> None:
    """It can fail."""
    assert stand_ins(text) == expected
