"""Kill a training per series at random moments, go on, and compare its folder. By hand.

    python tests/tools/fleet_kills.py [--times 50] [--seed 0] [--workers] [-- OPTIONS OF TRAIN]

Each time `rnncli train --per-series --jobs 2 --resume` is killed (SIGKILL) at a moment drawn evenly
over the time a whole run takes, then run again to its end. With --workers, not the run but one of
its processes is killed, every half second, and the run must end well all the same. A row says what
the kill left. The status is 0 where every folder has the files and the bytes of the straight run.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MARKET = Path(__file__).parents[2] / "data" / "market.csv"
OPTIONS = ["-q", "--epochs", "40"]
Files = dict[str, bytes]


def main() -> None:
    """Kill, go on, compare; a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--workers", action="store_true", help="kill workers, not the run")
    parser.add_argument("options", nargs="*", default=OPTIONS, help="of train")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        straight, seconds = straight_run(folder / "straight", arguments.options)
        print(f"straight run: {seconds:.2f} s, {len(straight)} models")
        print(f"{'kill':>4}  {'after':>7}  {'left':24}  end")
        moments = random.Random(arguments.seed)  # noqa: S311 - nothing is kept secret with it
        equal = 0
        for number in range(1, arguments.times + 1):
            place, after = folder / f"k{number}", moments.uniform(0, seconds)
            words = command(place, arguments.options)
            left = kill_workers(words) if arguments.workers else kill_after(after, words, place)
            same = goes_on(words) and files(place) == straight
            equal += same
            end = "same files" if same else "DIFFERENT"
            print(f"{number:4}  {after:6.3f}s  {left:24}  {end}", flush=True)
    print(f"{equal} of {arguments.times} end in the files of the straight run")
    sys.exit(equal < arguments.times)


def command(folder: Path, options: list[str]) -> list[str]:
    """A training by two processes that goes on with what is left."""
    whole = ["--per-series", "--resume", "--jobs", "2", *options]
    return [sys.executable, "-m", "rnncli", "train", str(MARKET), "-o", str(folder), *whole]


def files(folder: Path) -> Files:
    """Bytes by name: also of what should not be there."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def straight_run(folder: Path, options: list[str]) -> tuple[Files, float]:
    """The folder of a run that nothing befalls, in one process; the time of one with two."""
    alone = [*command(folder, options), "--jobs", "1"]
    subprocess.run(alone, check=True, capture_output=True)
    started = time.monotonic()
    subprocess.run(command(folder.with_name("timed"), options), check=True, capture_output=True)
    return files(folder), time.monotonic() - started


def kill_after(seconds: float, words: list[str], folder: Path) -> str:
    """Start a run and kill it, unless it ends before; say what it left."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    names = list(files(folder))
    halves = sum(name.endswith(".tmp") for name in names)
    return f"{len(names) - halves} models, {halves} halves"


def kill_workers(words: list[str]) -> str:
    """Start a run and kill one of its processes, twice at most; say how many it was."""
    killed = 0
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None and killed < 2:
            time.sleep(0.5 + random.random())  # noqa: S311 - nothing is kept secret with it
            for pid in workers_of(process.pid)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        said = process.stderr.read() if process.stderr else b""
        if process.wait() or said:
            print(process.returncode, said.decode(), file=sys.stderr)
            return "FAILED"
    return f"{killed} workers killed"


def workers_of(pid: int) -> list[int]:
    """Processes that train for one."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(c) for c in listed if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]
    except OSError:
        return []


def goes_on(words: list[str]) -> bool:
    """Whether the next run ends well, without a word on standard error."""
    done = subprocess.run(words, check=False, capture_output=True)
    if done.returncode or done.stderr:
        print(done.returncode, done.stderr.decode(), file=sys.stderr)
    return not done.returncode and not done.stderr


if __name__ == "__main__":
    main()
