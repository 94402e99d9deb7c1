"""Models of rnncli 0.1: entries that their files lack, with the values that they meant there."""

from typing import Any

ABSENT: dict[str, dict[str, Any]] = {  # part of a file -> entries that 0.1 did not write
    "architecture": {"rows_ahead": [], "linear": False},
    "preparation": {"start_weight": 1.0, "input_limit": 0.0},
}
POOL = {"pool": "none"}  # a setting of train: nothing was pooled in 0.1


def completed(about: dict[str, Any]) -> dict[str, Any]:
    """The plain values of a model, with the entries that 0.1 did not write."""
    if "rows_ahead" in about["architecture"]:
        return about
    parts = {name: {**absent, **about[name]} for name, absent in ABSENT.items()}
    settings = about["settings"]
    return {**about, **parts, "settings": {**settings, "train": {**POOL, **settings["train"]}}}
