"""`--show-completion` and `--install-completion`: for the shell that is named, or the one above.

Typer has them as flags, which take no name, and leaves a shell that it does not know unexplained.
"""

from collections.abc import Callable, Mapping, Sequence

from rnncli.errors import CannotCreateError, UsageError

SHOW, INSTALL = "--show-completion", "--install-completion"
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_PROGRAM = {"prog_name": "rnncli", "complete_var": "_RNNCLI_COMPLETE"}


def completion_for(arguments: Sequence[str]) -> str | None:
    """What a command line prints that asks for completion, else None.

    Raises UsageError for a shell without completion, CannotCreateError where a file of the shell
    cannot be written.
    """
    option, equals, name = arguments[0].partition("=") if arguments else ("", "", "")
    asked = _ASKED.get(option)
    words = [*([name] if equals else []), *arguments[1:]]
    if asked is None or words[:1] in (["--help"], ["-h"]):
        return None
    if len(words) > 1:
        raise UsageError(f"{option}: takes one shell; leave out {words[1]}")
    return asked(_shell(option, words[0]) if words else _shell_above(option))


def _shell(option: str, name: str) -> str:
    """A shell that is named, as $SHELL has it too. Raises UsageError for another."""
    shell = name.rpartition("/")[2].lower()
    if shell not in SHELLS:
        raise UsageError(f"{option} {name}: no completion for this shell; name {_choice()}")
    return shell


def _shell_above(option: str) -> str:
    """The shell that started the command. Raises UsageError for one without completion."""
    from typer.completion import _get_shell_name  # type: ignore[attr-defined]

    shell = _get_shell_name()
    if shell is None:
        raise UsageError(f"{option}: cannot tell the shell; name it: {option} bash")
    if shell not in SHELLS:
        raise UsageError(f"{option}: no completion for {shell}, which runs this; name {_choice()}")
    return str(shell)


def _choice() -> str:
    """The shells, as a remedy lists them."""
    *others, last = (shell for shell in SHELLS if shell != "pwsh")
    return f"{', '.join(others)} or {last}"


def _script(shell: str) -> str:
    """What a shell evaluates, so that it completes the words of rnncli."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    return str(get_completion_script(**_PROGRAM, shell=shell))


def _install(shell: str) -> str:
    """Write that where a shell looks for it, and say where that is. Raises CannotCreateError."""
    from subprocess import SubprocessError

    from typer.completion import install  # type: ignore[attr-defined]

    try:
        _, path = install(**_PROGRAM, shell=shell)
    except (OSError, ValueError, RuntimeError, SubprocessError) as fault:
        raise CannotCreateError(
            f"{INSTALL}: {_reason(fault)}; rnncli {SHOW} {shell} prints the script, to put where"
            f" {shell} reads it"
        ) from fault
    return f"{shell} completion is in {path}; a new terminal has it"


def _reason(fault: Exception) -> str:
    """Why completion was not installed: a file, its text, no home folder, no such shell."""
    if isinstance(fault, OSError) and fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}"
    return " ".join(str(fault).split())


_ASKED: Mapping[str, Callable[[str], str]] = {SHOW: _script, INSTALL: _install}
