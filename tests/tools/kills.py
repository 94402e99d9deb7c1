"""Kill a training at random moments, go on, and compare its model with one never killed. By hand.

    python tests/tools/kills.py [--times 50] [--seed 0] [-- OPTIONS OF TRAIN]

Each time `rnncli train --checkpoint-every 1 --resume` is killed (SIGKILL) at a moment drawn evenly
over the time a whole run takes, then run again to its end. A row says what the kill left. The
status is 0 where every model has the bytes of the straight run and nothing else lies beside it.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MARKET = Path(__file__).parents[2] / "data" / "market.csv"
OPTIONS = ["-q", "--hidden-size", "16", "--epochs", "250", "--patience", "250"]


def main() -> None:
    """Kill, go on, compare; a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("options", nargs="*", default=OPTIONS, help="of train")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        straight, seconds = straight_run(Path(folder) / "straight", arguments.options)
        print(f"straight run: {seconds:.2f} s, {len(straight)} bytes")
        print(f"{'kill':>4}  {'after':>7}  {'left':32}  {'epochs done':>11}  end")
        moments = random.Random(arguments.seed)  # noqa: S311 - nothing is kept secret with it
        equal = 0
        for number in range(1, arguments.times + 1):
            place, after = Path(folder) / f"k{number}", moments.uniform(0, seconds)
            place.mkdir()
            kill_after(after, command(place / "m", arguments.options))
            left, done = found(place)
            same = goes_on(place, arguments.options, straight)
            equal += same
            end = "same bytes" if same else "DIFFERENT"
            print(f"{number:4}  {after:6.3f}s  {left:32}  {done:>11}  {end}", flush=True)
    print(f"{equal} of {arguments.times} end in the bytes of the straight run")
    sys.exit(equal < arguments.times)


def command(model: Path, options: list[str]) -> list[str]:
    """A training that can be killed and goes on."""
    whole = [*options, "--checkpoint-every", "1", "--resume"]
    return [sys.executable, "-m", "rnncli", "train", str(MARKET), "-o", str(model), *whole]


def straight_run(model: Path, options: list[str]) -> tuple[bytes, float]:
    """The model of a training without checkpoints, and the time of one with (its second run)."""
    plain = [sys.executable, "-m", "rnncli", "train", str(MARKET), "-o", str(model), *options]
    subprocess.run(plain, check=True, capture_output=True)
    started = time.monotonic()
    subprocess.run(command(model.with_name("timed"), options), check=True, capture_output=True)
    return model.read_bytes(), time.monotonic() - started


def kill_after(seconds: float, words: list[str], place: Path | None = None) -> bool:
    """Start a process and kill it, unless it ends before; whether it was killed."""
    with subprocess.Popen(
        words, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
        return False


def found(place: Path) -> tuple[str, str]:
    """What lies in the folder, and how many epochs the checkpoint holds."""
    names = sorted(path.name for path in place.iterdir())
    shown = ", ".join("a temporary file" if name.endswith(".tmp") else name for name in names)
    checkpoint = place / "m.checkpoint"
    if not checkpoint.exists():
        return shown or "nothing", "-"
    data = checkpoint.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    content = json.loads(header["__metadata__"]["rnncli"])
    return shown, str(len(content["values"]["epochs"]))


def goes_on(place: Path, options: list[str], straight: bytes) -> bool:
    """Whether the next run ends well, in the same bytes, and leaves no checkpoint."""
    done = subprocess.run(command(place / "m", options), check=False, capture_output=True)
    if done.returncode or done.stderr:
        print(done.returncode, done.stderr.decode(), file=sys.stderr)
        return False
    left = {path.name for path in place.iterdir() if not path.name.endswith(".tmp")}
    return left == {"m"} and (place / "m").read_bytes() == straight


if __name__ == "__main__":
    main()
