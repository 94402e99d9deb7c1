"""The installation: versions, processor, cache, terminal; a fact that fails gives the reason."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from importlib import metadata
from typing import Any

from rnncli import __version__

LIBRARIES = ("numba", "llvmlite", "numpy", "pandas", "typer", "rich", "plotille", "safetensors")
COMPUTING = ("python", "numba", "llvmlite", "numpy")
FEATURES = ("avx2", "avx512f", "fma", "neon")
CPU_INFO = "/proc/cpuinfo"

Facts = dict[str, Any]


def examine() -> dict[str, Facts]:
    """All facts by section; never raises, whatever is broken or missing."""
    return {
        "versions": _versions(),
        "processor": _processor(),
        "cache": _cache(),
        "terminal": _terminal(),
        "configuration": {"RNNCLI_CONFIG": _fact(_config)},
    }


def _fact(find: Callable[[], Any]) -> Any:
    """What `find` returns, or why it cannot be had."""
    try:
        return find()
    except Exception as fault:
        return " ".join(f"not known: {type(fault).__name__}: {fault}".split())


def computing() -> str:
    """Versions of what the numbers of a forecast come from, in one line."""
    versions = _versions()
    return ", ".join(f"{name} {versions[name]}" for name in COMPUTING)


def _versions() -> Facts:
    versions = {"rnncli": __version__, "python": platform.python_version()}
    return versions | {name: _fact(partial(metadata.version, name)) for name in LIBRARIES}


def _processor() -> Facts:
    return {
        "name": _fact(_processor_name),
        "compiled for": _fact(_target),
        **{feature: _fact(partial(_has, feature)) for feature in FEATURES},
        "cores usable": _fact(_usable_cores),
        "threads used": _fact(_usable_cores),
    }


def _processor_name() -> str:
    try:
        with open(CPU_INFO, encoding="utf-8", errors="replace") as file:
            return next(line.partition(":")[2].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _target() -> str:
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


def _has(feature: str) -> bool:
    from llvmlite import binding

    return bool(binding.get_host_cpu_features().get(feature, False))


def _usable_cores() -> int:
    from rnncli.runtime.threads import usable_cores

    return usable_cores()


def _cache() -> Facts:
    state = _fact(_cache_state)
    return state if isinstance(state, dict) else {"used": state}


def _cache_state() -> Facts:
    from rnncli.diagnostics.cache_state import examine_cache
    from rnncli.kernels import _compile  # noqa: F401 - a compiler that cannot be imported

    state = asdict(examine_cache())
    reason = state.pop("reason")
    return {"used": "yes" if reason is None else f"no: {reason}", **state}


def _terminal() -> Facts:
    return {
        "stdout": _fact(lambda: "a terminal" if sys.stdout.isatty() else "not a terminal"),
        "stderr": _fact(lambda: "a terminal" if sys.stderr.isatty() else "not a terminal"),
        "width": _fact(lambda: shutil.get_terminal_size().columns),
        "colours": _fact(_colours),
        "encoding": _fact(lambda: sys.stdout.encoding),
    }


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return "no: NO_COLOR is set"
    if os.environ.get("TERM", "dumb") == "dumb":
        return "no: TERM is dumb or not set"
    return "yes" if sys.stdout.isatty() else "no: stdout is not a terminal"


def _config() -> str:
    path = os.environ.get("RNNCLI_CONFIG")
    if path is None:
        return "not set"
    try:
        with open(path, "rb"):
            return path
    except OSError as fault:
        return f"{path}: {fault.strerror}"
