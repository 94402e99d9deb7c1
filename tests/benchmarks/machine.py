"""The machine a benchmark ran on, and how fast it multiplies matrices."""

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("rnncli", "numba", "numpy", "pandas", "torch", "jax")
THREAD_SETTINGS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
                   "VECLIB_MAXIMUM_THREADS")  # fmt: skip
SIZE = 2048
# The libraries under NumPy read their number of threads at the start: a process for each number.
PRODUCT = f"""
import time
import numpy as np
rng = np.random.default_rng(0)
a, b = (rng.standard_normal(({SIZE}, {SIZE}), dtype=np.float32) for _ in range(2))
out = a @ b
best, end = 1e9, time.perf_counter() + 0.6
while time.perf_counter() < end:
    start = time.perf_counter()
    np.matmul(a, b, out=out)
    best = min(best, time.perf_counter() - start)
print(2 * {SIZE}**3 / best)
"""


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def matrix_rate(threads: int) -> float:
    """Float32 operations a second of NumPy's product of two large matrices."""
    environment = {**os.environ, **dict.fromkeys(THREAD_SETTINGS, str(threads))}
    done = subprocess.run(
        [sys.executable, "-c", PRODUCT], env=environment, capture_output=True, check=True, text=True
    )
    return float(done.stdout)


def describe() -> dict[str, Any]:
    """Processor, cores, system, and the versions of what was measured."""
    return {
        "cpu": _processor(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: version for name in PACKAGES if (version := _version(name))},
    }


def _processor() -> str:
    """The processor's name; generic names of virtual ones come with family and model."""
    facts: dict[str, str] = {}
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n\n")[0].splitlines():
            name, _, value = line.partition(":")
            facts[name.strip()] = value.strip()
    if "model name" not in facts:
        return platform.processor() or platform.machine()
    name = f"{facts['model name']} (family {facts['cpu family']}, model {facts['model']})"
    widest = next((f for f in ("avx512f", "avx2") if f in facts.get("flags", "").split()), None)
    return f"{name}, {widest}" if widest else name


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
