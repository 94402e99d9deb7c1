"""Kernels as a command sees them: a note where one must be compiled, and the time it takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rnncli.cli.messages import Messages
from rnncli.runtime.timing import Stage

STAGE = "compile or load"
COMPILING = "compiling (once per machine)…"
UNCACHED = "compiling, as in every run: {}; see rnncli doctor"


def watch_kernels(messages: Messages, stage: Stage) -> None:
    """Time every kernel of this run as a stage, and say once if any must be compiled."""
    from rnncli.kernels import _jit

    compiling = _once(lambda: messages.note(_announcement()))

    @contextmanager
    def watch(kernel: str) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - all kernels alike
        with stage(STAGE):
            yield compiling

    _jit.watch = watch


def _announcement() -> str:
    """Whether it is for once, or why it is not."""
    from rnncli.diagnostics.kernel_cache import cache_state

    reason = cache_state().reason
    return COMPILING if reason is None else UNCACHED.format(reason)


def _once(say: Callable[[], None]) -> Callable[[], None]:
    left = [say]

    def say_once() -> None:
        while left:
            left.pop()()

    return say_once
