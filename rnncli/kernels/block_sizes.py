"""How many days and columns the gradients of weights take at once: as many as caches hold."""

from rnncli.kernels._inline import inline

PADDING = 16  # numbers after a day, so that the days of a block do not share their cache lines
PANEL = 16  # columns of states that are turned together: see `_panels_llvm`
DEPTH = 64  # days times lanes of a panel, which the nearest cache holds


def block_of(lanes: int) -> int:
    """Days whose weight gradients are added up in one go, while the second cache holds them."""
    return min(512 // lanes, 32)


@inline
def room_of(rows: int, columns: int) -> int:
    """Numbers of the room that an outer product takes: panels, and the sums of all of them."""
    return (rows + DEPTH) * ((columns + PANEL - 1) // PANEL * PANEL)
