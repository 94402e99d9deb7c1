"""The lowest versions that pyproject.toml allows, as pins for pip: `name==version`, a line each.

    python .ci/lowest.py > lowest.txt; pip install --constraint lowest.txt --editable '.[test]'

Every requirement of the project and of its extras (but `bench`, which tests do not need) has a
lower bound, or is named in UNBOUND; the highest of several bounds of one name counts.
"""

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

LEFT_OUT = {"bench"}  # extras for comparisons by hand
UNBOUND = {"pandas-stubs"}  # for the type checker, which runs with the newest alone


def lowest(project: dict) -> dict[str, Version]:
    """The lower bound of each requirement that holds on this interpreter."""
    texts = list(project["dependencies"])
    for extra, of_extra in project["optional-dependencies"].items():
        texts += of_extra if extra not in LEFT_OUT else []
    least: dict[str, Version] = {}
    for requirement in map(Requirement, texts):
        if requirement.name in {project["name"], *UNBOUND}:
            continue
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        bounds = [Version(one.version) for one in requirement.specifier if one.operator == ">="]
        if len(bounds) != 1:
            sys.exit(f"pyproject.toml: {requirement} needs one lower bound")
        least[requirement.name] = max(bounds[0], least.get(requirement.name, bounds[0]))
    return least


def main() -> None:
    """Print the pins."""
    whole = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text("utf-8"))
    for name, version in sorted(lowest(whole["project"]).items()):
        sys.stdout.write(f"{name}=={version}\n")


if __name__ == "__main__":
    main()
