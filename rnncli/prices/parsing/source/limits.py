"""How much of an input is taken before it is refused: one place, raised by one option."""

from dataclasses import dataclass, replace

from rnncli.errors import setting


@dataclass(frozen=True)
class Limits:
    """What no price file needs to exceed; `--limits` multiplies every one of them."""

    text: int = 1 << 30  # bytes of text, once unpacked
    line: int = 1 << 20  # bytes of one line
    columns: int = 20_000
    packing: int = 100  # times the packed size, once there is more text than `room`
    room: int = 1 << 25
    silence: float = 0.5  # seconds a named pipe may stay without data

    @classmethod
    def times(cls, factor: float) -> "Limits":
        """Return the limits multiplied by a factor."""
        return cls(
            text=int(cls.text * factor),
            line=int(cls.line * factor),
            columns=int(cls.columns * factor),
            packing=int(cls.packing * factor),
            silence=cls.silence * factor,
        )

    def packed(self) -> "Limits":
        """Return the limits of a packed stream, in which lines mean nothing."""
        return replace(self, line=self.text)

    def too_much(self, name: str) -> str:
        """Say that an input is too large."""
        size = f"more than {self.text >> 20} MiB of text"
        return f"{name}: {size}; split the file or raise {setting('limits')}"


class Meter:
    """Counts text as it comes in and stops it at a limit, so that endless input ends early."""

    def __init__(self, name: str, limits: Limits, packed: int | None = None):
        self._name = name
        self._limits = limits
        self._packed = packed
        self._total = 0
        self._lines = 1
        self._open = 0  # bytes since the last line end

    def fault(self, piece: bytes) -> str | None:
        """Take a piece of text; return what it exceeds, if it does."""
        limits = self._limits
        self._total += len(piece)
        ended = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._open = len(piece) - ended - 1 if ended >= 0 else self._open + len(piece)
        self._lines += piece.count(b"\n")
        if self._open > 4 * limits.line:  # in UTF-32 a character has four bytes
            return (
                f"{self._name}, line {self._lines}: more than {limits.line >> 10} KiB in one line;"
                f" if it is a price file, raise {setting('limits')}"
            )
        if self._total > limits.text:
            return limits.too_much(self._name)
        return self.unpacks_to(self._total)

    def unpacks_to(self, total: int) -> str | None:
        """Return what a packed input of `total` unpacked bytes exceeds, if it does."""
        limits = self._limits
        if self._packed is None or total <= max(limits.room, limits.packing * self._packed):
            return None
        return (
            f"{self._name}: unpacks to more than {limits.packing} times its size;"
            f" if it is a price file, raise {setting('limits')}"
        )
