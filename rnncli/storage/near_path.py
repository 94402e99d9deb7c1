"""A path that does not exist, and the one that was probably meant."""

import os

SIMILAR = 0.75  # of names, for one to be suggested for the other


def near_path(path: str) -> str | None:
    """The existing path with the nearest names, folder by folder; None without a near one."""
    folder, name = os.path.split(path)
    if folder and folder != path and not os.path.isdir(folder):
        near_folder = near_path(folder)
        if near_folder is None or not os.path.isdir(near_folder):
            return None
        folder = near_folder
        if os.path.lexists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - of faults alone, as all imports below

    near = get_close_matches(name, names, 1, SIMILAR)
    return os.path.join(folder, near[0]) if near else None


def path_remedy(path: str, otherwise: str = "check the path") -> str:
    """What to do about a path that does not exist; `otherwise`: without anything near it."""
    if os.path.islink(path):
        return f"it is a link to {os.readlink(path)}"
    if set(path) & set("*?["):
        from glob import glob  # noqa: PLC0415

        if not glob(path):
            return "no file matches; check the pattern, or name the folder"
        return "leave out the quotes, or name the folder"
    if path.startswith("~") and os.path.lexists(os.path.expanduser(path)):
        return "leave out the quotes, within which ~ is not the home folder"
    if several := _several(path):
        return f"separate files by spaces: {several}"
    near = near_path(path)
    return otherwise if near is None else f"did you mean {near}?"


def _several(path: str) -> str:
    """The paths of a list with commas or in quotes, as they are typed; empty if it is none."""
    import shlex  # noqa: PLC0415

    for mark in (",", ";", None):
        parts = [part.strip() for part in path.split(mark)]
        if len(parts) > 1 and all(part and os.path.exists(part) for part in parts):
            return shlex.join(parts)
    return ""
