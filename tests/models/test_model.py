"""A model file comes back as it was, or not at all."""

import dataclasses
import hashlib
import json
import os
import struct
import time

import numpy as np
import pytest
from hand_made import hand_made_model
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load

from rnncli.errors import CannotCreateError, MissingInputError, ModelFileError, RnncliError
from rnncli.models.model import decode, encode, load_model, save_model
from rnncli.network.network import Network
from rnncli.storage import tensor_file
from rnncli.storage.tensor_file import is_model
from rnncli.transforms.binning import Bins

BAD_BITS = 8


@pytest.fixture(scope="module")
def small():
    """A model as small as one can be."""
    return hand_made_model(hidden_size=1, points=199, aheads=0)


@pytest.fixture(scope="module")
def data(small):
    """Its bytes."""
    return encode(small)


def entry(data):
    """The JSON entry of a model file, and its tensors."""
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["rnncli"]), load(data)


def signed(content, tensors):
    """A file whose digest fits whatever it holds: a forger's, or another version's."""
    content.pop("sha256", None)
    return tensor_file._sealed(tensors, content)


def with_header(text):
    """A file of a header and 24 bytes."""
    raw = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(raw)) + raw + bytes(24)


def test_a_model_comes_back_as_it_was(tmp_path):
    """Every field of a model survives a round trip, weights to the last bit."""
    ref = hand_made_model()
    save_model(str(tmp_path / "m"), ref)
    comp = load_model(str(tmp_path / "m"))
    assert comp.network.flat.tobytes() == ref.network.flat.tobytes()
    assert comp.network.architecture == ref.network.architecture
    for name in ("preparation", "bounds", "settings", "record"):
        assert getattr(comp, name) == getattr(ref, name)


@given(weights=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=6,
                        max_size=6), scale=st.sampled_from(["log-return", "minmax"]),
       symbol=st.text(max_size=5))  # fmt: skip
def test_any_model_comes_back_as_it_was(weights, scale, symbol):
    """Whatever its weights, preparation and symbols: decode undoes encode."""
    ref = hand_made_model(hidden_size=1, aheads=0)
    ref.network.flat[:] = weights
    fitted = {symbol: (1.5, 2.5)} if scale == "minmax" else {}
    preparation = dataclasses.replace(ref.preparation, scale=scale, fitted=fitted)
    comp = decode(encode(dataclasses.replace(ref, preparation=preparation)))
    assert comp.network.flat.tobytes() == ref.network.flat.tobytes()
    assert comp.preparation == preparation


def test_the_same_model_gives_the_same_bytes(small, data):
    """Saving is a function of the model alone."""
    assert {encode(small) for _ in range(5)} == {data}
    assert encode(decode(data)) == data


@pytest.mark.slow
def test_every_flipped_bit_is_refused(data):
    """No bit of a model file can change unseen."""
    for position in range(len(data)):
        for bit in range(BAD_BITS):
            torn = bytearray(data)
            torn[position] ^= 1 << bit
            with pytest.raises(ModelFileError):
                decode(bytes(torn))


def test_every_cut_and_every_addition_is_refused(data):
    """A half-copied file, or one with bytes behind it, is not a model."""
    for length in range(len(data)):
        with pytest.raises(ModelFileError):
            decode(data[:length])
    for added in (b"\0", b"\n", data):
        with pytest.raises(ModelFileError):
            decode(data + added)


HOSTILE = {
    "nothing": b"",
    "length 2^63": struct.pack("<Q", 1 << 63) + b"{}",
    "length beyond the file": struct.pack("<Q", 1 << 20) + b"{}",
    "no JSON": with_header("{" * 64),
    "deep JSON": with_header('{"a":' * 100_000),
    "deep lists": with_header('{"a":' + "[" * 100_000),
    "no metadata": with_header('{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}'),
    "metadata no dict": with_header('{"__metadata__":[1]}'),
    "entry no JSON": with_header('{"__metadata__":{"rnncli":"x"}}'),
    "entry a list": with_header('{"__metadata__":{"rnncli":"[]"}}'),
    "duplicate keys": with_header('{"__metadata__":{"rnncli":"{}","rnncli":"{}"}}'),
    "duplicate in entry": with_header('{"__metadata__":{"rnncli":"{\\"a\\":1,\\"a\\":1}"}}'),
    "bad UTF-8": with_header(b'{"\xff":1}'),
    "lone surrogate": with_header('{"__metadata__":{"rnncli":"{\\"format\\":1,\\"\\ud800\\":1}"}}'),
    "huge number": with_header('{"__metadata__":{"rnncli":"{\\"format\\":' + "9" * 5000 + '}"}}'),
    "many tensors": with_header(
        "{"
        + ",".join(f'"{k}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for k in range(9999))
        + "}"
    ),
    "pickle": b"\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_header_is_refused_at_once(case):
    """Sizes and structure are checked before anything large is built."""
    started = time.perf_counter()
    with pytest.raises(ModelFileError):
        decode(HOSTILE[case])
    assert time.perf_counter() - started < 5  # a whole parse of it would take far longer


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "head.weight"])
def test_a_weight_that_is_not_a_number_is_refused(name, bad, data):
    """NaN and infinity in any tensor are refused though the digest fits them."""
    content, tensors = entry(data)
    tensors[name].flat[0] = bad
    with pytest.raises(ModelFileError, match="finite"):
        decode(signed(content, tensors))


