"""What a night may do to a run: cold and broken caches, bare environments, pipes, Ctrl-C. By hand.

    python tests/tools/run_faults.py [--only cold,caches,bare,pipes,interrupts] [--times 20]

A row each, with how many of the runs were as they should be. `caches` and `bare` mount file systems
of their own for what root cannot be refused, in a namespace of mounts (`unshare`), where it may.
"""

import argparse
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MARKET = Path(__file__).parents[2] / "data" / "market.csv"
RNNCLI = [sys.executable, "-m", "rnncli"]
TOGETHER = 32  # processes on one cold cache
SOON = 0.5  # seconds in which a signal ends a run
LONG = ["--epochs", "100000", "--patience", "100000"]
NAMESPACE = ["unshare", "--mount", "--map-root-user", "sh", "-euc"]
Row = tuple[str, bool]


class Place:
    """A model, what it forecasts, and a compile cache that was filled on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache, self.model = folder, folder / "cache", folder / "m"
        self.forecast = [*RNNCLI, "predict", str(self.model), str(MARKET), "-q"]
        options = ["--epochs", "1", "--hidden-size", "4", "-q"]
        train = [*RNNCLI, "train", str(MARKET), "-o", str(self.model), *options]
        subprocess.run(train, check=True, env=self.env(), stdout=subprocess.DEVNULL)
        self.expected = subprocess.run(
            self.forecast, check=True, env=self.env(), capture_output=True
        ).stdout

    def env(self, **changes: str) -> dict[str, str]:
        """The environment with a cache of our own."""
        return {**os.environ, "XDG_CACHE_HOME": str(self.cache), **changes}

    def right(self, command: list[str], **options: object) -> bool:
        """Whether a run forecasts what it should and says nothing else."""
        done = subprocess.run(command, check=False, capture_output=True, **options)  # type: ignore[call-overload]  # env, cwd
        found = (done.returncode, done.stdout, done.stderr) == (0, self.expected, b"")
        if not found:
            print(done.returncode, done.stderr[:300], file=sys.stderr)
        return found

    def mounted(self, mounts: str, env: dict[str, str]) -> bool:
        """The same after some mounts in a namespace of its own."""
        return self.right([*NAMESPACE, f'{mounts}; exec "$@"', "-", *self.forecast], env=env)


def cold(place: Place, times: int) -> Iterator[Row]:
    """Many processes at once on a cache that is empty."""
    for number in range(times):
        cache = place.folder / f"cold{number}"
        cache.mkdir(mode=0o700)
        env = place.env(XDG_CACHE_HOME=str(cache))
        with ThreadPoolExecutor(TOGETHER) as pool:
            found = list(pool.map(lambda _: place.right(place.forecast, env=env), range(TOGETHER)))  # noqa: B023 - ends here
        yield f"{TOGETHER} processes on a cold cache", all(found)
        shutil.rmtree(cache)


def caches(place: Place, _: int) -> Iterator[Row]:
    """A cache that is torn, garbage, another user's, read-only, full."""
    for name, spoil in (("torn", _tear), ("garbage", _garble), ("another user's", _give_away)):
        cache = place.folder / name.replace(" ", "")
        shutil.copytree(place.cache, cache)
        spoil(cache)
        yield f"{name} cache", place.right(place.forecast, env=place.env(XDG_CACHE_HOME=str(cache)))
    yield (
        "read-only cache",
        place.mounted(
            f"mount --bind {place.cache} {place.cache}; mount -o remount,ro,bind {place.cache}",
            place.env(),
        ),
    )
    full = place.folder / "full"
    full.mkdir(mode=0o700)
    yield (
        "full cache",
        place.mounted(
            f"mount -t tmpfs -o size=64k,mode=700 none {full}", place.env(XDG_CACHE_HOME=str(full))
        ),
    )


