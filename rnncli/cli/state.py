"""The state file of `predict`: read, updated, and a note if it cannot be used."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rnncli.cli.messages import SHOWN, Messages
from rnncli.errors import UsageError, name_some
from rnncli.settings import StateSettings

if TYPE_CHECKING:
    from rnncli.forecasting.incremental.resume import ResumableState
    from rnncli.models.model import Model


def check_state(
    settings: StateSettings, model: str, prices: Sequence[str], paths: int | None,
    others: Sequence[str | None],
) -> None:  # fmt: skip
    """Refuse early a state that could not be written, or would take the place of an input.

    Also a state file that is another output (`others`), and any for a folder of models.

    Raises UsageError, CannotCreateError.
    """
    from rnncli.models.prior import NAME
    from rnncli.storage.atomic import check_creatable

    path = settings.state
    if model != NAME and os.path.isdir(model) and (path is not None or settings.follow):
        option = "--follow" if settings.follow else "--state"
        raise UsageError(f"{option}: is of one model; {model} is a folder, name a model in it")
    if path is None:
        return
    if paths:
        raise UsageError("--state: is not for --paths, which are drawn anew; leave one of them out")
    if path == "-":
        raise UsageError("--state -: a state cannot go to standard output; name a file")
    check_creatable(path)
    if os.path.realpath(path) in {os.path.realpath(one) for one in others if one is not None}:
        raise UsageError(f"--state {path}: is the ledger or the log too; name another file")
    if os.path.realpath(path) in {os.path.realpath(one) for one in (model, *prices) if one != "-"}:
        raise UsageError(f"--state {path}: is one of the inputs; name another file")


def resume(path: str, model: "Model", digest: str, messages: Messages) -> "ResumableState":
    """The state of an earlier run; empty, with a note, if it cannot be trusted."""
    from rnncli.forecasting.incremental.resume import ResumableState
    from rnncli.forecasting.incremental.state_file import UntrustedError, load

    try:
        return ResumableState(model, load(path, model, digest))
    except UntrustedError as fault:
        messages.warn(f"{path}: {fault}; every series is replayed, and it is written anew")
    except UsageError as fault:
        raise UsageError(f"--state {path}: {fault}") from fault
    return ResumableState(model, None)


@contextmanager
def stored_state(
    settings: StateSettings, model: "Model", digest: str, messages: Messages
) -> Iterator["ResumableState | None"]:
    """The state of an earlier run, if states are stored; afterwards that of this run.

    Raises WriteError.
    """
    if settings.state is None:
        yield None
        return
    warm = resume(settings.state, model, digest, messages)
    yield warm
    _keep(settings.state, warm, digest, messages)


def _keep(path: str, warm: "ResumableState", digest: str, messages: Messages) -> None:
    """Write the new state, and note what had to be replayed."""
    from rnncli.forecasting.incremental.state_file import save

    for names, what in (
        (warm.rewritten, "another past than what was fed"),
        (warm.shorter, "fewer rows than were fed"),
    ):
        if names:
            messages.warn(f"{path}: {name_some(names, SHOWN)}: {what}; replayed from the first row")
    assert warm.after is not None
    save(path, warm.after, digest)
    messages.log(
        "kept",
        resumed=warm.resumed,
        rewritten=len(warm.rewritten),
        shorter=len(warm.shorter),
        symbols=len(warm.after.symbols),
    )
    messages.note(f"kept {len(warm.after.symbols)} symbols in {path}")
