"""Object code put into memory without LLVM is the code that LLVM loads; all else is left to it."""

import os
from dataclasses import replace

import numpy as np
import pytest

from rnncli.kernels import _cache, _compile, _elf, _load, _object_file
from rnncli.kernels._elf import NotLoadableError
from rnncli.kernels._inline import OPTIONS

SIGNATURE = "void(float64[::1],float64[::1])"
pytestmark = pytest.mark.skipif(not _elf.is_at_home(), reason="LLVM loads all code")


def source(x, out):
    for k in range(x.shape[0]):
        out[k] = np.expm1(x[k]) + 0.1 * k


@pytest.fixture(scope="module")
def data():
    """Bytes of a file of compiled code."""
    return _compile.object_code(SIGNATURE, source, OPTIONS)


@pytest.fixture(scope="module")
def code(data):
    return _object_file.unpacked(data)


def result_of(data):
    """What a loaded kernel writes."""
    out = np.zeros(9)
    kernel = _load.load(SIGNATURE, data, lambda: pytest.fail("it does not fit"))
    kernel(np.linspace(-2, 2, 9), out)
    return out.tobytes()


def test_code_gives_the_bits_that_it_gives_where_llvm_loads_it(data, monkeypatch):
    """And LLVM is not asked."""
    with monkeypatch.context() as patch:
        patch.setattr(_load, "_by_llvm", lambda code: pytest.fail(f"LLVM loads {code.entry}"))
        ours = result_of(data)
    monkeypatch.setattr(_load, "is_at_home", lambda: False)
    assert ours == result_of(data) != bytes(72)


def test_functions_of_mathematics_are_those_that_llvm_is_given():
    """Else the last bit may differ; without them LLVM is asked."""
    for name in ("exp", "expm1", "log1p", "tanh", "cos", "nowhere_at_all"):
        assert _load._address_in_process(name) is None
        assert bool(_load._address_at_numba_s(name)) == (name != "nowhere_at_all")
    assert _load._address_in_process("memset")


@pytest.mark.parametrize(
    ("place", "value"), [(0, 0x7E), (4, 1), (5, 2), (16, 3), (18, 0xB7), (58, 1)]
)
def test_files_of_other_systems_are_refused(code, place, value):
    """Magic, width, byte order, kind, machine, size of a section."""
    part = bytearray(code.parts[0])
    part[place] = value
    with pytest.raises(NotLoadableError):
        _elf.loaded([bytes(part)], code.entry, {})


def with_section(code, change):
    """The first part with its section of code changed."""
    part = bytearray(code.parts[0])
    begin, count = int.from_bytes(part[40:48], "little"), int.from_bytes(part[60:62], "little")
    for k in range(count):
        at = begin + k * _elf.SECTION.size
        section = _elf._Section(*_elf.SECTION.unpack_from(part, at))
        if section.type == _elf.BITS and section.flags & 4 and section.size:
            part[at : at + _elf.SECTION.size] = _elf.SECTION.pack(*section._replace(**change))
    return bytes(part)


@pytest.mark.parametrize("change", [{"flags": 7}, {"type": 14}, {"align": 4096}, {"type": 8}])
def test_sections_that_code_alone_does_not_have_are_refused(code, change):
    """Data that changes, functions to call first, whole pages, zeros."""
    parts = [with_section(code, change), *code.parts[1:]]
    with pytest.raises(NotLoadableError):
        _elf.loaded(parts, code.entry, dict.fromkeys(code.needs, 1))


def test_names_that_are_nowhere_are_refused(code):
    """A function that is called, and the one to call."""
    with pytest.raises(NotLoadableError):
        _elf.loaded(code.parts, code.entry, {})
    with pytest.raises(NotLoadableError):
        _elf.loaded(code.parts, "another", dict.fromkeys(code.needs, 1))


def test_a_cut_file_is_refused(code):
    """Its sections are beyond its end."""
    for size in (10, 100, len(code.parts[0]) // 2):
        assert _load._placed(replace(code, parts=[code.parts[0][:size]])) is None
    assert _load._placed(code) is not None


@pytest.mark.parametrize("stored", [None, "", "znver4-31f6", "x" * 99, "\udcff"])
def test_what_llvm_says_of_the_processor_is_asked_once(tmp_path, monkeypatch, stored):
    """And kept beside the kernels; a damaged file is written anew."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder, digest = _cache.cache_folder(), _cache._processor_digest()
    if digest is None:
        pytest.skip("nothing names this processor")
    path = folder / f"processor-{digest}"
    if stored is not None:
        path.write_bytes(stored.encode(errors="surrogateescape"))
    key = _cache._processor_key()
    assert _cache.processor_key.__wrapped__() == key == path.read_text()
    monkeypatch.setattr(_cache, "_processor_key", lambda: pytest.fail("LLVM is asked again"))
    assert _cache.processor_key.__wrapped__() == key
    assert [file.name for file in folder.iterdir()] == [path.name]


def test_what_is_no_file_in_the_cache_is_not_read(tmp_path):
    """A pipe would be waited for, and a device may have no end."""
    pipe, endless = tmp_path / "pipe", tmp_path / "endless"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    assert _cache._read(pipe) is None
    assert _cache._read(endless) is None
    assert _cache._content(pipe) == _cache._content(endless) == b""
