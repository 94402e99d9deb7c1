"""The ratio of gammas that Student's t needs, and its slope, are those of the gamma function."""

import math

import numpy as np
import pytest
from jit import kernel_of

from rnncli.kernels._log_gamma import ratio, slope

# x, then log Γ(x + ½) - log Γ(x) - ½ log x and -x² (ψ(x + ½) - ψ(x) - 1/(2x)), recorded with
# mpmath at 40 digits
RECORDED = [
    (1.0, -0.12078223763524522, -0.11370563888010939),
    (1.25, -0.09770106025577727, -0.11707185456738527),
    (2.0, -0.0618907198070535, -0.12148922218710419),
    (3.5, -0.03559561736670322, -0.12377259038532674),
    (10.0, -0.01249480717472882, -0.12484452309652676),
    (50.0, -0.002499958338331816, -0.12499375124946914),
    (1000.0, -0.00012499999479166822, -0.12499998437500781),
]
WITHIN = {"float64": (1e-13, 1e-12), "float32": (2e-8, 1e-6)}  # absolute: the ratio, its slope


def ratio_of_each(u, out):
    for k in range(u.shape[0]):
        out[k] = ratio(u[k])


def slope_of_each(u, out):
    for k in range(u.shape[0]):
        out[k] = slope(u[k])


def compiled(function, u):
    out = np.empty_like(u)
    kernel_of(f"void({u.dtype}[::1],{u.dtype}[::1])", function)(u, out)
    return out


@pytest.mark.parametrize("dtype", WITHIN)
def test_recorded_values(dtype):
    """The digamma function, which the standard library lacks, at seven places."""
    x, ratios, slopes = np.array(RECORDED).T
    u = (1 / x).astype(dtype)
    for function, ref, within in zip(
        (ratio_of_each, slope_of_each), (ratios, slopes), WITHIN[dtype], strict=True
    ):
        np.testing.assert_allclose(compiled(function, u), ref, rtol=0, atol=within)


@pytest.mark.parametrize("dtype", WITHIN)
def test_the_library_s_logarithms_of_gamma(dtype):
    """For 2 to 200 degrees of freedom, where those do not yet cancel."""
    u = np.linspace(0.01, 1, 2001).astype(dtype)
    x = 1 / u.astype("float64")
    ref = [math.lgamma(v + 0.5) - math.lgamma(v) - 0.5 * math.log(v) for v in x]
    within = {"float64": 1e-12, "float32": 2e-8}[dtype]
    np.testing.assert_allclose(compiled(ratio_of_each, u), ref, rtol=0, atol=within)


@pytest.mark.parametrize("dtype", WITHIN)
def test_the_slope_is_that_of_the_ratio(dtype):
    """By central differences of the ratio in float64."""
    u, step = np.linspace(0.01, 0.99, 501), 1e-4
    up, down = (compiled(ratio_of_each, u + sign * step) for sign in (1, -1))
    comp = compiled(slope_of_each, u.astype(dtype))
    np.testing.assert_allclose(comp, (up - down) / (2 * step), rtol=0, atol=1e-6)


def test_many_degrees_of_freedom_are_the_normal_distribution():
    """At u = 0 the ratio is 0, so that nothing but Gauss is left."""
    for dtype in WITHIN:
        assert compiled(ratio_of_each, np.zeros(1, dtype))[0] == 0
