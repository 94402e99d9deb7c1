"""Break a save at every call that it makes, by strace: killed, disk full, I/O error. By hand.

    python tests/tools/save_faults.py

A training that replaces an older model is run under strace once to list the calls that touch the
folder of the model: opening the temporary file, write, mode, fsync, rename, and those of the
folder. Then it is run again for each of them, killed right after it or failing there. After a kill
the model holds the older bytes or the new ones; after a fault the status is 73 or 74, there is one
line on stderr, the older model is there and nothing lies beside it.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARKET = Path(__file__).parents[2] / "data" / "market.csv"
CALLS = "openat,write,fchmod,fsync,rename"
OPTIONS = ["--symbols", "S00009", "--epochs", "1", "--hidden-size", "2", "--threads", "1"]
FAULTS = ("signal=SIGKILL", "error=ENOSPC", "error=EIO")


@dataclass(frozen=True)
class Call:
    """The `number`-th call of a name in a run, and what is open or named in it."""

    name: str
    number: int
    what: str


def main() -> None:
    """List the calls, break each, say what was left."""
    if shutil.which("strace") is None:
        sys.exit("needs strace")
    with tempfile.TemporaryDirectory() as base:
        older = trained(Path(base) / "older", "--seed", "1")
        newer = trained(Path(base) / "newer")
        calls = list(listed(Path(base), older))
        print(f"{len(calls)} calls: {', '.join(call.name for call in calls)}")
        wrong = [
            f"{call.name} {call.number} ({call.what}), {fault}: {found}"
            for call in calls
            for fault in FAULTS
            if (found := broken(Path(base), call, fault, older, newer))
        ]
    print("\n".join(wrong))
    count = len(calls) * len(FAULTS)
    print(f"{count - len(wrong)} of {count} as they should be")
    sys.exit(bool(wrong))


def command(model: Path, *options: str) -> list[str]:
    """A training of a second."""
    return [sys.executable, "-m", "rnncli", "train", str(MARKET), "-o", str(model), "-q",
            *OPTIONS, *options]  # fmt: skip


def trained(folder: Path, *options: str) -> bytes:
    """The bytes of a model."""
    folder.mkdir()
    subprocess.run(command(folder / "m", *options), check=True, stdout=subprocess.DEVNULL)
    return (folder / "m").read_bytes()


def traced(folder: Path, log: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    """A run under strace; `log` gets the calls, with the paths of what is open."""
    # its filter in the kernel, which is faster, loses SIGKILL
    words = ["strace", "-f", "-y", "-qq", "-o", str(log), "-e", f"trace={CALLS}"]
    return subprocess.run(
        [*words, *options, *command(folder / "m")], capture_output=True, check=False
    )


def listed(base: Path, older: bytes) -> Iterator[Call]:
    """The calls of a run that touch its folder."""
    folder, log = base / "listed", base / "log"
    folder.mkdir()
    (folder / "m").write_bytes(older)
    traced(folder, log)
    seen = Counter[str]()
    for line in log.read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\((.*)", line)
        if not found or "resumed" in line:
            continue
        name, rest = found.groups()
        seen[name] += 1
        if f"{folder}" in rest.replace(f"AT_FDCWD<{folder}>", ""):
            yield Call(name, seen[name], rest.split(",")[0][:60])


def broken(base: Path, call: Call, fault: str, older: bytes, newer: bytes) -> str | None:
    """What is wrong after a run in which a call was broken; None for nothing."""
    folder = base / f"{call.name}{call.number}{fault}"
    folder.mkdir()
    model = folder / "m"
    model.write_bytes(older)
    done = traced(folder, base / "log", "-e", f"inject={call.name}:{fault}:when={call.number}")
    left = sorted(path.name for path in folder.iterdir() if path.name != "m")
    content = model.read_bytes() if model.exists() else b""
    if fault.startswith("signal"):
        if done.returncode not in (-9, 137):
            return f"was not killed: status {done.returncode}"
        return None if content in (older, newer) else "torn"
    said = done.stderr.decode()
    if done.returncode == 0:  # a fault that costs nothing, such as of a folder's fsync
        return None if content == newer and not said else f"status 0, {said!r}"
    if done.returncode not in (73, 74) or said.count("\n") != 1:
        return f"status {done.returncode}, {said!r}"
    kept = [name for name in left if name != "m.new"]  # a whole model, which the line names
    return None if content == older and not kept else f"left {left}"


if __name__ == "__main__":
    main()
