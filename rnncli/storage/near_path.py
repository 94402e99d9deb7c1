"""A path that does not exist, and the one that was probably meant."""

import os
from difflib import get_close_matches

SIMILAR = 0.75  # of names, for one to be suggested for the other


def near_path(path: str) -> str | None:
    """The path in the same folder with the nearest name; None without a near one."""
    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return None
    near = get_close_matches(name, names, 1, SIMILAR)
    return os.path.join(folder, near[0]) if near else None


def path_remedy(path: str) -> str:
    """What to do about a path that does not exist."""
    if os.path.islink(path):
        return f"it is a link to {os.readlink(path)}"
    if set(path) & set("*?["):
        return "leave out the quotes, or name the folder"
    near = near_path(path)
    return "check the path" if near is None else f"did you mean {near}?"
