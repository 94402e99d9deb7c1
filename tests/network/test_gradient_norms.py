"""Norms and clipping: sums in float64, and no overflow before the norm itself overflows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.network.gradient_norms import clip_by_global_norm, global_norm, norm_of, state_norms

ELEMENTS = st.floats(-1e6, 1e6, allow_nan=False, width=32)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(elements=st.lists(ELEMENTS, min_size=1, max_size=20), limit=st.floats(1e-3, 1e3))
def test_clipping_limits_the_norm_and_keeps_the_direction(dtype, elements, limit):
    """The norm after is at most the limit, small gradients stay, and clipping twice is once."""
    gradient = np.array(elements, dtype)
    before = gradient.copy()
    norm = clip_by_global_norm(gradient, limit)
    plain = sum(float(e) ** 2 for e in before) ** 0.5
    assert norm == pytest.approx(plain, rel=1e-9)
    rounding = 1e-6 if dtype == "float32" else 1e-12
    assert global_norm(gradient) <= limit * (1 + rounding)
    if plain <= limit:
        assert np.array_equal(gradient, before)
    else:
        np.testing.assert_allclose(gradient * norm, before * limit, rtol=1e-5, atol=1e-30)
    once = gradient.copy()
    clip_by_global_norm(gradient, limit)
    np.testing.assert_allclose(gradient, once, rtol=rounding, atol=0)
    assert gradient.dtype == dtype


def test_a_limit_of_zero_clips_nothing():
    """--clip-norm 0 measures and leaves the gradient as it is."""
    gradient = np.array([3.0, 4.0])
    assert clip_by_global_norm(gradient, 0.0) == 5.0
    assert gradient.tolist() == [3.0, 4.0]


def test_norms_are_summed_in_float64():
    """A float32 gradient of 1e20 has a norm, though its square is beyond float32."""
    assert global_norm(np.array([1e20, 0.0], np.float32)) == pytest.approx(1e20)


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e200])
def test_norms_of_any_size_are_norms(size):
    """What would leave the numbers when squared, or vanish, does not."""
    values = np.random.default_rng(3).standard_normal((2, 5, 4, 3))
    plain = np.sqrt(np.sum(values**2, axis=(0, 2)))
    np.testing.assert_allclose(
        norm_of(values * size), np.sqrt(np.sum(values**2)) * size, rtol=1e-12
    )
    np.testing.assert_allclose(state_norms(values * size), plain * size, rtol=1e-12)


def test_norms_of_nothing_and_of_what_is_not_a_number():
    """Zeros have norm 0; what has overflowed stays infinite, and NaN stays NaN."""
    values = np.zeros((1, 3, 2, 1))
    values[0, 1], values[0, 2, 0] = np.inf, np.nan
    assert state_norms(values)[:, 0].tolist()[:2] == [0.0, np.inf]
    assert np.isnan(state_norms(values)[2, 0])