def test_tensors_of_another_network_are_refused(data):
    """A missing, added, reshaped or retyped tensor is no network."""
    for change in ("missing", "added", "reshaped", "retyped"):
        content, tensors = entry(data)
        if change == "missing":
            del tensors["head.bias"]
        elif change == "added":
            tensors["more"] = np.zeros(3, np.float32)
        elif change == "reshaped":
            tensors["head.bias"] = tensors["head.bias"].reshape(1, 1)
        else:
            tensors["head.bias"] = tensors["head.bias"].astype(np.float64)
        with pytest.raises(ModelFileError):
            decode(signed(content, tensors))


FORGED = {
    "architecture": [
        {"cell": "lstm"}, {"cell": "?"}, {"hidden_size": 2}, {"hidden_size": "1"},
        {"hidden_size": -1}, {"hidden_size": 10**9}, {"layers": 2}, {"layers": 10**9},
        {"layers": 0}, {"input_size": 2}, {"output_size": 2}, {"activation": "sine"}, {"more": 1},
    ],
    "preparation": [
        {"scale": "?"}, {"divisor": None}, {"divisor": 0}, {"divisor": "x"}, {"fitted": []},
        {"fitted": {"A": [1]}}, {"bins": {}},
    ],
    "bounds": [
        {"unit": "?"}, {"quantiles": [[1.0]]}, {"counts": None}, {"quantiles": 3}, {"counts": [3]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("part", "change"), [(part, change) for part in FORGED for change in FORGED[part]]
)
def test_a_file_that_says_something_else_is_refused(part, change, data):
    """Another architecture, scale or bounds than the file can have are refused, and at once."""
    content, tensors = entry(data)
    content[part] |= change
    started = time.perf_counter()
    with pytest.raises(ModelFileError):
        decode(signed(content, tensors))
    assert time.perf_counter() - started < 5  # a whole parse of it would take far longer


@pytest.mark.parametrize("part", ["architecture", "preparation", "bounds", "settings", "record"])
def test_a_missing_part_is_refused(part, data):
    """A file without one of its parts is damaged."""
    content, tensors = entry(data)
    for value in (None, [], "x"):
        content[part] = value
        with pytest.raises(ModelFileError):
            decode(signed(dict(content), tensors))
    del content[part]
    with pytest.raises(ModelFileError):
        decode(signed(content, tensors))


def test_a_newer_format_is_distinguished_from_damage(data):
    """The message names both versions and the remedy."""
    content, tensors = entry(data)
    content |= {"format": 3, "version": "9.1.0", "unheard of": {}}
    with pytest.raises(ModelFileError, match=r"rnncli 9\.1\.0, format 3; .* upgrade"):
        decode(signed(content, tensors))


def test_a_model_of_the_first_version_means_the_same(data, small):
    """0.1 wrote fewer entries; the model that its file holds is the one it was then."""
    content, tensors = entry(data)
    for part, names in {"architecture": ("rows_ahead", "linear"),
                        "preparation": ("start_weight", "input_limit")}.items():  # fmt: skip
        for name in names:
            del content[part][name]
    content["settings"]["train"] = {"epochs": 7}
    model = decode(signed(content, tensors))
    assert model.network.architecture == small.network.architecture
    assert model.preparation == small.preparation
    assert model.settings["train"] == {"epochs": 7, "pool": "none"}


def test_plain_safetensors_reads_the_weights_by_pytorch_names(data, small):
    """Anybody can load the weights: names, shapes and types are those of torch.nn.RNN."""
    tensors = load(data)
    assert {name: (t.shape, t.dtype.str) for name, t in tensors.items()} == {
        "weight_ih_l0": ((1, 1), "<f4"), "weight_hh_l0": ((1, 1), "<f4"),
        "bias_ih_l0": ((1,), "<f4"), "bias_hh_l0": ((1,), "<f4"),
        "head.weight": ((1, 1), "<f4"), "head.bias": ((1,), "<f4"),
    }  # fmt: skip
    for name, view in small.network.parameters.items():
        assert tensors[name].tobytes() == view.tobytes()


@pytest.mark.parametrize("layout", ["F", "strided", "big-endian", "float64"])
def test_arrays_of_any_layout_are_saved_right(layout, tmp_path):
    """What lies transposed, with gaps or swapped in memory is saved as what it means."""
    model = hand_made_model()
    weights = np.arange(model.network.flat.size, dtype=np.float32) / 8
    wide = np.zeros(2 * weights.size, np.float32)
    wide[::2] = weights
    flat = {
        "F": np.asfortranarray(weights), "strided": wide[::2],
        "big-endian": weights.astype(">f4"), "float64": weights.astype(np.float64),
    }[layout]  # fmt: skip
    network = Network(model.network.architecture, flat)
    save_model(str(tmp_path / "m"), dataclasses.replace(model, network=network))
    comp = load_model(str(tmp_path / "m")).network.flat
    assert np.array_equal(comp, weights)


def test_a_transposed_tensor_is_saved_right():
    """A tensor in Fortran's order does not come back transposed."""
    tensors = {"a": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))}
    laid = {name: np.ascontiguousarray(tensor, "<f4") for name, tensor in tensors.items()}
    assert np.array_equal(load(tensor_file._sealed(laid, {}))["a"], tensors["a"])


