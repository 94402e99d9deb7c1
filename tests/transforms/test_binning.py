"""Values are cut into classes and back."""

import numpy as np
import pytest

from rnncli.errors import DataError, UsageError
from rnncli.transforms.binning import Bins, fit_bins

THREE = Bins((1.0, 2.0), ("low", "medium", "high"), (0.5, 1.5, 4.0))


def test_classes_of_price_are_equally_wide():
    """With scale none the edges split the range of the training values evenly."""
    bins = fit_bins(np.array([0.0, 0.1, 0.2, 8.0]), 4, "none", None, None)
    assert bins.edges == (2.0, 4.0, 6.0)


@pytest.mark.parametrize("scale", ["log-return", "minmax", "standard"])
def test_classes_of_anything_else_are_equally_full(scale):
    """With other scales every class holds the same share of the training values."""
    rng = np.random.default_rng(1)
    values = rng.standard_exponential(900)
    bins = fit_bins(values, 3, scale, None, None)
    assert np.bincount(bins.classes(values)).tolist() == [300, 300, 300]
    assert bins.edges[1] - bins.edges[0] != pytest.approx(bins.edges[0] - values.min(), rel=0.1)


@pytest.mark.parametrize("scale", ["none", "log-return"])
def test_given_edges_are_taken(scale):
    """--edges wins over both rules."""
    bins = fit_bins(np.array([0.0, 1.0, 2.0, 3.0]), 3, scale, None, "0.5, 2.5")
    assert bins.edges == (0.5, 2.5)
    assert bins.centers == (0.0, 1.5, 3.0)


def test_a_value_on_an_edge_belongs_to_the_class_above():
    """Class k covers its lower edge and not its upper one."""
    assert THREE.classes(np.array([-9.0, 0.999, 1.0, 1.999, 2.0, 9.0])).tolist() == [
        0, 0, 1, 1, 2, 2,
    ]  # fmt: skip


def test_statland_codes_are_0_and_a_half_and_1():
    """Low, medium and high are the codes 0, 0.5 and 1."""
    prices = np.array([0.0, 0.5, 1.0, 0.5])
    bins = fit_bins(prices, 3, "none", None, None)
    assert bins.labels == ("low", "medium", "high")
    assert bins.encode(prices).tolist() == [0.0, 0.5, 1.0, 0.5]
    assert [bins.label(code) for code in (0.0, 0.5, 1.0)] == ["low", "medium", "high"]


def test_codes_are_evenly_spaced():
    """Class k of N has the code k/(N-1)."""
    values = np.arange(5.0)
    assert fit_bins(values, 5, "none", None, None).encode(values).tolist() == [
        0.0, 0.25, 0.5, 0.75, 1.0,
    ]  # fmt: skip


def test_a_class_is_worth_the_mean_of_its_training_values():
    """The code of a class inverts to the mean of the training values in it."""
    rng = np.random.default_rng(2)
    values = rng.standard_normal(500)
    bins = fit_bins(values, 4, "log-return", None, None)
    low, middle, high = bins.edges
    expected = [
        values[values < low].mean(),
        values[(values >= low) & (values < middle)].mean(),
        values[(values >= middle) & (values < high)].mean(),
        values[values >= high].mean(),
    ]
    np.testing.assert_allclose(bins.decode(np.array([0, 1, 2, 3]) / 3), expected, rtol=1e-12)


def test_an_empty_class_is_worth_its_middle():
    """A class without a training value inverts to the middle of its edges."""
    bins = fit_bins(np.array([0.0, 0.5, 9.0]), 3, "none", None, None)
    assert bins.centers == (0.25, 4.5, 9.0)


def test_codes_between_two_classes_are_linear():
    """Half-way between two codes is half-way between what they are worth; outside is held."""
    codes = np.array([-1.0, 0.0, 0.25, 0.5, 0.9, 1.0, 2.0])
    np.testing.assert_allclose(THREE.decode(codes), [0.5, 0.5, 1.0, 1.5, 1.5 + 0.8 * 2.5, 4.0, 4.0])
    assert THREE.decode(codes.reshape(7, 1)).shape == (7, 1)


def test_the_label_is_that_of_the_nearest_class():
    """A forecast code is named after the class it is closest to, inside the range or out."""
    codes = [-3.0, 0.24, 0.26, 0.74, 0.76, 5.0]
    assert [THREE.label(code) for code in codes] == [
        "low", "low", "medium", "medium", "high", "high",
    ]  # fmt: skip


def test_labels_are_as_given_or_numbered():
    """Names come from --labels; else low, medium, high for three and numbers for others."""
    values = np.arange(10.0)
    assert fit_bins(values, 2, "none", "down, up", None).labels == ("down", "up")
    assert fit_bins(values, 4, "none", None, None).labels == (
        "class_1", "class_2", "class_3", "class_4",
    )  # fmt: skip


@pytest.mark.parametrize("labels", ["a,b", "a,b,c,d", "a,b,b", "a,,c", ""])
def test_wrong_labels_are_refused(labels):
    """As many different names as classes are needed, and the message says how many."""
    with pytest.raises(UsageError, match="must be 3 different names for bins=3"):
        fit_bins(np.arange(9.0), 3, "none", labels, None)


@pytest.mark.parametrize("edges", ["1", "1,2,3", "2,1", "1,1", "1,inf", "nan,1"])
def test_wrong_edges_are_refused(edges):
    """One edge fewer than classes, ascending and finite."""
    with pytest.raises(UsageError, match="bins=3 needs 2 ascending numbers"):
        fit_bins(np.arange(9.0), 3, "none", None, edges)


def test_edges_that_are_no_numbers_are_refused():
    """The message says that --edges is a list of numbers."""
    with pytest.raises(UsageError, match="not numbers separated by commas"):
        fit_bins(np.arange(9.0), 3, "none", None, "1,x")


@pytest.mark.parametrize("scale", ["none", "log-return"])
@pytest.mark.parametrize("count", [2, 3])
def test_values_that_never_move_have_no_classes(scale, count):
    """A constant cannot be cut; the remedy is fewer bins or given edges."""
    with pytest.raises(DataError, match=r"do not fill \d classes; use fewer bins or give edges"):
        fit_bins(np.ones(9), count, scale, None, None)


@pytest.mark.parametrize(
    "values",
    [[0, 0, 0, 0, 0, 1, 2], [0, 1, 1, 1, 1, 1, 2], [0, 0, 0, 0.5, 1, 1, 1]],
    ids=["first class empty", "middle class empty", "StatLand"],
)
def test_ties_that_leave_a_quantile_class_empty_are_refused(values):
    """Quantiles that coincide, or that leave nothing below them, make no class."""
    with pytest.raises(DataError, match="do not fill 3 classes"):
        fit_bins(np.array(values, float), 3, "minmax", None, None)


def test_given_edges_need_no_spread():
    """The remedy that the message names works: a constant is cut by given edges."""
    bins = fit_bins(np.ones(9), 3, "none", None, "0.5,2")
    assert bins.encode(np.array([0.0, 1.0, 3.0])).tolist() == [0.0, 0.5, 1.0]
    assert bins.centers == (0.5, 1.0, 2.0)
