"""The compiled continued fraction has the bits of the one in NumPy."""

import numpy as np

from rnncli.distributions.student_t import by_fraction, quantile, quantiles
from rnncli.kernels import fraction_kernel


def test_compiled_is_as_in_numpy():
    """Whatever the degrees of freedom; of no number, none."""
    rng = np.random.default_rng(0)
    a, b = 10 ** rng.uniform(-0.3, 5, 3000), np.full(3000, 0.5)
    x = rng.uniform(0, 1, 3000) * 2 / (a + 2.5)
    a[7] = np.nan
    for first, second in ((a, b), (b, a)):
        comp = np.empty_like(x)
        fraction_kernel()(first, second, x, comp)
        np.testing.assert_array_equal(comp, by_fraction(first, second, x))


def test_quantiles_at_once_are_those_of_each():
    """Of several probabilities, one dof or many; the median is 0."""
    dof = np.array([[1.0, 2.5, 4.3], [1e6, np.nan, 30.0]])
    probabilities = (0.025, 0.1, 0.5, 0.9, 1 - 0.025)
    comp = quantiles(probabilities, dof)
    for k, p in enumerate(probabilities):
        np.testing.assert_array_equal(comp[..., k], quantile(p, dof))
        for place in np.ndindex(dof.shape):
            np.testing.assert_array_equal(comp[(*place, k)], quantile(p, dof[place]))
