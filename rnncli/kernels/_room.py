"""Whether there is room to compile: where memory runs out, LLVM ends the process."""

import resource
from pathlib import Path

from rnncli.errors import ResourceError

COMPILING = 200 << 20  # bytes of address space; the first kernel took 126 MiB, Numba included
STATUS = Path("/proc/self/statm")


def check_room() -> None:
    """Refuse to compile where a limit leaves too little room. Raises ResourceError."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or not STATUS.exists():
        return
    left = limit - int(STATUS.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    if left < COMPILING:
        raise ResourceError(
            f"not enough memory to compile: {max(left, 0) >> 20} MiB are left below the limit, and"
            f" {COMPILING >> 20} may be needed",
            remedy="raise the limit (ulimit -v), or run rnncli warmup once without it",
        )
