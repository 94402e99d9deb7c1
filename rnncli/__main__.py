"""`python -m rnncli`: the same as the installed command."""

import os
import sys


def _leave_out_current_folder() -> None:
    """Import nothing from the current folder, as the installed command does not.

    Python puts it first, so that a module among the prices would be run in place of NumPy, say.
    Where rnncli itself lies in it, what rnncli needs may as well.
    """
    here, of_package = os.path.realpath(sys.path[0]), os.path.dirname(__file__)
    if not sys.flags.safe_path and here != os.path.realpath(os.path.dirname(of_package)):
        del sys.path[0]


if __name__ == "__main__":  # processes that it starts import it under another name
    _leave_out_current_folder()
    from rnncli.cli import main

    main()
