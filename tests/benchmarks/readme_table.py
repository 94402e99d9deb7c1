"""Make the guide's performance table from what `training.py --json` wrote. Run by hand.

    python tests/benchmarks/readme_table.py RESULTS.json [--guide rnncli/guides/performance.md]

Writes between the two marker comments of the guide, and nothing else; the rows of `equal` are
the table, the other parts are sentences below it.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START = "<!-- performance: made by tests/benchmarks/readme_table.py -->"
END = "<!-- /performance -->"
NAMES = {"ours": "rnncli", "torch": "PyTorch", "jax": "JAX"}
Row = dict[str, Any]


def main() -> None:
    """Put the table into the guide."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--guide", type=Path, default=ROOT / "rnncli/guides/performance.md")
    arguments = parser.parse_args()
    results = json.loads(arguments.results.read_text(encoding="utf-8"))
    text = arguments.guide.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        sys.exit(
            f"{arguments.guide} lacks the markers; put these where it belongs:\n{START}\n{END}"
        )
    section = "\n".join(["", "", *section_of(results), "", ""])
    arguments.guide.write_text(before + START + section + END + after, encoding="utf-8")


def section_of(results: dict[str, Any]) -> Iterator[str]:
    """Lines of the section: what was measured and where, the table, what else was found."""
    rows: list[Row] = results["rows"]
    facts = results["machine"]
    libraries = {"PyTorch": facts["versions"].get("torch"), "JAX": facts["versions"].get("jax")}
    versions = ", ".join(f"{name} {version}" for name, version in libraries.items() if version)
    equal = [row for row in rows if row["part"] == "equal"]
    yield "Million time steps trained a second, float32, loss on every day, clipping and Adam"
    yield f"included, the best form of each on {facts['cores']} cores ({facts['cpu']}; {versions}):"
    yield ""
    yield from table(equal)
    sentences = [SENTENCES[row["part"]](row) for row in rows if row["part"] in SENTENCES]
    if sentences:
        yield ""
        yield from sentences


def table(rows: list[Row]) -> Iterator[str]:
    """Markdown table, a line a row, numbers to the right."""
    parties = [name for name in NAMES if any(name in row["best"] for row in rows)]
    ratios = len(parties) > 1
    heads = ["cell", "series", "hidden", "days back", *(NAMES[p] for p in parties)]
    heads += ["over the faster"] * ratios + ["of matrix product"]
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    for row in rows:
        cells = [row["cell"], row["series"], row["hidden_size"], row["bptt"] or "all"]
        cells += [number(row["best"].get(p)) for p in parties]
        if ratios:
            cells.append(f"{min(row['over'].values()):.1f}x" if row["over"] else "-")
        cells.append(f"{row['matrix_share']:.0%}")
        yield f"| {' | '.join(map(str, cells))} |"


def number(rate: float | None) -> str:
    """Millions, to three digits and without an exponent."""
    if rate is None:
        return "-"
    millions = rate / 1e6
    return f"{millions:.0f}" if millions >= 100 else f"{millions:#.3g}"


def ragged(row: Row) -> str:
    """What unequal lengths cost."""
    return (
        f"- {row['cell']}, {row['series']} series of 44 to 1,259 days, {row['hidden_size']} units:"
        f" {row['lost_to_padding']:.0%} of the time is lost to padding{over(row)}."
    )


def alone(row: Row) -> str:
    """One series a step."""
    return f"- {row['cell']}, one series a step, {row['hidden_size']} units{over(row)}."


def outside(row: Row) -> str:
    """The rest of a step."""
    shares = [f"{share:.0%} with {n} thread{'s' * (n != '1')}" for n, share in row["share"].items()]
    return (
        f"- {row['cell']}, {row['series']} series, {row['hidden_size']} units: outside the kernels"
        f" {' and '.join(shares)}."
    )


def over(row: Row) -> str:
    """The ratios to the peers, as the end of a sentence."""
    ratios = [f"{ratio:.1f} times {NAMES[party]}" for party, ratio in row["over"].items()]
    return f"; {', '.join(ratios)}" if ratios else ""


SENTENCES = {"unequal": ragged, "alone": alone, "outside": outside}


if __name__ == "__main__":
    main()
