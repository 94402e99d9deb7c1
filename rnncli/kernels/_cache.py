"""The folder of compiled kernels: its name, who may write in it, its lock and its digests."""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np
from llvmlite.binding import get_host_cpu_name

from rnncli import __version__

DIGESTS, LOCK = "digests.json", "lock"
UNSHAPING = {"NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS"}  # settings that leave compiled code as it is


def cache_folder() -> Path | None:
    """Folder of compiled kernels, created if missing; None if there is no trustworthy one."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        return None
    ours = Path(base) / "rnncli"
    try:
        folder = ours / cache_key()
        for path in (ours, folder):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # any user who can write to a parent folder could replace this one
        trusted = (
            not anyone_may_rename(Path(base))
            and is_own_folder(ours, 0o022)
            and is_own_folder(folder, 0o077)
        )
    except OSError:
        return None
    return folder if trusted and os.access(folder, os.W_OK) else None


def is_own_folder(folder: Path, forbidden: int) -> bool:
    """Whether it is a folder, no link to one, of this user, without the `forbidden` permissions."""
    status = folder.lstat()
    mode = status.st_mode
    return stat.S_ISDIR(mode) and status.st_uid == os.geteuid() and not mode & forbidden


def anyone_may_rename(folder: Path) -> bool:
    """Whether every user may rename its entries: writable for all, without the sticky bit."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def cache_key() -> str:
    """Name of the cache folder: Numba looks at the defining file only, so edits show here.

    So do Numba's settings in the environment, such as NUMBA_BOUNDSCHECK: its index omits them.
    """
    sources = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    settings = [
        f"{name}={value}".encode(errors="surrogateescape")
        for name, value in sorted(os.environ.items())
        if name.startswith("NUMBA_") and name not in UNSHAPING
    ]
    digest = hashlib.sha256(b"\0".join(sources + settings)).hexdigest()[:12]
    python = platform.python_version()
    return f"{__version__}-{digest}-py{python}-nb{numba.__version__}-np{np.__version__}"


def bits_key() -> str:
    """What the last bit of a result may depend on: the kernels, their compiler, this processor."""
    name = numba.config.CPU_NAME or get_host_cpu_name()  # type: ignore[attr-defined] # set at import
    return f"{cache_key()}-{platform.machine()}-{name}"


@contextlib.contextmanager
def locked_cache(folder: Path) -> Iterator[None]:
    """Lock the folder; the operating system frees the lock of a killed process."""
    with open(folder / LOCK, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compiled_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.nb*") if path.is_file())


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _compiled_files(folder)
    }


def write_digests(folder: Path) -> None:
    (folder / DIGESTS).write_text(json.dumps(_digests(folder)), encoding="ascii")


def drop_unless_sound(folder: Path) -> None:
    """Empty the folder if a compiled file is truncated, altered or foreign: it would be run."""
    try:
        listed = json.loads((folder / DIGESTS).read_text(encoding="ascii"))
    except (OSError, ValueError):
        listed = None
    if listed is None or listed != _digests(folder):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