def test_a_loaded_model_knows_the_digest_of_its_file(tmp_path, small):
    """As sha256sum shows it; one that was not loaded has none. It is no part of the model."""
    path = tmp_path / "m"
    save_model(str(path), small)
    loaded = load_model(str(path))
    assert loaded.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert small.digest == ""
    assert encode(loaded) == encode(small)


def test_the_digest_covers_names_shapes_and_content():
    """Two different models never have the same digest by an accident of concatenation."""
    one = {"a": np.zeros((2, 1), np.float32), "b": np.zeros(1, np.float32)}
    two = {"a": np.zeros((1, 2), np.float32), "b": np.zeros(1, np.float32)}
    three = {"a": np.zeros(1, np.float32), "b": np.zeros((2, 1), np.float32)}
    found = {tensor_file._digest("{}", tensors) for tensors in (one, two, three)}
    assert len(found) == 3
    assert all(len(digest) == hashlib.sha256().digest_size * 2 for digest in found)


def test_faults_of_a_file_name_it(tmp_path):
    """An error of load_model begins with the path, and its class says what to do."""
    path = tmp_path / "m"
    with pytest.raises(MissingInputError, match=f"^{path}: .*rnncli train PRICES -o"):
        load_model(str(path))
    with pytest.raises(MissingInputError, match=f"^{tmp_path}: "):
        load_model(str(tmp_path))
    path.write_bytes(b"no model")
    with pytest.raises(ModelFileError, match=f"^{path}: not a model"):
        load_model(str(path))
    with pytest.raises(CannotCreateError):
        save_model(str(tmp_path / "none" / "m"), hand_made_model())


@pytest.mark.slow
def test_a_model_is_distinguished_from_prices_by_its_first_bytes(hand_made, prices, tmp_path):
    """Inspect takes a file for a model by what it holds, not by its name."""
    assert is_model(str(hand_made))
    for path in (prices, tmp_path, tmp_path / "none", "/dev/null", "-"):
        assert not is_model(str(path))
    content, cut = hand_made.read_bytes(), tmp_path / "cut"
    cut.write_bytes(content)
    for size in reversed(range(len(content))):
        os.truncate(cut, size)
        assert is_model(str(cut)) == (size > 4)


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_the_mode_is_what_the_umask_leaves_or_as_before(umask, small, tmp_path):
    """A new model is as readable as any new file, a replaced one as it was."""
    path = tmp_path / "m"
    before = os.umask(umask)
    try:
        save_model(str(path), small)
        assert path.stat().st_mode & 0o777 == 0o666 & ~umask
        path.chmod(0o664)
        save_model(str(path), small)
        assert path.stat().st_mode & 0o777 == 0o664
    finally:
        os.umask(before)


