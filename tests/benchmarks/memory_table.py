"""Make the guide's table of memory tasks from what `memory.py --json` wrote. Run by hand.

    python tests/benchmarks/memory_table.py RESULTS.json [MORE.json] [--guide FILE]

Writes between the two marker comments of the guide, and nothing else. Rows of the guide that
RESULTS.json has no run of stay as they are.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from memory_tasks import SOLVED

ROOT = Path(__file__).parents[2]
START = "<!-- memory: made by tests/benchmarks/memory_table.py -->"
END = "<!-- /memory -->"
MEMORY = "memory"
TORCH = "2.13.0+cpu"  # of the rows that are there, where no run is beside PyTorch
Row = dict[str, Any]
Table = dict[tuple[str, str, str], dict[str, str]]  # task, cell, clip -> column -> text


def main() -> None:
    """Put the table into the guide."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--guide", type=Path, default=ROOT / "rnncli/guides/cells.md")
    arguments = parser.parse_args()
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in arguments.results]
    text = arguments.guide.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    section, end, after = rest.partition(END)
    if not (start and end):
        sys.exit(f"{arguments.guide} lacks the markers; put these in:\n{START}\n{END}")
    rows = [row for results in contents for row in results["rows"]]
    lines = section_of(rows, table_in(start + section))
    text = "\n".join(["", "", *lines, "", ""])
    arguments.guide.write_text(before + START + text + END + after, encoding="utf-8")


def section_of(rows: list[Row], table: Table) -> Iterator[str]:
    """Lines of the section: what the cells of the table are, and the table with the runs in it."""
    versions = {row["torch"]["version"] for row in rows if row["torch"]}
    peer = ", ".join(sorted(versions)) or TORCH
    yield f"Steps of 64 sequences until the mean squared error is below {SOLVED}; no: not within"
    yield f"{rows[0]['steps']}; -: not measured. In brackets PyTorch {peer}, from the same weights"
    yield "and batches. Memory: of the gradient report on 400 days, for the network trained on 100."
    yield "Where there are several numbers, they are from other start weights and batches."
    yield ""
    for same in by_network(rows):
        key = (same[0]["task"], name_of(same[0]), str(same[0]["clip_norm"] or "none"))
        shown = table.setdefault(key, {})
        for days in {row["days"] for row in same}:
            shown[f"{days} days"] = ended([row for row in same if row["days"] == days])
        if trained := [row["memory"] for row in same if row["days"] == 100]:
            shown[MEMORY] = listed(trained)
    headings = {heading for shown in table.values() for heading in shown} - {MEMORY}
    columns = [*sorted(headings, key=lambda heading: int(heading.split()[0])), MEMORY]
    yield f"| task | cell | clip | {' | '.join(columns)} |"
    yield f"|---|---|---:|{'---:|' * len(columns)}"
    for key in sorted(table, key=lambda key: key[0]):
        yield f"| {' | '.join([*key, *(table[key].get(column, '-') for column in columns)])} |"


def table_in(section: str) -> Table:
    """The table of a section of the guide, as it is."""
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    if not lines:
        return {}
    columns = lines[0][3:]
    return {(row[0], row[1], row[2]): dict(zip(columns, row[3:], strict=True)) for row in lines[2:]}


def by_network(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """The rows of one task, cell, start and clipping, in the order of the first of each."""
    names = ("task", "cell", "layers", "activation", "init", "forget_bias", "clip_norm")
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["seed"]):
        groups.setdefault(tuple(row.get(name) for name in names), []).append(row)
    return groups.values()


def name_of(row: Row) -> str:
    """The cell, with what its start is known by."""
    if row["cell"] == "lstm":
        return f"lstm, forget bias {row['forget_bias']:g}"
    if row["cell"] == "rnn":
        return f"rnn {row['activation']}, {row['init']}"
    layers = row.get("layers", 1)
    return str(row["cell"]) if layers == 1 else f"{row['cell']}, {layers} layers"


def ended(rows: list[Row]) -> str:
    """After how many steps each seed was solved, PyTorch in brackets; no: not at all."""
    ours = listed(steps(row["ours"]) for row in rows)
    torch = [steps(row["torch"]) for row in rows if row["torch"]]
    return f"{ours} ({listed(torch)})" if torch else ours


def steps(result: dict[str, Any]) -> str:
    """How many steps a run took, if they were enough."""
    return str(result["steps"]) if result["error"] < SOLVED else "no"


def listed(values: Iterable[Any]) -> str:
    """Values with commas between; one alone where all are the same."""
    texts = [str(value) for value in values]
    return ", ".join(texts if len(set(texts)) > 1 else texts[:1]) or "-"


if __name__ == "__main__":
    main()
