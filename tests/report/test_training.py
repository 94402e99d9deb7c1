"""What `train` says of its error beside naive's."""

import pytest

from rnncli.report.training import _verdict


@pytest.mark.parametrize(
    ("model", "naive", "said"),
    [
        (0.9, 1.0, "(10.00% better)"),
        (1.1, 1.0, "(10.00% worse)"),
        (0.5, 0.5, "(no better)"),
        (0.0, 0.0, "(no better)"),
        (0.01, 0.0, "(worse)"),
    ],
)
def test_the_error_is_called_better_only_where_it_is(model, naive, said):
    """A tie is no gain, and where naive never errs, no percentage is shown."""
    sentence = next(iter(_verdict({"unit": "log", "model": model, "naive": naive, "days": 3})))
    assert sentence.endswith(f"naive {naive:.6g} {said}.")
