"""The folder of compiled kernels: its name, who may write in it, its locks and its files."""

import contextlib
import fcntl
import hashlib
import os
import platform
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import PathFinder
from itertools import takewhile
from pathlib import Path

import numpy as np

from rnncli import __version__

LOCKS, SUFFIX = 16, ".kernel"  # files of locks, so that two processes compile two kernels at once
UNSHAPING = {"NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS"}  # settings that leave compiled code as it is
IDENTIFYING = {"vendor_id", "cpu family", "model", "stepping", "flags"}  # lines of /proc/cpuinfo
PROCESSOR = re.compile(r"[\w.+-]+-[0-9a-f]{8}")
DIGEST = 32  # bytes of SHA-256 that a file begins with


def is_stored(name: str) -> bool:
    """Whether compiled code of that name is in the folder."""
    folder = cache_folder()
    return folder is not None and _path(folder, name).exists()


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}-{processor_key()}{SUFFIX}"


def load_or_store(name: str, make: Callable[[], bytes]) -> bytes:
    """Compiled code of that name from the folder, or else what `make` compiles, and stored there.

    One process at a time compiles it; those that wait for that read what it has stored.
    """
    folder = cache_folder()
    if folder is None:
        return make()
    path = _path(folder, name)
    stored = _read(path)
    if stored is not None:
        return stored
    with contextlib.ExitStack() as locked:
        try:
            locked.enter_context(_locked(folder, path.name))
        except OSError:  # a file system without locks
            return make()
        stored = _read(path)
        if stored is None:
            stored = make()
            with contextlib.suppress(OSError):  # a full disk
                _write(path, stored)
        return stored


def _read(path: Path) -> bytes | None:
    """None if there is no such file, or one that is truncated or altered: it would be run."""
    data = _content(path)
    code = data[DIGEST:]
    return code if hashlib.sha256(code).digest() == data[:DIGEST] else None


def _content(path: Path) -> bytes:
    """The bytes of a regular file, none of anything else: a pipe would be waited for."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""


def _write(path: Path, code: bytes) -> None:
    part = path.with_suffix(".part")  # under the lock, so that no other process writes it
    try:
        part.write_bytes(hashlib.sha256(code).digest() + code)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    """Lock a kernel's file; the operating system frees the lock of a killed process."""
    number = zlib.crc32(name.encode()) % LOCKS
    with open(folder / f"lock{number}", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
            and is_folder_of_user(ours, 0o022)
            and is_folder_of_user(folder, 0o077)
        )
    except OSError:
        return None
    return folder if trusted and os.access(folder, os.W_OK) else None


def is_folder_of_user(folder: Path, forbidden: int) -> bool:
    """Whether it is a folder, no link to one, of this user, without the `forbidden` permissions."""
    status = folder.lstat()
    mode = status.st_mode
    return stat.S_ISDIR(mode) and status.st_uid == os.geteuid() and not mode & forbidden


def anyone_may_rename(folder: Path) -> bool:
    """Whether every user may rename its entries: writable for all, without the sticky bit."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def cache_key() -> str:
    """Name of the cache folder: the version of everything that shapes compiled code.

    So do Numba's settings in the environment, such as NUMBA_BOUNDSCHECK.
    """
    settings = [
        f"{name}={value}".encode(errors="surrogateescape")
        for name, value in sorted(os.environ.items())
        if name.startswith("NUMBA_") and name not in UNSHAPING
    ]
    versions = [_version_file("numba"), _version_file("llvmlite")]
    digest = hashlib.sha256(
        b"\0".join([*_sources(Path(__file__).parent), *settings, *versions])
    ).hexdigest()[:12]
    python = platform.python_version()
    number = re.search(rb'"version": "([^"]+)"', versions[0])
    numba = number[1].decode("ascii") if number else "unknown"
    return f"{__version__}-{digest}-py{python}-nb{numba}-np{np.__version__}"


@cache
def _sources(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.py"))]


@cache
def _version_file(library: str) -> bytes:
    """Where it says which version is installed: to import Numba, or its metadata, takes longer."""
    spec = PathFinder.find_spec(library)
    if spec is None or spec.origin is None:
        return b""
    try:
        return Path(spec.origin).with_name("_version.py").read_bytes()
    except OSError:
        return b""


@cache
def processor_key() -> str:
    """What compiled code is for: the processor's name, and a digest of its features.

    LLVM knows both; what it said of a processor is kept beside the kernels, by what Linux says of
    it: to import LLVM takes longer than a forecast.
    """
    folder, digest = cache_folder(), _processor_digest()
    if folder is None or digest is None:
        return _processor_key()
    path = folder / f"processor-{digest}"
    with contextlib.suppress(UnicodeDecodeError):
        if PROCESSOR.fullmatch(key := _content(path).decode("ascii")):
            return key
    key = _processor_key()
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(key, encoding="ascii")
        part.replace(path)
    except OSError:  # a full disk
        part.unlink(missing_ok=True)
    return key


def _processor_digest() -> str | None:
    """Digest of what Linux says of the first processor; None elsewhere."""
    try:
        with open("/proc/cpuinfo", encoding="ascii") as file:
            lines = list(takewhile(str.strip, file))
    except (OSError, UnicodeDecodeError):
        return None
    named = [line for line in lines if line.partition("\t")[0].strip() in IDENTIFYING]
    if len(named) < len(IDENTIFYING):
        return None
    return hashlib.sha256("".join(named).encode("ascii")).hexdigest()[:16]


def _processor_key() -> str:
    from llvmlite import binding

    features = binding.get_host_cpu_features().flatten()
    digest = hashlib.sha256(features.encode("ascii")).hexdigest()[:8]
    return f"{binding.get_host_cpu_name()}-{digest}"


def bits_key() -> str:
    """What the last bit of a result may depend on: the kernels, their compiler, this processor."""
    return f"{cache_key()}-{platform.machine()}-{processor_key()}"
