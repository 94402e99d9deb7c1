"""A state comes back as it was, or is not trusted: not by a byte, not from elsewhere."""

import json
import struct

import numpy as np
import pytest
from resumed import DIGEST, forecast
from safetensors.numpy import load as tensors_of
from states import grown, model_of

from rnncli.errors import MissingInputError, UsageError
from rnncli.forecasting.incremental import state_file
from rnncli.forecasting.incremental.state_file import UntrustedError, decode, encode, load, save
from rnncli.models.model import encode as encode_model
from rnncli.storage import tensor_file

PRICES = grown({"AAA": 40, "BBB": 9})
MODEL = model_of("lstm", PRICES)


@pytest.fixture(scope="module")
def data():
    """The bytes of a state."""
    return forecast(MODEL, PRICES)[2]


def forged(data, changes):
    """A file whose digest fits, some of its tensors others."""
    length = struct.unpack("<Q", data[:8])[0]
    content = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["rnncli"])
    content.pop("sha256")
    return tensor_file._sealed({**tensors_of(data), **changes}, content)


def test_a_state_comes_back_as_it_was(data):
    """All its numbers, so that the same state has the same bytes."""
    assert encode(decode(data, MODEL, DIGEST), DIGEST) == data
    some = decode(data, MODEL, DIGEST).of(["BBB"])
    assert (some.symbols, some.stats[0].rows, some.after.outputs.shape) == (("BBB",), 9, (1, 5))


def test_any_changed_byte_is_noticed(data):
    """Wherever it is: damaged, or of something else; nothing is gone on from."""
    for place in range(0, len(data), 37):
        changed = bytearray(data)
        changed[place] ^= 4
        with pytest.raises(UntrustedError):
            decode(bytes(changed), MODEL, DIGEST)
        with pytest.raises(UntrustedError):
            decode(data[:place], MODEL, DIGEST)
    for foreign in (data[4:], b"my notes\n", b"x"):
        with pytest.raises(UsageError, match="exists and is not a state file"):
            decode(foreign, MODEL, DIGEST)


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": np.zeros(3, np.int64)}, {"last": np.zeros((2, 2))}, {"sums": np.zeros((2, 6))},
        {"memory": np.zeros((2, 1))},
        {"trail": np.array([0, 7])}, {"trails": np.array([1, 2, 3])}, {"inputs": np.zeros((2, 3))},
        {"outputs": np.zeros((2, 5))}, {"states_l1": np.zeros((1, 4, 2), np.float32)},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_what_does_not_fit_together_is_not_trusted(changes, data):
    """Even under a digest that fits."""
    with pytest.raises(UntrustedError, match="damaged"):
        decode(forged(data, changes), MODEL, DIGEST)


def test_states_from_elsewhere_are_not_trusted(data, monkeypatch):
    """A state of another model, of kernels whose last bit may differ, and another kind of file."""
    with pytest.raises(UntrustedError, match="another model"):
        decode(data, MODEL, "0" * 64)
    monkeypatch.setattr(state_file, "bits_key", lambda: "another processor")
    with pytest.raises(UntrustedError, match="another machine"):
        decode(data, MODEL, DIGEST)
    with pytest.raises(UsageError, match="is a model, not a state"):
        decode(encode_model(MODEL), MODEL, DIGEST)
    with pytest.raises(UsageError, match="is a ledger, not a state"):
        decode(b"SQLite format 3\0...", MODEL, DIGEST)


def test_a_state_that_is_the_same_is_not_written_again(data, tmp_path):
    """No file, none; the same one stays, to its time."""
    path = tmp_path / "s"
    assert load(str(path), MODEL, DIGEST) is None
    state = decode(data, MODEL, DIGEST)
    save(str(path), state, DIGEST)
    before = path.stat()
    save(str(path), state, DIGEST)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    with pytest.raises(MissingInputError, match="directory"):
        load(str(tmp_path), MODEL, DIGEST)


def test_series_that_traded_on_the_same_days_share_their_dates():
    """A state is some hundred bytes a symbol, and not as long as its dates."""
    many = {f"S{k}": 300 for k in range(50)}
    _, _, more = forecast(MODEL, grown(many))
    assert len(more) < 50 * 500 + 8000
