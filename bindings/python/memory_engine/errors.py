"""What can go wrong, by what the caller can do about it. Each class stands for one ErrorCode."""

from __future__ import annotations


class EngineError(Exception):
    """Something that the engine could not do.

    Attributes:
        code: the error's name, the same in every interface, such as ``not_found``.
        message: what failed, on what, with which limit.
        next_step: what to do about errors of this kind.
    """

    code = "internal"

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message, next_step)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return self.message


class InvalidArgumentError(EngineError, ValueError):
    """Fix the call. Also what a closed memory says."""

    code = "invalid_argument"


class NotFoundError(EngineError, LookupError):
    """Nothing by that name or number."""

    code = "not_found"


class LimitError(EngineError, ValueError):
    """Ask for less."""

    code = "limit"


class BusyError(EngineError):
    """Somebody else holds it: try again."""

    code = "busy"


class DeniedError(EngineError):
    """Not allowed."""

    code = "denied"


class UnavailableError(EngineError):
    """Wait, or set up what is missing."""

    code = "unavailable"


class InputOutputError(EngineError):
    """Look at the disk."""

    code = "io"


class CorruptError(EngineError):
    """Damaged: run verify."""

    code = "corrupt"


CLASSES: dict[str, type[EngineError]] = {
    one.code: one
    for one in (InvalidArgumentError, NotFoundError, LimitError, BusyError, DeniedError,
                UnavailableError, InputOutputError, CorruptError)
}


def error_of(code: str, message: str, next_step: str) -> EngineError:
    """The error of that code."""
    return CLASSES[code](message, next_step)
