"""Build the sdist and the wheel, install each into a fresh environment, and use it. By hand.

    python tests/tools/install_packages.py [--python python3.12]

Needs the network, since pip fetches what rnncli depends on. A row a check: what each package holds,
that the wheel is pure Python, and that what was installed from either forecasts, shows a guide and
its versions, and has the manual page. The status is 0 where all hold.
"""

import argparse
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = "from setuptools import build_meta as b; b.build_sdist({0!r}); b.build_wheel({0!r})"
NEEDED = (
    "models/priors/",
    "guides/start.md",
    "py.typed",
    "page/templates/",
    "vocabulary/",
    "rnncli.1",
)
Row = tuple[str, bool]


def main() -> None:
    """Every check, a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", default=sys.executable)
    arguments = parser.parse_args()
    right = True
    with tempfile.TemporaryDirectory() as name:
        for what, holds in checks(Path(name), arguments.python):
            print(f"{'holds' if holds else 'FAILS'}  {what}", flush=True)
            right &= holds
    sys.exit(not right)


def checks(place: Path, python: str) -> Iterator[Row]:
    """Build both packages and look at each."""
    sdist, wheel = built(place, python)
    yield f"{wheel.name} is of pure Python", wheel.name.endswith("-py3-none-any.whl")
    with tarfile.open(sdist) as archive:
        in_sdist = archive.getnames()
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = archive.namelist()
    for package, names in ((sdist.name, in_sdist), (wheel.name, in_wheel)):
        for part in NEEDED:
            yield f"{part} is in {package}", any(part in name for name in names)
    foreign = [name for name in in_wheel if not name.startswith(("rnncli/", "rnncli-"))]
    yield f"{wheel.name} has nothing else in it {foreign}", not foreign
    forecasts = set()
    for package in (sdist, wheel):
        for row, forecast in installed(place / package.suffix[1:], python, package):
            yield row
            forecasts |= {forecast} - {b""}
    yield "both forecast the same", len(forecasts) == 1


def built(place: Path, python: str) -> tuple[Path, Path]:
    """The sdist and the wheel of what git knows of this checkout."""
    copy, packages = place / "copy", place / "packages"
    for path in (copy, packages):
        path.mkdir()
    tracked = run(["git", "ls-files", "-z", "--cached"], ROOT)
    subprocess.run(
        ["/usr/bin/env", "xargs", "-0", "cp", "--parents", "-t", str(copy)], cwd=ROOT,
        input=tracked, check=True,
    )  # fmt: skip
    pip = environment(place / "build", python)
    run([pip, "install", "-q", "setuptools>=77", "wheel"], place)
    run([str(Path(pip).with_name("python")), "-c", BUILD.format(str(packages))], copy)
    return next(packages.glob("*.tar.gz")), next(packages.glob("*.whl"))


def installed(place: Path, python: str, package: Path) -> Iterator[tuple[Row, bytes]]:
    """What a package can do once pip has installed it, and its forecast in one row."""
    pip = environment(place, python)
    run([pip, "install", "-q", str(package)], place)
    rnncli, market = str(Path(pip).with_name("rnncli")), str(ROOT / "data" / "market.csv")
    name = package.name
    yield (f"--version of {name}", b"numba" in run([rnncli, "--version"], place)), b""
    yield (f"a guide of {name}", run([rnncli, "help", "start"], place)[:1] == b"#"), b""
    forecast = run([rnncli, "predict", market, "-q"], place)
    yield (f"predict with the prior of {name}", forecast.count(b"\n") == 61), forecast
    licences = run([rnncli, "doctor", "--licences", "--format", "csv"], place)
    yield (f"doctor --licences of {name}", b"numba" in licences), b""
    yield (f"the manual page of {name}", (place / "share/man/man1/rnncli.1").is_file()), b""


def environment(place: Path, python: str) -> str:
    """The pip of a fresh environment."""
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    return str(place / "bin" / "pip")


def run(words: list[str], place: Path) -> bytes:
    """What a command prints; it must succeed."""
    return subprocess.run(words, cwd=place, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
