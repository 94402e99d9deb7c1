"""How fast rnncli trains, beside PyTorch and JAX on the same work. Run by hand.

    pip install -e '.[bench]'
    python tests/benchmarks/training.py [--hidden 8,32] [--series 128] [--json results.json]

All train on the same simulated returns from the same weights, with the same loss (squared error of
every day), the same days of back-propagation, the same update (clipped by global norm, Adam) and
in float32; they take turns, and the best lap of each one's best variant counts. No time is
printed before the losses of all agree to 1e-4. The parts, chosen by --only:

    equal     every series 1,259 days, all of them one batch
    unequal   44 to 1,259 days: what is lost to padding is the time a step takes more
    alone     64 series, one a step: each is one update, as `rnncli train --batch-size 1` does it
    outside   share of rnncli's time in which no kernel runs: optimiser, clipping, batching, Python
"""

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import machine
import ours
from contest import DisagreementError
from measurements import PARTS, Options, Row, rows

CELLS, PEERS = ("rnn", "gru", "lstm"), ("torch", "jax")
Item = TypeVar("Item")


def main() -> None:
    """Measure, print each row as it comes, and write all of them."""
    parser = make_parser()
    arguments = parser.parse_args()
    options = checked(parser, arguments)
    facts = machine.describe()
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    print(f"{facts['cpu']}, {facts['cores']} cores, Python {facts['python']}, {versions}")
    rows_measured: list[Row] = []
    try:
        for row in rows(options):
            rows_measured.append(row)
            print(SHOWN[row["part"]](row), flush=True)
            hold_to_best_product(rows_measured)
            if arguments.json:  # after every row: what was measured is kept whatever comes
                text = json.dumps({"machine": facts, "rows": rows_measured}, indent=1)
                arguments.json.write_text(text + "\n", encoding="utf-8")
    except DisagreementError as fault:
        sys.exit(f"the losses do not agree: {fault}")


def hold_to_best_product(rows_measured: list[Row]) -> None:
    """Hold every row to the fastest matrix product of the run: a busy moment flatters no one."""
    measured = [row for row in rows_measured if "matrix_rates" in row]
    best = [max(rates) for rates in zip(*(row["matrix_rates"] for row in measured), strict=True)]
    for row in measured:
        row["matrix_rates"] = best
        row["matrix_share"] = row["operations_per_second"] / max(best)


def make_parser() -> argparse.ArgumentParser:
    """The options; the defaults are a quick look of about five minutes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=many(str), default=PARTS, help="parts, of the above")
    parser.add_argument("--cells", type=many(str), default=CELLS, help="rnn,gru,lstm")
    parser.add_argument("--hidden", type=many(int), default=(8, 32), help="8,16,32,64,128,256")
    parser.add_argument("--series", type=many(int), default=(128,), help="64,128,512")
    parser.add_argument("--bptt", type=int, default=0, help="days gradients flow back (0: all)")
    parser.add_argument("--peers", type=many(str), default=PEERS, help="torch,jax, or none")
    parser.add_argument("--turns", type=int, default=3, help="after a first short one")
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn, about")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    return parser


def many(kind: Callable[[str], Item]) -> Callable[[str], tuple[Item, ...]]:
    """Values of a kind, separated by commas."""

    def values(text: str) -> tuple[Item, ...]:
        return tuple(kind(part) for part in text.split(",") if part)

    return values


def checked(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> Options:
    """Options that can be measured; peers that are not installed are left out with a line."""
    if unknown := set(arguments.only) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if min(arguments.series) < ours.FEWEST_SERIES:
        parser.error(f"rnncli cuts fewer than {ours.FEWEST_SERIES} series into pieces")
    wanted = [name for name in PEERS if name in arguments.peers]
    peers = tuple(name for name in wanted if importlib.util.find_spec(name))
    for name in sorted(set(wanted) - set(peers)):
        print(f"{name} is not installed: left out")
    return Options(
        parts=arguments.only,
        cells=arguments.cells,
        hidden_sizes=arguments.hidden,
        series=arguments.series,
        bptt=arguments.bptt,
        peers=peers,
        turns=arguments.turns,
        seconds=arguments.seconds,
    )


def title(row: Row) -> str:
    """What a row measured."""
    bptt = f"bptt {row['bptt']}" if row["bptt"] else "full bptt"
    return (
        f"{row['part']:8}{row['cell']:5}{row['series']:4} series  hidden {row['hidden_size']:3}"
        f"  {bptt}:"
    )


def rates(row: Row) -> str:
    """Millions of time steps a second of each party's best variant, and the ratios."""
    parts = []
    for party, best in row["best"].items():
        variants = row["rates"][party]
        parts.append(f"{party} {best / 1e6:.3g} M/s ({max(variants, key=variants.__getitem__)})")
    parts += [f"{ratio:.2f} x {party}" for party, ratio in row["over"].items()]
    parts.append(f"{row['threads_gain']:.2f} x by threads")
    parts.append(f"losses {row['losses_apart']:.0e} apart")
    return f"{title(row)} {', '.join(parts)}"


def share(row: Row) -> str:
    """The rates, and how near they are to the machine's matrix product."""
    products = " and ".join(f"{rate / 1e9:.0f}" for rate in row["matrix_rates"])
    return (
        f"{rates(row)}, {row['operations_per_second'] / 1e9:.1f} GFLOP/s:"
        f" {row['matrix_share']:.0%} of the product's {products}"
    )


def padding(row: Row) -> str:
    """The rates, and what rnncli loses to series of unequal length."""
    return f"{rates(row)}, lost to padding: {row['lost_to_padding']:.0%}"


def outside(row: Row) -> str:
    """The share of a step outside the kernels."""
    shares = [f"{part:.1%} with {n} thread(s)" for n, part in row["share"].items()]
    return f"{title(row)} {', '.join(shares)} outside the kernels"


SHOWN = {"equal": share, "unequal": padding, "alone": rates, "outside": outside}


if __name__ == "__main__":
    main()
