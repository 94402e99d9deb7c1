"""Numbers as golden files hold them."""


def rounded(value):
    """Six digits of every float: the last ones differ between CPUs."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
