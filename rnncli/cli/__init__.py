"""The command line: the one boundary where an error becomes a line and an exit status.

Nothing heavy is imported before a command runs: `--help` loads neither NumPy nor Numba.
"""

import contextlib
import errno
import gc
import io
import os
import resource
import signal
import sys
import warnings

from rnncli.errors import ExitStatus, ResourceError, RnncliError, worded

OUTPUT_FAULTS = {
    errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE,
}  # fmt: skip # what a write to a pipe, a device or a full disk ends in
NO_MEMORY = "failed to map segment", "Cannot allocate memory"  # of libraries that are loaded
NO_LIBRARY = "Could not find/load shared object file"  # of LLVM's, where memory is limited
NO_THREADS = "can't start new thread"
NUMBA_PRINTS = "NUMBA_DEBUG", "NUMBA_DUMP_", "NUMBA_TRACE"  # among the results, on stdout
GARBAGE = 1_000_000  # objects between collections: imports make many that are never freed


def _tame_environment() -> None:
    """Drop what would make the import of Typer or Numba fail, colour a pipe or print into it."""
    os.environ.pop("NUMBA_NUM_THREADS", None)  # of threading layers, which are not used here
    for name in [name for name in os.environ if name.startswith(NUMBA_PRINTS)]:
        del os.environ[name]
    # it ends the process by a signal where it cannot start its threads, which nothing here needs
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not os.environ.get("TERMINAL_WIDTH", "0").isdigit():
        del os.environ["TERMINAL_WIDTH"]
    if sys.stdout is not None and not sys.stdout.isatty() and "FORCE_COLOR" not in os.environ:
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"


def _die_of_signals() -> None:
    """Let Ctrl-C and a closed pipe end the process at once, as the shell expects.

    Nothing needs cleaning up: files appear whole or not at all. What was ignored stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _buffer_output() -> None:
    """Put a buffer before standard output where PYTHONUNBUFFERED took it away.

    Without it, the part of a write that a nearly full disk rejects is lost unnoticed.
    """
    if sys.stdout is not None and isinstance(sys.stdout.buffer, io.RawIOBase):
        buffered = io.BufferedWriter(sys.stdout.buffer)
        sys.stdout = io.TextIOWrapper(buffered, sys.stdout.encoding)


def main() -> None:
    """Run the command of sys.argv and exit with its status.

    The process leaves without tearing the interpreter down, which would take longer than a
    forecast; nothing is left to do, since files are written whole and stdout is flushed.
    """
    gc.set_threshold(GARBAGE)
    _die_of_signals()
    _tame_environment()
    _buffer_output()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, to developers; ours go through Messages
    status = _run(sys.argv[1:])
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # where it cannot be written, the status remains
            sys.stderr.flush()
    os._exit(int(status))


def as_option(name: str, value: object) -> str:
    """A setting as it is typed on the command line: `--layers 2`, or `--layers` alone."""
    option = f"--{name.replace('_', '-')}"
    return option if value is None else f"{option} {value}"


def _run(arguments: list[str]) -> int:
    """Status of one command, whose messages name settings as they are typed."""
    with worded(as_option):
        return _ended(arguments)


def _ended(arguments: list[str]) -> int:
    """Status of one command; every fault ends here, as one line on stderr."""
    wishes = (
        {"debug"} if "--debug" in arguments else set()
    )  # a command adds to it, with any wording
    try:
        _check_streams()
        status = _status_of(arguments, wishes)
        sys.stdout.flush()
    except RnncliError as fault:
        return _fail(str(fault), fault.status, wishes)
    except Exception as fault:
        return _fault(fault, wishes)
    return status if isinstance(status, int) else ExitStatus.OK


def _status_of(arguments: list[str], wishes: set[str]) -> object:
    """The status that the command returns, or that Typer exits with after completion."""
    from rnncli.cli.root_page import page_without_typer
    from rnncli.cli.shells import completion_for

    page = page_without_typer(arguments) or completion_for(arguments)
    if page is not None:
        sys.stdout.write(f"{page}\n")
        return ExitStatus.OK
    from rnncli.cli.app import program  # after the environment is tamed

    try:
        return program().main(arguments, prog_name="rnncli", standalone_mode=False, obj=wishes)
    except SystemExit as leaving:
        return leaving.code


def _fault(fault: Exception, wishes: set[str]) -> int:
    """Status of a fault that is not of rnncli's own classes."""
    lacking = _lacking(fault)
    if lacking is not None:
        return _fail(lacking, ResourceError.status, wishes)
    if isinstance(fault, OSError) and fault.filename is None and fault.errno in OUTPUT_FAULTS:
        return _fail(
            f"cannot write to standard output: {fault.strerror}", ExitStatus.WRITE_FAILED, wishes
        )
    if isinstance(fault, FileNotFoundError) and not _has_folder():
        return _fail("the current folder was removed; go to another with cd",
                     ExitStatus.NO_INPUT, wishes)  # fmt: skip
    return _unexpected(fault, wishes)


def _lacking(fault: Exception) -> str | None:
    """The resource that the system refused, and what to do; None for any other fault."""
    number, said = getattr(fault, "errno", None), str(fault)
    if number in (errno.EMFILE, errno.ENFILE):
        return "too many open files; raise the limit (ulimit -n), or use fewer --jobs"
    if isinstance(fault, BlockingIOError) or NO_THREADS in said:
        return "no more processes or threads; raise the limit (ulimit -u), or use fewer --jobs"
    if NO_LIBRARY in said and resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        return "not enough memory to load what computes; raise the limit (ulimit -v)"
    if isinstance(fault, MemoryError) or any(text in said for text in NO_MEMORY):
        return "not enough memory; use a smaller --hidden-size, --bptt or fewer series"
    return None


def _has_folder() -> bool:
    """Whether the current folder exists."""
    try:
        return bool(os.getcwd())
    except OSError:
        return False


def _check_streams() -> None:
    """Where standard output is closed, open something in its place that cannot be written to.

    Otherwise the next file that is opened gets its number, and everything printed goes into it.
    """
    if sys.stdout is None:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 1)
        sys.stdout = open(1, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a real file here
    if sys.stderr is None:  # what libraries print there by themselves would be in that file as well
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    else:
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a group


def _unexpected(fault: Exception, wishes: set[str]) -> int:
    """Errors of Typer are wrong usage; any other is reported as a bug."""
    describe = getattr(fault, "format_message", None)
    if type(fault).__name__ == "NoArgsIsHelpError" and describe is not None:
        return _help(describe())
    if describe is not None:
        from rnncli.cli.usage_faults import worded as in_plain_words

        return _fail(in_plain_words(fault), ExitStatus.USAGE, wishes)
    if type(fault).__name__ == "Abort":
        return _fail("aborted", ExitStatus.USAGE, wishes)
    said = " ".join(f"{type(fault).__name__}: {fault}".split())
    return _fail(f"a bug in rnncli ({said}); run it again with --debug and report it",
                 ExitStatus.BUG, wishes)  # fmt: skip


def _help(text: str) -> int:
    """The help of a run without a command, on stderr, since it is not a result."""
    from rnncli.cli.messages import put

    put(f"{text}\n")
    return ExitStatus.USAGE


def _fail(message: str, status: ExitStatus, wishes: set[str]) -> int:
    from rnncli.cli.messages import error, put  # Rich only if there is something to show

    if "debug" in wishes:
        import traceback

        put(traceback.format_exc())
    error(message)
    return status
