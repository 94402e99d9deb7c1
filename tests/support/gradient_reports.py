"""Reports of made gradients."""

import numpy as np

from rnncli.gradients.lags import Lags
from rnncli.gradients.report import GradientReport


def report_of(relative, verdict="healthy"):
    """A report of gradients by lag."""
    values = np.array(relative)
    lags = Lags(values, values, np.ones(len(values)))
    return GradientReport((), lags, {}, {}, {}, 3, None, verdict, "memory is 1", "none needed")