def test_every_fault_of_a_model_is_one_of_ours(data):
    """Nothing but an error with an exit status of its own ever leaves decode."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        torn = bytearray(data)
        for position in rng.integers(0, len(torn), 5):
            torn[position] = rng.integers(256)
        with pytest.raises(RnncliError):
            decode(bytes(torn))


BINS = Bins((0.25, 0.75), ("low", "medium", "high"), (0.0, 0.5, 1.0))
HEADS = {
    "gaussian": (2, (), None),
    "student-t": (3, (), None),
    "cross-entropy": (3, (), BINS),
    "quantile": (3, (0.1, 0.5, 0.9), None),
}


def with_head(head):
    """A small model whose outputs mean something else."""
    outputs, levels, bins = HEADS[head]
    small = hand_made_model(hidden_size=1, aheads=0)
    a = dataclasses.replace(
        small.network.architecture, head=head, output_size=outputs, levels=levels
    )
    network = Network(a, np.ones(a.size, np.float32))
    preparation = dataclasses.replace(small.preparation, bins=bins)
    return dataclasses.replace(small, network=network, preparation=preparation)


@pytest.mark.parametrize("head", HEADS)
def test_what_the_outputs_mean_comes_back(head):
    """The head and its levels are kept."""
    ref = with_head(head)
    comp = decode(encode(ref))
    assert comp.network.architecture == ref.network.architecture
    assert comp.preparation.bins == HEADS[head][2]


@pytest.mark.parametrize(
    ("head", "change"),
    [
        ("gaussian", {"head": "student-t"}),
        ("gaussian", {"head": "point"}),
        ("gaussian", {"head": "?"}),
        ("gaussian", {"levels": [0.5]}),
        ("gaussian", {"mode": "vec2seq", "horizon": 3}),
        ("student-t", {"head": "cross-entropy"}),
        ("student-t", {"head": "quantile"}),
        ("cross-entropy", {"head": "student-t"}),
        ("quantile", {"levels": [0.1, 0.9]}),
        ("quantile", {"levels": [0.1, 0.9, 0.5]}),
        ("quantile", {"levels": [0.1, 0.5, 1.5]}),
        ("quantile", {"levels": [0.1, 0.5, "x"]}),
        ("quantile", {"levels": None}),
    ],
)
def test_outputs_that_cannot_mean_that_are_refused(head, change):
    """As many as the head has, of classes where there are bins, at levels in their order."""
    content, tensors = entry(encode(with_head(head)))
    content["architecture"] |= change
    with pytest.raises(ModelFileError):
        decode(signed(content, tensors))


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("preparation", "inputs", [-1]),
        ("preparation", "inputs", "../../x"),
        ("preparation", "inputs", ["\x1b[31m"]),
        ("preparation", "inputs", ""),
        ("preparation", "spread", ""),
        ("preparation", "spread", [[0.0, 5e-324]]),
        ("preparation", "divisor", 5e-324),
        ("preparation", "divisor", True),
        ("preparation", "season", 2**70),
        ("architecture", "levels", ""),
        ("architecture", "levels", {}),
        ("architecture", "rows_ahead", {}),
        ("bounds", "shifts", ""),
        ("bounds", "weights", {}),
        ("bounds", "counts", [2**70]),
        ("preparation", "spread", [[None, 1.0]]),
        ("preparation", "spread", [[0.0, "NaN"]]),
        ("preparation", "season", 5e-324),
        ("preparation", "season", -(10**30)),
        ("preparation", "fitted", {"A": [0.0, 0.0]}),
        ("preparation", "shares", {"A": [1.0]}),
        ("preparation", "shares", {"A": ["x"]}),
        ("preparation", "decay", 1e308),
        ("architecture", "hidden_size", True),
        ("architecture", "hidden_size", 10**30),
        ("bounds", "counts", [-1]),
        ("bounds", "quantiles", [["x"] * 199]),
        ("bounds", "shifts", [[0.0] * 199] * 9),
        ("bounds", "first", ["../x"]),
        ("settings", "read", "x"),
        ("settings", "read", {"column": -1}),
        ("settings", "read", {"resample": ""}),
        ("settings", "train", {"pool": []}),
        ("record", "last_date", "../x"),
        ("record", "last_date", 10**30),
        ("record", "seen", {"weights": [None]}),
        ("record", "epochs", 3),
        ("record", "symbols", [1]),
    ],
)
def test_a_value_of_another_type_or_range_is_refused_under_any_digest(data, part, name, value):
    """A digest that fits shows that bytes are whole, not that this program wrote them."""
    content, tensors = entry(data)
    content[part] = {**content[part], name: value}
    with pytest.raises(ModelFileError):
        decode(signed(content, tensors))
