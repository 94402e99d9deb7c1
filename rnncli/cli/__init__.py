"""The command line: one boundary where an error becomes a line and an exit status.

Nothing heavy is imported before a command runs: `--help` loads neither NumPy nor Numba.
"""

import os
import signal
import sys

from rnncli.errors import ExitStatus, RnncliError, WriteError


def _tame_environment() -> None:
    """Drop what would make the import of Typer fail, or colour a pipe."""
    if not os.environ.get("TERMINAL_WIDTH", "0").isdigit():
        del os.environ["TERMINAL_WIDTH"]
    if sys.stdout is not None and not sys.stdout.isatty() and "FORCE_COLOR" not in os.environ:
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"


def _die_of_signals() -> None:
    """Ctrl-C and a closed pipe end the process as the shell expects, at once, whatever runs.

    Nothing needs cleaning up: files appear whole or not at all. What was ignored stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def main() -> None:
    """Run the command of sys.argv and exit with its status."""
    _die_of_signals()
    _tame_environment()
    status = _run(sys.argv[1:])
    sys.exit(int(status))


def _run(arguments: list[str]) -> int:
    """Status of one command; every fault ends here, as one line on stderr."""
    debug = "--debug" in arguments
    try:
        _check_streams()
        from rnncli.cli.app import app  # after the environment is tamed

        status = app(arguments, prog_name="rnncli", standalone_mode=False)
        sys.stdout.flush()
    except RnncliError as fault:
        return _fail(str(fault), fault.status, debug)
    except MemoryError:
        return _fail("not enough memory; use a smaller --hidden-size, --bptt or fewer series",
                     ExitStatus.BUG, debug)  # fmt: skip
    except OSError as fault:
        return _fail(
            f"cannot write to standard output: {fault.strerror}", ExitStatus.WRITE_FAILED, debug
        )
    except Exception as fault:
        return _unexpected(fault, debug)
    return status if isinstance(status, int) else ExitStatus.OK


def _check_streams() -> None:
    if sys.stdout is None:
        raise WriteError("standard output is closed; nothing could be printed")
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a real file here
    if sys.stderr is not None:
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # likewise


def _unexpected(fault: Exception, debug: bool) -> int:
    """Typer's own errors are wrong usage; anything else is a bug, and says so."""
    describe = getattr(fault, "format_message", None)
    if describe is not None:
        return _fail(" ".join(describe().split()), ExitStatus.USAGE, debug)
    if type(fault).__name__ == "Abort":
        return _fail("aborted", ExitStatus.USAGE, debug)
    said = " ".join(f"{type(fault).__name__}: {fault}".split())
    return _fail(f"a bug in rnncli ({said}); run it again with --debug and report it",
                 ExitStatus.BUG, debug)  # fmt: skip


def _fail(message: str, status: ExitStatus, debug: bool) -> int:
    from rnncli.cli.messages import error  # Rich only where there is something to say

    if debug:
        import traceback

        traceback.print_exc()
    error(message)
    _drop_stdout()
    return status


def _drop_stdout() -> None:
    """Keep the interpreter from flushing a broken stdout once more on the way out."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
