"""Record what every command prints and writes, to compare before and after a refactor. By hand.

    python tests/tools/record_outputs.py --output before.json
    … a refactor …
    python tests/tools/record_outputs.py --against before.json

A fixed set of rnncli commands (`record_cases.py`) runs in a temporary folder, on prices that are
written there (`record_inputs.py`) and those in data/. Of each case the exit status is recorded, and
the SHA-256 of standard output, of standard error, and of every file that it wrote or changed; a
file that it removed is `removed`. What differs by clock or place alone is evened out first; what
that is stands in `record_normal.py`.

Commands run as processes, and nothing of rnncli is imported here, so one copy of these four scripts
records any commit: `--tree` names the folder of another one. A recording holds for one machine, one
Python and one set of libraries: floats and what libraries print differ elsewhere.

`--against` lists each case that differs, and in what; the status is 1 if there is any. Help is
listed apart and does not count, since its words change on purpose. `--keep FOLDER` keeps what was
compared as files, so that `diff -r` of two such folders shows how it differs.

`--prices FILE …` adds a way through all commands with those price files, read with the options of
`--reading`: `--prices all.csv.gz --reading '--symbols A,B --until 2015-12-31'`. `--scenes` runs
some scenes only. Progress goes to standard error. The first run on a tree also compiles its
kernels.
"""

import argparse
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from record_cases import SCENES, Cases, models, real
from record_inputs import write_inputs
from record_normal import Normal

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = ("RNNCLI_", "NUMBA_", "PYTHON", "_TYPER", "MPL", "LC_", "DASK_")
UNSET = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "GITHUB_ACTIONS", "TERMINAL_WIDTH", "LANG")
PATIENCE = 300  # seconds that a case may take
ON_TERMINAL = re.compile(r"terminal (\d+) (.*)", re.DOTALL)
Recording = dict[str, dict[str, Any]]
Snapshot = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Outcome:
    """What counts of a case: digests, and the exit status."""

    stdout: str
    stderr: str
    status: int
    files: dict[str, str]


def main() -> None:
    """Record, then print or write it, or compare it."""
    chosen = _arguments()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rnncli-record-") as folder:
        recorder = Recorder(Path(folder), chosen.tree.resolve(), chosen.keep)
        recorder.prepare(chosen.prices)
        found = recorder.record(_scenes(chosen), chosen.workers)
    said = f"{len(found)} cases in {time.monotonic() - began:.0f} seconds"
    print(said, file=sys.stderr)
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")
    if chosen.against:
        before = json.loads(chosen.against.read_text(encoding="utf-8"))
        sys.exit(_tell(_of_scenes(before, found), found))
    if not chosen.output:
        print(text, end="")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the recording there")
    parser.add_argument("--against", type=Path, metavar="FILE", help="recording to compare with")
    parser.add_argument("--tree", type=Path, default=ROOT, help="whose rnncli is run")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep there what is compared")
    parser.add_argument("--scenes", nargs="+", choices=[*SCENES, "real"], help="only these")
    parser.add_argument("--prices", nargs="+", type=Path, default=[], help="real price files")
    parser.add_argument("--reading", default="", metavar="OPTIONS", help="how to read those")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="scenes side by side")
    return parser.parse_args()


def _scenes(chosen: argparse.Namespace) -> dict[str, Cases]:
    """The scenes that are wanted; those of `--prices`, which take long, first."""
    found = {name: cases() for name, cases in SCENES.items()}
    if chosen.prices:
        found = {"real": real([path.name for path in chosen.prices], chosen.reading), **found}
    return {name: cases for name, cases in found.items() if name in (chosen.scenes or found)}


class Recorder:
    """Runs cases in folders of a temporary one, with the rnncli of a tree."""

    def __init__(self, folder: Path, tree: Path, keep: Path | None) -> None:
        self._folder, self._keep = folder, keep
        self._normal = Normal(folder)
        self._environment = _environment(folder, tree)

    def prepare(self, prices: Sequence[Path]) -> None:
        """Write the inputs, and a command `rnncli` that is the one of the tree."""
        inputs, command = self._folder / "inputs", self._folder / "bin" / "rnncli"
        for made in (inputs / "real", command.parent, self._folder / "temporary"):
            made.mkdir(parents=True)
        write_inputs(inputs, ROOT / "data")
        for path in prices:
            (inputs / "real" / path.name).symlink_to(path.resolve())
        command.write_text('#!/bin/sh\nexec "$PYTHON" -m rnncli "$@"\n', encoding="ascii")
        command.chmod(0o755)

    def record(self, scenes: Mapping[str, Cases], workers: int) -> Recording:
        """Run scenes in parallel; those that use the models wait for them."""
        found: Recording = {}
        with ThreadPoolExecutor(workers) as pool:
            ready = pool.submit(self._scene, "models", models())

            def run_scene(name: str, cases: Cases) -> Recording:
                if any(" m/" in line for line in cases.values()):
                    ready.result()
                return self._scene(name, cases)

            others = pool.map(run_scene, scenes, scenes.values())
            for part in (ready.result(), *others):
                found |= part
        return found

    def _scene(self, name: str, cases: Cases) -> Recording:
        """Run the cases of a scene in order, in its folder."""
        began, place = time.monotonic(), self._folder / name
        place.mkdir()
        (place / "in").symlink_to("../inputs")
        (place / "m").symlink_to("../models")
        found = {f"{name}/{case}": asdict(self._case(place, case, cases[case])) for case in cases}
        print(f"{time.monotonic() - began:5.0f} s  {len(found):3} {name}", file=sys.stderr)
        return found

    def _case(self, place: Path, name: str, line: str) -> Outcome:
        """Run one case and record what counts of it."""
        before = _snapshot(place)
        status, stdout, stderr = run(line, place, self._environment)
        after = _snapshot(place)
        streams = {"stdout": stdout, "stderr": stderr}
        seen = {stream: self._normal.text(said, line) for stream, said in streams.items()}
        files = {
            self._normal.name(Path(path)): self._normal.file(place / path, line)
            for path in after
            if after[path] != before.get(path)
        }
        if self._keep:
            _keep(self._keep / place.name / name.replace("/", "_"), line, seen, files)
        gone = {self._normal.name(Path(path)): "removed" for path in before if path not in after}
        digests = {path: _digest(content) for path, content in files.items()}
        return Outcome(_digest(seen["stdout"]), _digest(seen["stderr"]), status, gone | digests)


