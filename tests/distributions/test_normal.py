"""Quantiles of the normal distribution are those of the standard library."""

from statistics import NormalDist

from rnncli.distributions.normal import normal_quantile


def test_quantiles_are_those_of_the_standard_library():
    """Bit by bit."""
    for probability in (1e-12, 0.005, 0.1, 0.5, 0.8413, 0.975, 1 - 1e-12):
        assert normal_quantile(probability) == NormalDist().inv_cdf(probability)
