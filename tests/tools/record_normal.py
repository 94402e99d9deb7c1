"""What `record_outputs.py` takes for the same: what differs by clock, machine or place alone.

In every text (standard output, standard error, files that are UTF-8):

- the temporary folder is `<folder>`, the folder of compiled kernels `<kernels>`;
- a moment to the millisecond is `<time>`, the day of the run `<today>`, its year where the clock
  of the machine is spoken of `<year>`;
- `"process": …` and `"seconds": …` of event logs are `<process>` and `<seconds>`;
- the port of a scheduler on this machine is `<port>`;
- of a traceback the calls are left out, and the class of the error: both may be renamed, the
  message not;
- the note of a run that has to compile is left out, for the next run need not;
- `--profile` keeps its stages and loses its numbers; `warmup` loses how long a kernel took and
  whether it was compiled or loaded; `doctor` how many kernels there are, and their bytes.

Of files:

- a ledger is its tables and their rows, whose times are texts as above;
- a state is its tensors and its JSON entry without `kernels` and `sha256`: the one is a digest of
  the source files of the kernels, the other of all that with it;
- all else is its bytes, so are models and checkpoints. They hold the version of rnncli: record
  anew after a release.
"""

import contextlib
import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

SEALED = b'{"__metadata__":{"rnncli":"'  # the header of a file of rnncli, after its length
LEDGER = b"SQLite format 3\0"
PRAGMAS = ("application_id", "user_version")
PARTS = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
RULES = (
    (r"(?:\r\x1b\[K)?(?:\x1b\[2m)?note:(?:\x1b\[0m)? compiling[^\n]*\n", ""),
    (r"Traceback \(most recent call last\):\n(?:[ \n].*\n|\n)+[\w.]+: ", "<traceback>: "),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>"),
    (r'"process": \d+', '"process": <process>'),
    (r'"seconds": [\d.e-]+', '"seconds": <seconds>'),
    (r"clock of this machine says \d{4}", "clock of this machine says <year>"),
    (r"tcp://127\.0\.0\.1:\d{4,}", "tcp://127.0.0.1:<port>"),
    (r"/\S*/rnncli/[\d.]+-[0-9a-f]{12}-py[^\s\"]*", "<kernels>"),
)
OF_COMMANDS = {
    "--profile": ((r" +[\d.]+ +[\d.]+%(?=\n)", ""), (r"  +", " "), ("─+", "─")),
    "rnncli warmup": (
        (r"\b(?:compiled|loaded)\b", "<made>"),
        (r"\d+ <made>, \d+ <made>, in [\d.]+ seconds", "<made>"),
        (r"\d+\.\d+(?:e-\d+)?(?= *\n)", "<seconds>"),
        (r"  +", " "),
    ),
    "rnncli doctor": (
        (r'("(?:existed|kernels|bytes)": )\w+', r"\1…"),
        (r'("fact": "(?:existed|kernels|bytes)", "value": )\w+', r"\1…"),
        (r"\b((?:existed|kernels|bytes)(?:,| +))\S+(?=\n)", r"\1…"),
    ),
}


class Normal:
    """Turns what commands print and write in a temporary folder into what can be compared."""

    def __init__(self, folder: Path) -> None:
        """Begin a run; its day, and the next one if it takes so long, are today."""
        self._folders = sorted({str(folder), str(folder.resolve())}, key=len, reverse=True)
        self._began = datetime.now(UTC)

    def text(self, content: bytes, line: str = "") -> bytes:
        """A stream, or a file, of the command in a line; bytes that are not text stay."""
        try:
            found = content.decode()
        except UnicodeDecodeError:
            return content
        for folder in self._folders:
            found = found.replace(folder, "<folder>")
        own = [rule for words, rules in OF_COMMANDS.items() if words in line for rule in rules]
        for pattern, replacement in (*RULES, *own):
            found = re.sub(pattern, replacement, found)
        for moment in (self._began, datetime.now(UTC)):
            found = found.replace(f"{moment:%Y-%m-%d}", "<today>")
        return found.encode()

    def name(self, path: Path) -> str:
        """The name of a file, which may hold the day of the run."""
        return self.text(str(path).encode()).decode()

    def file(self, path: Path, line: str = "") -> bytes:
        """What counts of a file that the command in a line wrote."""
        content = path.read_bytes()
        if content.startswith(LEDGER):
            return self.text(_ledger(path))
        if content[8:].startswith(SEALED):
            return _sealed(content)
        return self.text(content, line)


def _ledger(path: Path) -> bytes:
    """A database as text: how each table and index was made, and the rows of tables, sorted."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        found = [str(base.execute(f"PRAGMA {name}").fetchone()) for name in PRAGMAS]
        for part, name, made in base.execute(PARTS).fetchall():
            found.append(f"{part} {name}: {made}")
            if part == "table":
                rows = base.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - as it says
                found += sorted(map(repr, rows))
    return "\n".join(found).encode()


def _sealed(content: bytes) -> bytes:
    """The bytes of a file of rnncli; of a state without what names the kernels."""
    size = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + size])
        about = json.loads(header["__metadata__"]["rnncli"])
    except (ValueError, LookupError):  # cut off on purpose
        return content
    if about.get("kind") != "state":
        return content
    del about["kernels"], about["sha256"]
    header["__metadata__"]["rnncli"] = about
    return json.dumps(header, sort_keys=True).encode() + content[8 + size :]
