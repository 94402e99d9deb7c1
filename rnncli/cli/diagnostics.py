"""`rnncli warmup` and `rnncli doctor`: compile ahead of time; check the installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import typer

from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.runtime.timing import Stage
from rnncli.settings import DoctorSettings, ResultSettings

STAGE = "compile or load"
COMPILING = "compiling (once per machine)…"
UNCACHED = "compiling, as in every run: {}; see rnncli doctor"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "warmup")(warmup)
    # a configuration that cannot be read must not keep the doctor from saying so
    command(app, "doctor", configurable=False)(doctor)


def warmup(showing: ResultSettings) -> None:
    """Compile the kernels now instead of at first use."""
    from rnncli.diagnostics.warmup import NEEDED, warm_up
    from rnncli.report.diagnostics import warmup_report

    messages = Messages(showing)
    with messages.progress(len(NEEDED)) as bar:
        kernels = warm_up(bar.update)
    show_result(warmup_report([asdict(kernel) for kernel in kernels]), showing)


def doctor(looking: DoctorSettings, showing: ResultSettings) -> None:
    """Check the installation and show versions, CPU and caches."""
    from rnncli.report.diagnostics import doctor_report, licences_report

    if looking.licences:
        from rnncli.diagnostics.licences import list_libraries

        show_result(licences_report([asdict(library) for library in list_libraries()]), showing)
        return
    from rnncli.diagnostics.doctor import examine

    show_result(doctor_report(examine()), showing)


def watch_kernels(messages: Messages, stage: Stage) -> None:
    """Time every kernel of this run as a stage, and note once if any must be compiled."""
    from rnncli.kernels import _jit

    compiling = _once(lambda: messages.note(_announcement()))

    @contextmanager
    def watch(kernel: str) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - all kernels alike
        with stage(STAGE):
            yield compiling

    _jit.watch = watch


def _announcement() -> str:
    """The note on compiling: that it happens once, or why it will happen again."""
    from rnncli.diagnostics.cache_state import examine_cache

    reason = examine_cache().reason
    return COMPILING if reason is None else UNCACHED.format(reason)


def _once(say: Callable[[], None]) -> Callable[[], None]:
    left = [say]

    def say_once() -> None:
        while left:
            left.pop()()

    return say_once
