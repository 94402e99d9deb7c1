"""The list of checks is whole: every refusal and every count of the reader is in it."""

import ast
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import corpus_bars  # noqa: F401 - adds its cases
import corpus_beside  # noqa: F401 - adds its cases
import corpus_headers  # noqa: F401 - adds its cases
import corpus_pasted  # noqa: F401 - adds its cases
import corpus_vendors  # noqa: F401 - adds its cases
import pytest
from corpus import CASES
from each import assert_each

import rnncli.prices.parsing
from rnncli.prices.parsing.check import Severity
from rnncli.prices.parsing.checks import CHECKS
from rnncli.prices.parsing.quality.file_report import NOTES
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings

PACKAGE = Path(rnncli.prices.parsing.__file__).parent
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name not in {"check.py", "checks.py"}
}
OTHERS = {"UsageError", "MissingInputError", "BadDateError"}  # of options, paths and single cells
COUNTED = {
    "dropped": {Severity.DROP, Severity.NOTE},
    "mended": {Severity.REPAIR},
    "noticed": {Severity.WARN},
}


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("rnncli.prices.parsing", *parts))


def functions(tree: ast.AST, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.AST]]:
    """Qualified name of every function with each of the nodes in it, inner functions aside."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from functions(node, (*inside, node.name))
        else:
            yield ".".join(inside), node
            yield from functions(node, inside)


def raised(node: ast.AST) -> set[str]:
    """Names in what a raise statement raises; nothing for other statements and `raise` alone."""
    if not isinstance(node, ast.Raise) or node.exc is None:
        return set()
    made = [child.func for child in ast.walk(node.exc) if isinstance(child, ast.Call)]
    return {name.id if isinstance(name, ast.Name) else ast.unparse(name) for name in made}


def refusals() -> Counter[str]:
    """How often each function raises a DataError, or what a function makes one of."""
    return Counter(
        f"{module_of(path)}.{function}"
        for path, tree in TREES.items()
        for function, node in functions(tree)
        if (names := raised(node)) and (not names & OTHERS or "DataError" in names)
    )


def test_every_refusal_is_a_check():
    """Each function raises as many errors as there are checks that it makes."""
    listed = Counter(
        f"{check.function.__module__}.{check.function.__qualname__}"
        for check in CHECKS
        if check.severity == Severity.REFUSE
    )
    assert refusals() == listed


def test_every_function_that_refuses_is_listed():
    """`refuse_…` is a promise: such a function is one of the checks."""
    made = {check.function.__qualname__.rpartition(".")[2] for check in CHECKS}
    named = {
        node.name
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("refuse_")
    }
    assert named - made == set()


def texts_of_counts() -> Iterator[tuple[str, str]]:
    """Module and text of every count: keys of dictionaries that are constants or made of one."""
    for path, tree in TREES.items():
        constants = {
            target.id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for name, text in constants.items():
            if isinstance(text, str) and not name.startswith("_") and " " in text.strip():
                yield module_of(path), text


def test_every_text_of_a_count_is_a_check():
    """A constant of several words is what a count is called in the report."""
    listed = {check.summary for check in CHECKS}
    assert [(module, text) for module, text in texts_of_counts() if text not in listed] == []


def test_no_count_is_called_by_a_text_that_is_not_a_constant():
    """Texts that are written where they are counted would be missing in the list."""
    others = {"lines unwrapped", "f'{field} column'", "left out"}  # evidence, and a verb
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            keys = node.keys if isinstance(node, ast.Dict) else []
            if isinstance(node, ast.DictComp):
                keys = [node.key]
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                keys = [node.slice]
            for key in keys:
                text = ast.unparse(key) if isinstance(key, ast.JoinedStr) else ""
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    text = key.value
                assert " " not in text or text in others, (path, text)


@pytest.mark.slow
def test_whatever_is_reported_of_a_file_is_a_check():
    """Each count of the corpus has a check, of the severity by which it is reported."""
    patterns = {
        severity: [as_pattern(check.summary) for check in CHECKS if check.severity == severity]
        for severity in Severity
    }

    def is_a_check(case):
        prices = read_prices(["-"], ReadSettings(**case.settings), io.BytesIO(case.data))
        for report in prices.files:
            for kind, severities in COUNTED.items():
                listed = [pattern for severity in severities for pattern in patterns[severity]]
                for text in getattr(report, kind):
                    assert any(pattern.fullmatch(text) for pattern in listed), text

    assert_each(is_a_check, [c for c in CASES if c.meant is not None], lambda case: case.name)


def as_pattern(summary: str) -> re.Pattern[str]:
    """What a summary looks like once the names between braces are filled in."""
    parts = re.split(r"\{[^}]*\}", summary)
    return re.compile(".*".join(map(re.escape, parts)))


def test_checks_have_names_of_their_own_and_say_what_is_found():
    """A check is called by its name; a summary that is a text of the report may come twice."""
    assert [name for name, count in Counter(c.name for c in CHECKS).items() if count > 1] == []
    assert all(check.summary.strip() and check.summary[-1] != "." for check in CHECKS)


def test_notes_are_what_the_report_does_not_warn_of():
    """The report leaves out of its warning what is usual in such files."""
    assert {check.summary for check in CHECKS if check.severity == Severity.NOTE} == set(NOTES)
