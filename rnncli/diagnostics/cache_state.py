"""The folder of compiled kernels: its content, or why there is no such folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from rnncli.kernels import _cache


@dataclass(frozen=True)
class CacheState:
    """Folder of compiled kernels, their number and bytes; `reason`: why there is no folder."""

    folder: str
    existed: bool
    reason: str | None
    kernels: int
    bytes: int


def examine_cache() -> CacheState:
    """Look at the folder that kernels are loaded from; it is made if it is not there."""
    folder = _wanted()
    existed = os.path.isdir(folder)  # false, too, where one may not look
    usable = _cache.cache_folder() is not None
    files = [path for path in folder.rglob("*") if path.is_file()] if usable else []
    return CacheState(
        folder=str(folder),
        existed=existed,
        reason=None if usable else _fault(folder),
        kernels=sum(path.suffix == _cache.SUFFIX for path in files),
        bytes=sum(path.stat().st_size for path in files),
    )


def folder_beside(name: str) -> str | None:
    """A folder of that name next to that of the kernels, for other caches; None without one."""
    kernels = _cache.cache_folder()
    if kernels is None:
        return None
    folder = kernels.parent / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return str(folder) if os.access(folder, os.W_OK) else None


def _wanted() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "rnncli" / _cache.cache_key()


def _fault(folder: Path) -> str:
    """The violated condition of `cache_folder`, and the remedy."""
    ours, base = folder.parent, folder.parent.parent
    if not base.is_absolute():
        return f"{base} is not an absolute path; set XDG_CACHE_HOME to one"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if _cache.anyone_may_rename(base):
            return f"everybody may rename what lies in {base}; chmod o-w it"
        for path, forbidden in ((ours, 0o022), (folder, 0o077)):
            if not _cache.is_folder_of_user(path, forbidden):
                return f"{path} is a link, another user's, or open to others; remove it"
    except OSError as fault:
        return f"{fault.filename}: {fault.strerror}; set XDG_CACHE_HOME to a folder of yours"
    return f"{folder} cannot be written; set XDG_CACHE_HOME to a folder of yours"
