"""Training on disk: MODEL.checkpoint, from which --resume continues, and checkpoints by epoch.

A checkpoint is a sealed file of a snapshot, its settings, and a digest of its training values.
Checkpoints by epoch are the same files, as MODEL.checkpoints/epoch-12.

A checkpoint that does not fit is ignored and replaced, so that a nightly job needs no clean-up; any
other file is refused.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnncli import __version__
from rnncli.errors import CannotCreateError, MissingInputError, ModelFileError, UsageError, setting
from rnncli.models.model import Model
from rnncli.network.network import Network
from rnncli.settings import CheckpointSettings, NetworkSettings, PrepareSettings, TrainSettings
from rnncli.storage.atomic import check_creatable, write_atomically
from rnncli.storage.reading import read_start, read_whole
from rnncli.storage.tensor_file import LARGEST_FILE, seal, unseal
from rnncli.training.state import Interruption, Snapshot, TrainingRun
from rnncli.transforms.dataset import Dataset

KIND = "checkpoint"
NAMED = 8  # epochs in an error
MARK = f'\\"kind\\":\\"{KIND}\\"'.encode()  # in the header, which JSON holds as a text
START = 512  # bytes of a file that the mark is in
Settings = dict[str, Any]  # of all stages: no name is in two of them


def path_of(model: str) -> str:
    """Where the checkpoint of a training is, by where its model will be."""
    return f"{model}.checkpoint"


def folder_of_epochs(model: str) -> str:
    """Folder of the checkpoints by epoch."""
    return f"{model}.checkpoints"


def path_of_epoch(model: str, epoch: int) -> str:
    """Path of the checkpoint of an epoch."""
    return os.path.join(folder_of_epochs(model), f"epoch-{epoch}")


@dataclass(frozen=True)
class Checkpoint:
    """A snapshot and what it is of."""

    snapshot: Snapshot
    settings: Settings
    data: str
    version: str


class Checkpoints:
    """The checkpoints of one training: read, written and removed according to the settings."""

    def __init__(
        self,
        model: str,
        settings: CheckpointSettings,
        note: Callable[[str], None],
        warn: Callable[[str], None],
        out_of_time: Callable[[], bool],
    ) -> None:
        """Tell `note` where training starts, `warn` why a checkpoint is ignored."""
        self._model, self._settings = model, settings
        self._note, self._warn, self._out_of_time = note, warn, out_of_time
        self._anew = True

    def breaks(
        self, prepared: Dataset, *stages: PrepareSettings | NetworkSettings | TrainSettings,
        by_prices: Collection[str] = (),
    ) -> Interruption:  # fmt: skip
        """Where a training by the settings of some stages may be broken off.

        `by_prices`: names of settings that nobody typed, but the prices decided.
        Raises CannotCreateError, MissingInputError for what is in the place of a checkpoint.
        """
        check_place(self._model, self._settings)
        settings = {name: value for stage in stages for name, value in asdict(stage).items()}
        data = digest(prepared)

        def save(snapshot: Snapshot) -> None:
            content = encode(Checkpoint(snapshot, settings, data, __version__))
            if self._settings.keep_checkpoints:
                if self._anew:
                    _remove_epochs(self._model)
                self._anew = False
                _write_epoch(
                    path_of_epoch(self._model, snapshot.values["epochs"][-1]["epoch"]), content
                )
            write_atomically(path_of(self._model), content)

        start = self._start(settings, data, by_prices) if self._settings.resume else None
        self._anew = start is None
        return Interruption(
            start, self._settings.checkpoint_every, save, self._out_of_time,
            lambda: self._pass_over("does not fit this training"),
        )  # fmt: skip

    def _start(self, settings: Settings, data: str, by_prices: Collection[str]) -> Snapshot | None:
        path = path_of(self._model)
        try:
            checkpoint = read(path)
        except ModelFileError:
            self._pass_over("is damaged")
            return None
        if checkpoint is None:
            self._note(f"there is no {path}, so training starts anew")
            return None
        unfit = _unfit(checkpoint, settings, data, by_prices)
        if unfit is not None:
            self._pass_over(unfit)
            return None
        self._note(f"training goes on after epoch {len(checkpoint.snapshot.values['epochs'])}")
        return checkpoint.snapshot

    def _pass_over(self, why: str) -> None:
        self._anew = True
        self._warn(f"{path_of(self._model)}: {why}; training starts anew")

    def end(self, run: TrainingRun) -> None:
        """The model is written: remove the checkpoint, unless the time was up."""
        settings = self._settings
        if not run.out_of_time and (settings.resume or settings.checkpoint_every):
            remove(self._model)
        if run.out_of_time:
            further = (
                f"; {setting('resume')} goes on" if os.path.exists(path_of(self._model)) else ""
            )
            self._note(f"time was up after epoch {len(run.epochs)}{further}")


def check_place(model: str, settings: CheckpointSettings) -> None:
    """Refuse, before anything is read, what checkpoints could not be. Raises CannotCreateError."""
    path, folder = path_of(model), folder_of_epochs(model)
    if settings.checkpoint_every:
        check_creatable(path)
    if (settings.checkpoint_every or settings.resume) and _foreign(path):
        raise CannotCreateError(
            f"{path}: exists and is not a checkpoint; name another model or remove it"
        )
    if settings.keep_checkpoints and os.path.lexists(folder) and not os.path.isdir(folder):
        raise CannotCreateError(f"{folder}: is not a folder; name another model or remove it")


def _foreign(path: str) -> bool:
    """Whether a file is of another kind than a checkpoint or its remainder."""
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            return True
        start = read_start(path, START)
    except OSError:
        return False
    cut = len(start) < START and start[4:9] == b"\0\0\0\0{"
    return bool(start.strip(b"\0")) and not cut and MARK not in start


def remove(model: str) -> None:
    """Remove the checkpoint of a finished model; other files stay."""
    _remove(path_of(model))


def _remove(path: str) -> None:
    if not _foreign(path):
        with contextlib.suppress(OSError):
            os.unlink(path)


def _remove_epochs(model: str) -> None:
    """Remove checkpoints of an earlier training."""
    folder = folder_of_epochs(model)
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if re.fullmatch(r"epoch-[0-9]+", name):
            _remove(os.path.join(folder, name))


def _write_epoch(path: str, content: bytes) -> None:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as fault:
        raise CannotCreateError(f"{os.path.dirname(path)}: {fault.strerror}") from fault
    write_atomically(path, content)


def digest(prepared: Dataset) -> str:
    """SHA-256 of all arrays that a training sees."""
    sha256 = hashlib.sha256()
    for name in ("values", "offsets", "training", "further"):
        array = getattr(prepared, name)
        if array is not None:
            sha256.update(f"{name} {array.shape} {array.dtype.str}".encode())
            sha256.update(np.ascontiguousarray(array).tobytes())
    return sha256.hexdigest()


def encode(checkpoint: Checkpoint) -> bytes:
    """The bytes of a checkpoint."""
    about = {
        "kind": KIND,
        "values": checkpoint.snapshot.values,
        "settings": checkpoint.settings,
        "data": checkpoint.data,
    }
    return seal(checkpoint.snapshot.arrays, about)


def read(path: str) -> Checkpoint | None:
    """The checkpoint at a path, if there is a file. Raises MissingInputError, ModelFileError."""
    try:
        content, arrays = unseal(read_whole(path, LARGEST_FILE))
        if content["kind"] != KIND:
            raise KeyError
        snapshot = Snapshot(arrays, content["values"])
        len(snapshot.values["epochs"])
        return Checkpoint(snapshot, content["settings"], content["data"], content["version"])
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}") from fault
    except (ModelFileError, LookupError, TypeError):
        raise ModelFileError(f"{path}: is damaged, or no checkpoint") from None


def _as_stored(value: Any) -> Any:
    """A setting as JSON brings it back."""
    return list(value) if isinstance(value, tuple) else value


def _unfit(
    checkpoint: Checkpoint, settings: Settings, data: str, by_prices: Collection[str]
) -> str | None:
    """Why a checkpoint is of another training; more epochs are not a reason."""
    if checkpoint.version != __version__:
        return f"is of rnncli {checkpoint.version}, not {__version__}"
    for name, value in settings.items():
        was = checkpoint.settings.get(name)
        if was != _as_stored(value) and name != "epochs":
            if name in by_prices and checkpoint.data != data:
                return f"was begun with other prices, or with {setting(name)} {was}, not {value}"
            return f"was begun with {setting(name)} {was}, not {value}"
    done = len(checkpoint.snapshot.values["epochs"])
    if done > settings["epochs"]:
        return f"has {done} epochs already, more than {setting('epochs', settings['epochs'])}"
    return "was begun with other prices" if checkpoint.data != data else None


def at_epoch(path: str, model: Model, epoch: int) -> Network:
    """The network of a model after an epoch. Raises UsageError if there is no such checkpoint."""
    network = _network_of_epoch(path, model, epoch)
    if network is not None:
        return network
    saved_epochs = [str(number) for number in networks_by_epoch(path, model, f"epoch:{epoch}")]
    if len(saved_epochs) > NAMED:
        saved_epochs[NAMED - 2 : -1] = ["…"]
    reason = f"{path} has checkpoints of epochs {', '.join(saved_epochs)}"
    raise UsageError(reason, option="at", value=f"epoch:{epoch}")


def networks_by_epoch(path: str, model: Model, asked: str | None = None) -> dict[int, Network]:
    """The network of a model after each epoch that has a checkpoint.

    Raises UsageError for none, if a user `asked` for it.
    """
    epochs = range(1, len(model.record["epochs"]) + 1)
    saved = {number: _network_of_epoch(path, model, number) for number in epochs}
    networks = {number: network for number, network in saved.items() if network is not None}
    if asked is not None and not networks:
        remedy = f"train it with {setting('checkpoint_every', 1)} {setting('keep_checkpoints')}"
        raise UsageError(f"{path} has no checkpoints", option="at", value=asked, remedy=remedy)
    return networks


def _network_of_epoch(path: str, model: Model, epoch: int) -> Network | None:
    """The checkpoint of an epoch, if it is of the training of this model."""
    try:
        checkpoint = read(path_of_epoch(path, epoch))
    except (ModelFileError, MissingInputError):
        return None
    if checkpoint is None or checkpoint.snapshot.values["epochs"] != model.record["epochs"][:epoch]:
        return None
    weights = checkpoint.snapshot.arrays.get("latest", np.zeros(0))
    fits = weights.shape == model.network.flat.shape
    return Network(model.network.architecture, weights) if fits else None
