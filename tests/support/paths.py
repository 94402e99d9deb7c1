"""Folders that the tests read from."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
DATA = ROOT / "data"
GOLDEN = TESTS / "golden"
SUPPORT = TESTS / "support"
TOOLS = TESTS / "tools"
