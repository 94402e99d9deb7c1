"""The list of all checks of price files, in the order of the chain.

Why a file is refused, what is repaired, left out or noticed: name,
severity, what is found, and the function that looks for it. `quality.checks`, `ROLE_CHECKS` and
`WIDE_CHECKS` are run as they are listed; the others are made by the step that they belong to.
"""

from rnncli.prices.parsing.columns.checks import CHECKS as COLUMN_CHECKS
from rnncli.prices.parsing.grid.checks import CHECKS as GRID_CHECKS
from rnncli.prices.parsing.quality.checks import CHECKS as QUALITY_CHECKS
from rnncli.prices.parsing.source.checks import CHECKS as SOURCE_CHECKS
from rnncli.prices.parsing.table.checks import CHECKS as TABLE_CHECKS
from rnncli.prices.parsing.values.checks import CHECKS as VALUE_CHECKS

CHECKS = (
    *SOURCE_CHECKS,
    *GRID_CHECKS,
    *COLUMN_CHECKS,
    *TABLE_CHECKS,
    *VALUE_CHECKS,
    *QUALITY_CHECKS,
)
