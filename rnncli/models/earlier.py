"""Models of earlier builds: entries that their files lack, with the values that they meant."""

from typing import Any

ABSENT: dict[str, dict[str, Any]] = {  # part of a file -> entries that not all builds wrote
    "architecture": {"rows_ahead": [], "linear": False},
    "preparation": {"start_weight": 1.0, "input_limit": 0.0, "shrinks_range": False},
}
POOL = {"pool": "none"}  # a setting of train: nothing was pooled in 0.1


def completed(about: dict[str, Any]) -> dict[str, Any]:
    """The plain values of a model, with the entries that an earlier build did not write."""
    parts = {name: {**absent, **about[name]} for name, absent in ABSENT.items()}
    if "rows_ahead" in about["architecture"]:
        return {**about, **parts}
    settings = about["settings"]
    return {**about, **parts, "settings": {**settings, "train": {**POOL, **settings["train"]}}}
