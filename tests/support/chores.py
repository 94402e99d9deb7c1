"""Tasks that the tests have done in other processes, which import this module by its name."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from rnncli.errors import DataError


def double(value: Any) -> Any:
    return 2 * value


def double_slowly(value: Any) -> Any:
    time.sleep(0.05)
    return 2 * value


def process(_: Any) -> int:
    time.sleep(0.05)
    return os.getpid()


def die_once(chore: tuple[int, Path]) -> int:
    """Kill the process that does it, the first time that anybody does number 3."""
    number, place = chore
    if number == 3 and not (place / "dead").exists():
        (place / "dead").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


def die_at(number: int) -> int:
    """Kill the process that does number 3."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


def refuse(number: int) -> int:
    """Take a while, but for number 2, which is refused at once."""
    if number == 2:
        raise DataError("number 2")
    time.sleep(600)
    return number