def run(line: str, place: Path, environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Run a shell line in a folder: its status, standard output and standard error."""
    on_terminal = ON_TERMINAL.fullmatch(line)
    if on_terminal:
        return _run_on_terminal(int(on_terminal[1]), on_terminal[2], place, environment)
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=place, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def _run_on_terminal(
    width: int, line: str, place: Path, environment: Mapping[str, str]
) -> tuple[int, bytes, bytes]:
    """Run a shell line on a terminal, which shows both streams; standard error stays empty."""
    outer, inner = pty.openpty()
    sized = f"stty rows 50 cols {width} -onlcr; {line}"
    with subprocess.Popen(
        ["/bin/sh", "-c", sized], cwd=place, env=environment, stdin=inner, stdout=inner,
        stderr=inner,
    ) as process:  # fmt: skip
        os.close(inner)
        shown = b"".join(_read_all(outer))
        status = process.wait(PATIENCE)
    os.close(outer)
    return status, shown, b""


def _read_all(handle: int) -> Iterator[bytes]:
    """What a terminal shows until nobody writes to it."""
    while True:
        try:
            piece = os.read(handle, 65536)
        except OSError:  # the other end is closed
            return
        if not piece:
            return
        yield piece


def _environment(folder: Path, tree: Path) -> dict[str, str]:
    """The environment of every command: nothing that could change what it prints."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_OURS) and name not in UNSET
    }
    return kept | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHON": sys.executable,
        "PYTHONPATH": str(tree), "TMPDIR": str(folder / "temporary"), "LC_ALL": "C.UTF-8",
        "TZ": "UTC", "TERM": "dumb",
    }  # fmt: skip


def _snapshot(place: Path) -> Snapshot:
    """Every file of a folder, and what tells whether it was written."""
    found = {}
    for base, _, names in os.walk(place):  # which does not go through links
        for name in names:
            path = Path(base, name)
            about = path.stat()
            found[str(path.relative_to(place))] = (about.st_ino, about.st_mtime_ns, about.st_size)
    return found


def _keep(place: Path, line: str, seen: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
    """Write what is compared into a folder of the case."""
    shutil.rmtree(place, ignore_errors=True)
    parts = {"line": line.encode() + b"\n", **seen, **{f"files/{n}": c for n, c in files.items()}}
    for name, content in parts.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _of_scenes(before: Recording, found: Recording) -> Recording:
    """The cases of a recording that are of the scenes of another one."""
    ran = {name.split("/")[0] for name in found}
    return {name: case for name, case in before.items() if name.split("/")[0] in ran}


def _tell(before: Recording, after: Recording) -> bool:
    """List the cases that differ, help apart; whether there are any but help."""
    differing = {
        name: _differences(before.get(name), after.get(name))
        for name in sorted(before | after)
        if before.get(name) != after.get(name)
    }
    helps = {name for name in differing if name.startswith("help/")}
    for name in sorted(differing.keys() - helps):
        print(f"{name}: {', '.join(differing[name])}")
    if helps:
        print(f"help only: {', '.join(sorted(helps))}")
    print(f"{len(differing) - len(helps)} of {len(before | after)} cases differ")
    return len(differing) > len(helps)


def _differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """In what two recordings of a case differ."""
    if before is None or after is None:
        return ["new" if before is None else "no longer there"]
    found = [part for part in ("stdout", "stderr") if before[part] != after[part]]
    if before["status"] != after["status"]:
        found.append(f"status {before['status']}, now {after['status']}")
    was, now = before["files"], after["files"]
    return found + [f"file {n}" for n in sorted(was | now) if was.get(n) != now.get(n)]


if __name__ == "__main__":
    main()
