"""What a new user types wrong, and the one line that answers it.

`tests/golden/mistakes.txt` has the commands, each with its status and its lines. To try another,
add its command there and run `pytest tests/cli/test_mistakes.py --update-golden`: every line must
say what to type instead.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from in_process import here

from rnncli.errors import ExitStatus

GOLDEN = Path(__file__).parents[1] / "golden" / "mistakes.txt"
REMEDY = re.compile(r"[;?]|first:|\b(must be|write|type|use|name|choose|add|close the)\b")
PRICES = '[prices]\npaths = ["prices"]\n'
LEDGER = '[ledger]\nfile = "new.db"\n'
MODEL = '[model]\nfile = "new.model"\n[train]\nevery = "7d"\n'
FILES = {  # jobs and options with a mistake in each, and files that are not of prices
    "key.toml": f"{PRICES}{LEDGER}[forecast]\nhorizn = 5\n",
    "underscore.toml": f"{PRICES}{LEDGER}[forecast]\nmax_agee = 5\n",
    "dashes.toml": f"{PRICES}{LEDGER}[forecast]\n--horizon = 5\n",
    "path.toml": '[prices]\npaths = ["prices"]\n[ledger]\npath = "new.db"\n',
    "table.toml": f"{PRICES}{LEDGER}[forcast]\nhorizon = 5\n",
    "predict.toml": f"{PRICES}{LEDGER}[predict]\nhorizon = 5\n",
    "value.toml": f'{PRICES}{LEDGER}[forecast]\nlevel = "80,95"\n',
    "fraction.toml": f"{PRICES}{LEDGER}[forecast]\nlevel = 0.8\n",
    "weekly.toml": f"{PRICES}{LEDGER}{MODEL}".replace("7d", "weekly"),
    "unit.toml": f"{PRICES}{LEDGER}{MODEL}".replace('"7d"', "7"),
    "other.toml": f"{PRICES}{LEDGER}[forecast]\nper-series = true\n",
    "true.toml": f"{PRICES}{LEDGER}{MODEL}on-drift = True\n",
    "colon.toml": f'{PRICES}{LEDGER}{MODEL}cell: "gru"\n',
    "bare.toml": f"{PRICES}[ledger]\nfile = new.db\n",
    "bracket.toml": f'[prices]\npaths = ["prices"\n{LEDGER}',
    "open.toml": f"{PRICES}[forecast\nhorizon = 5\n",
    "backslash.toml": '[prices]\npaths = ["C:\\Users\\me"]\n',
    "quotes.toml": "[prices]\npaths = [“prices”]\n",
    "twice.toml": f'{PRICES}paths = ["more"]\n',
    "flat.toml": 'paths = ["prices"]\n',
    "lost.toml": PRICES,
    "untrained.toml": f'{PRICES}{LEDGER}[train]\nevery = "7d"\n',
    "day.toml": f'{PRICES}[output]\nfile = "f-{{day}}.csv"\n',
    "late.toml": f'{PRICES}wait-for = "8pm"\n{LEDGER}',
    "train.toml": "[train]\nlr = 0.1\n",
    "folder.toml": f'{PRICES}[ledger]\nfile = "data"\n',
    "logged.toml": f'{PRICES}{LEDGER}[log]\nfile = "data"\n',
    "sizes.toml": f"{PRICES}{LEDGER}{MODEL}hidden-size = [64, 32]\n",
    "layers.toml": '[train]\nhidden_size = "32,32"\n',
    "names.toml": '[train]\nbins = 3\nlabels = "low,high"\n',
    "kept.toml": '[predict]\nledger = "data"\n',
    "opens.toml": '[predict]\ncolumn = "opne"\n',
    "Train.toml": "[Train]\nepochs = 3\n",
    "outside.toml": "epochs = 3\n",
    "notes.txt": "hello\n",
    "notes.md": "# Notes\n\nsome words, and more\n",
    "run.py": "import rnncli\nprint(1, 2, 3)\n",
    "data.json": '{"close": [1, 2]}\n',
    "page.csv": "<!DOCTYPE html><html><body>404</body></html>\n",
    "empty.csv": "",
    "header.csv": "date,close\n",
    "text.csv": "date,close\n2024-01-02,n/a?\n2024-01-03,6\n",
    "two.csv": "date,close\n2024-01-02,5\n2024-01-02,6\n",
    "either.csv": "date,close\n01/02/2024,5\n02/03/2024,6\n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory, prices, hand_made):
    """A folder with prices, a model, a ledger, and the files above."""
    folder = tmp_path_factory.mktemp("mistakes")
    for name in ("prices", "empty", "data"):
        (folder / name).mkdir()
    shutil.copy(prices, folder / "prices" / "all.csv")
    shutil.copy(prices, folder / "data" / "market.csv")
    shutil.copy(hand_made, folder / "my.model")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "report.pdf").write_bytes(b"%PDF-1.4\n")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert here("predict", "my.model", "prices", "--ledger", "ledger.db").returncode == 0
    return folder


def answers(text):
    """The golden text with the answers of this program; its headings stay."""
    shown = []
    for line in text.splitlines():
        if line.startswith("#"):
            shown.append(f"\n{line}" if shown else line)
        elif line.startswith("$ "):
            done = here(*shlex.split(line[2:]))
            said = done.stderr.decode().replace(f"{Path.cwd()}/", "").splitlines() or [
                f"({len(done.stdout)} bytes, no word)"
            ]
            shown += [line, *(f"{done.returncode} {one}" for one in said)]
    return "\n".join(shown) + "\n"


@pytest.mark.slow
def test_every_mistake_is_answered_by_what_to_type(golden, place, monkeypatch):
    """As it was rated by hand: nothing but the lines, and each of them with a remedy."""
    monkeypatch.chdir(place)
    text = answers(GOLDEN.read_text(encoding="utf-8"))
    golden("mistakes.txt", text)
    said = [line for line in text.splitlines() if line[:1].isdigit()]
    assert [line for line in said if " error: " not in line and " warning: " not in line] == []
    assert [line for line in said if not REMEDY.search(line)] == []
    assert [line for line in said if int(line.split()[0]) == ExitStatus.BUG] == []
