"""`rnncli warmup` and `rnncli doctor`: compile ahead of time; say what this machine has."""

from dataclasses import asdict

import typer

from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.settings import OutputSettings


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "warmup")(warmup)
    # a configuration that cannot be read must not keep the doctor from saying so
    command(app, "doctor", configurable=False)(doctor)


def warmup(showing: OutputSettings) -> None:
    """Compile ahead of time what the other commands need."""
    from rnncli.diagnostics.warmup import NEEDED, warm_up
    from rnncli.report.diagnostics import warmup_report
    from rnncli.report.output import write_report

    messages = Messages(showing)
    with messages.progress(len(NEEDED)) as bar:
        kernels = warm_up(bar.update)
    write_report(warmup_report([asdict(kernel) for kernel in kernels]), showing.format)


def doctor(showing: OutputSettings) -> None:
    """Say what this machine has, and what of it is used."""
    from rnncli.diagnostics.doctor import examine
    from rnncli.report.diagnostics import doctor_report
    from rnncli.report.output import write_report

    write_report(doctor_report(examine()), showing.format)
