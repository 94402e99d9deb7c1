"""Where `train` puts its model: what that would cost is refused, and a model is never lost."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rnncli.errors import CannotCreateError, UsageError, WriteError
from rnncli.settings import CheckpointSettings
from rnncli.storage.atomic import beside, check_creatable, replacing


def check_output(output: str, inputs: Sequence[str], keeping: CheckpointSettings) -> None:
    """Refuse, before anything is read, an output that is an input or any file but a model.

    The same goes for what is in the place of its checkpoint.

    Raises UsageError, CannotCreateError.
    """
    if output == "-":
        raise UsageError("--output -: a model cannot go to standard output; name a file")
    check_creatable(output)
    if os.path.realpath(output) in {os.path.realpath(path) for path in inputs if path != "-"}:
        raise UsageError(f"--output {output}: is one of the inputs; name another file")
    for path in (output, beside(output)):
        _refuse_foreign(path)
    if keeping.checkpoint_every or keeping.resume:
        from rnncli.training.checkpoints import check_place

        check_place(output, keeping)


def _refuse_foreign(path: str) -> None:
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return
    from rnncli.storage.tensor_file import is_model

    if not is_model(path):
        raise CannotCreateError(f"{path}: is there and is no model; name another file or remove it")


@contextmanager
def saved(output: str, content: bytes) -> Iterator[None]:
    """Save a model, report on it inside, and only then let it take an older one's place."""
    with replacing(output, content) as place:
        try:
            yield
        except OSError as fault:
            raise WriteError(
                f"cannot write to standard output: {fault.strerror}; the model is in {place}"
            ) from fault
