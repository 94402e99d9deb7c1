"""The companies of StatLand as a table and charts, and a training epoch by epoch."""

import numpy as np
import pytest
from gradient_reports import report_of

from rnncli.report.companies import companies_report
from rnncli.report.epochs import epochs_report
from rnncli.report.figures import epochs_figure
from rnncli.report.output import encoded


def drawn(companies):
    """The table and the charts as text."""
    report = companies_report({name: np.array(prices) for name, prices in companies.items()})
    return encoded([report], "table").decode()


def test_companies_end_on_the_same_day_and_have_their_rule():
    """Red was listed later; a pair with a rule says what follows, another says none."""
    text = drawn({"blue": [1, 1, 0, 0.5], "red": [0.5, 0], "third": [1, 1]})
    rows = [line.split() for line in text.splitlines() if line.startswith((" blue", " red"))]
    assert rows == [
        ["blue", "1", "4", "low,", "medium", "high"], ["red", "3", "2", "medium,", "low", "none"]
    ]  # fmt: skip
    blue, red = text[text.index("blue: 4 days") :].split("red: 2 days")
    assert (blue.count("◆"), blue.count("●")) == (4 + 1, 1 + 1)  # and the key
    assert (red.count("◆"), red.count("●")) == (2 + 1, 0)
    assert "1 more company without a chart" in text


def test_epochs_are_rows_with_a_map_of_their_lags():
    """A block for each lag, by its logarithm; the first and the last epoch are always shown."""
    reports = {str(epoch): report_of([1.0, 10.0**-epoch, 0.0]) for epoch in range(1, 41)}
    text = encoded([epochs_report("my.model", reports)], "table").decode()
    rows = [line.split() for line in text.splitlines() if line.endswith("healthy")]
    assert [row[0] for row in (rows[0], rows[-1])] == ["1", "40"]
    assert len(rows) <= 17
    assert (rows[0][2], rows[-1][2]) == ("█▆▁", "█▁▁")
    lines = encoded([epochs_report("my.model", reports)], "csv").decode().splitlines()
    assert lines[1].startswith("epoch 1,0,1.0")
    assert len(lines) == 1 + 3 * 40


@pytest.mark.slow
@pytest.mark.parametrize("relative", [[1.0, 0.5, 0.0], [1.0, 2.0**60, np.inf], [1.0, 0.0, 0.0]])
@pytest.mark.each_shape
def test_the_map_of_epochs_has_the_same_bytes_again(relative):
    """Also where nothing is left, and where a gradient is beyond all numbers."""
    epochs = {epoch: report_of(relative).lags for epoch in (5, 10)}
    ref, comp = (epochs_figure("my.model", epochs, "svg") for _ in range(2))
    assert ref == comp
    assert b"<!-- my.model -->" in ref