def _kept(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def _tear(cache: Path) -> None:
    for path in _kept(cache):
        os.truncate(path, path.stat().st_size // 2)


def _garble(cache: Path) -> None:
    for path in _kept(cache):
        path.write_bytes(random.Random(path.name).randbytes(path.stat().st_size))  # noqa: S311 - no secret


def _give_away(cache: Path) -> None:
    for path in [cache, *cache.rglob("*")]:
        os.chown(path, 65534, 65534)


def bare(place: Place, _: int) -> Iterator[Row]:
    """No environment, no home, no UTF-8, nothing that can be written but the output."""
    yield "env -i", place.right(["env", "-i", *place.forecast])
    lost = place.env(HOME="/nowhere")
    del lost["XDG_CACHE_HOME"]
    yield "no home", place.right(place.forecast, env=lost, cwd="/")
    yield "LC_ALL=C", place.right(place.forecast, env=place.env(LC_ALL="C", LANG="C"))
    out = place.folder / "out"
    out.mkdir()
    words = [*place.forecast, "--ledger", str(out / "ledger.db")]
    mounts = f"mount --bind {out} {out}; mount -o remount,ro,bind /"
    shell = [*NAMESPACE, f'{mounts}; exec "$@"', "-", *words]
    yield "read-only but for the output", place.right(shell, env=lost)


def pipes(place: Place, _: int) -> Iterator[Row]:
    """A reader that leaves, a closed and a full stdout, in every command that prints."""
    model, market = str(place.model), str(MARKET)
    commands = {
        "predict": ["predict", model, market, "--horizon", "300"],
        "inspect": ["inspect", market], "gradients": ["gradients", model, market],
        "evaluate": ["evaluate", model, market, "--folds", "12", "--horizon", "1"],
        "statland": ["statland"], "unroll": ["unroll", "--days", "3000"],
    }  # fmt: skip
    shapes = {"| true": (141,), ">&-": (74,), "> /dev/full": (74,)}
    for name, words in commands.items():
        for shape, statuses in shapes.items():
            ask = "${PIPESTATUS[0]}" if "|" in shape else "$?"
            script = f'"$@" -q {shape}; exit {ask}'
            done = subprocess.run(
                ["/bin/bash", "-c", script, "-", *RNNCLI, *words], capture_output=True, check=False,
                env=place.env(),
            )  # fmt: skip
            said = done.stderr.decode()
            fine = done.returncode in statuses and said.count("\n") == (141 not in statuses)
            if not fine:
                print(name, shape, done.returncode, said[:300], file=sys.stderr)
            yield f"{name} {shape}", fine


def interrupts(place: Place, times: int) -> Iterator[Row]:
    """Ctrl-C on a terminal at random moments of a training; a loop of a shell stops with it."""
    moments = random.Random(0)  # noqa: S311 - no secret
    for number in range(times):
        out = place.folder / f"i{number}"
        out.mkdir()
        words = [*RNNCLI, "train", str(MARKET), "-o", str(out / "m"), *LONG]
        seconds, status = _interrupted(words, moments.uniform(0.1, 4), place.env())
        ended = status == -signal.SIGINT and seconds < SOON and not list(out.iterdir())
        if not ended:
            print(seconds, status, list(out.iterdir()), file=sys.stderr)
        yield "Ctrl-C on a terminal", ended
    loop = 'for i in 1 2 3; do "$@" -o "$0$i"; touch "$0$i.after"; done'
    out = place.folder / "loop"
    out.mkdir()
    words = ["/bin/bash", "-c", loop, str(out / "m"), *RNNCLI, "train", str(MARKET), *LONG]
    seconds, _ = _interrupted(words, 3, place.env())
    yield "Ctrl-C in a shell's loop", seconds < SOON and not list(out.iterdir())


def _interrupted(words: list[str], after: float, env: dict[str, str]) -> tuple[float, int]:
    """Press Ctrl-C on the terminal of a process; seconds until its end, and its status."""
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores it
        os.execvpe(words[0], words, env)  # noqa: S606 - our own command
    time.sleep(after)
    pressed = time.monotonic()
    os.write(terminal, b"\x03")
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done or time.monotonic() - pressed > 20 * SOON:
            break
        time.sleep(0.005)
    seconds = time.monotonic() - pressed
    os.close(terminal)
    return seconds, os.waitstatus_to_exitcode(status) if done else 0


KINDS: dict[str, Callable[[Place, int], Iterator[Row]]] = {
    "pipes": pipes, "interrupts": interrupts, "bare": bare, "caches": caches, "cold": cold,
}  # fmt: skip


def main() -> None:
    """Every kind of fault, a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--times", type=int, default=20, help="of what is left to chance")
    arguments = parser.parse_args()
    tally: dict[str, list[bool]] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        for kind in arguments.only.split(","):
            for name, fine in KINDS[kind](place, arguments.times):
                tally.setdefault(name, []).append(fine)
    for name, found in tally.items():
        print(f"{sum(found):3} of {len(found):3}  {name}")
    sys.exit(not all(all(found) for found in tally.values()))


if __name__ == "__main__":
    main()
