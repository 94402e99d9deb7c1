"""Units of the errors of an evaluation: for programs, in words, and in a heading."""

UNITS = {"log": "100*log(price/price at the cutoff)", "mase": "mean absolute one-step changes"}
IN_WORDS = {
    UNITS["log"]: "log returns in percent (1.0 is about 1 % of the price)",
    UNITS["mase"]: UNITS["mase"],
}


def unit_sign(unit: str) -> str:
    """What follows the name of an error in a heading: a percent sign, or nothing."""
    return " %" if unit == UNITS["log"] else ""
