"""The errors that a user can cause, each with its own exit code.

A `ForecastError` is written for the person who can mend its cause: one line that says where, what is wrong and what to
do. The command prints that line without a traceback and leaves with `exit_code`. Anything else that escapes is a defect
of the program.
"""

from __future__ import annotations

from pathlib import Path


class ForecastError(Exception):
    """Base of all errors that a user can mend; `argument` is the one that is wrong, if it is one.

    Examples
    --------
    >>> str(ForecastError("'soon' is no day", argument="as_of"))
    "as_of: 'soon' is no day"
    """

    exit_code = 1

    def __init__(self, problem: str = "", *, argument: str | None = None) -> None:
        super().__init__(f"{argument}: {problem}" if argument else problem)
        self.problem, self.argument = problem, argument


class InputError(ForecastError):
    """A file cannot be read as what it should be: `problem` says why and what to do, the other arguments where.

    Examples
    --------
    >>> str(InputError("'2023-13-01' is no date", path="us.csv", row=3, field="started_on"))
    "us.csv, line 3, started_on: '2023-13-01' is no date"
    """

    exit_code = 3

    def __init__(
        self, problem: str, *, path: str | Path | None = None, row: int | None = None, field: str | None = None
    ) -> None:
        where = [str(path)] if path is not None else []
        if row is not None:
            where.append(f"line {row}")
        if field is not None:
            where.append(field)
        super().__init__(": ".join(filter(None, [", ".join(where), problem])))
        self.problem, self.path, self.row, self.field = problem, path, row, field


class HeldError(InputError):
    """A folder is held by another process that writes there."""


class StateError(ForecastError):
    """A state is unknown, named twice, or did not exist on the date."""

    exit_code = 4


class DateError(ForecastError):
    """A date or horizon is impossible or outside what the program answers."""

    exit_code = 5


class DataMissingError(ForecastError):
    """The workspace lacks the data that the question needs."""

    exit_code = 6


class ModelError(ForecastError):
    """A model is unknown, cannot be trained on these data, or its stored file cannot be trusted."""

    exit_code = 7


class OtherVersionError(ModelError):
    """A stored model was written by another version of the program."""


class AuditError(ForecastError):
    """A proof against leaks failed, or it compared nothing."""

    exit_code = 8


class FetchError(ForecastError):
    """The publisher's files could not be fetched, or what came is no archive of them."""

    exit_code = 9


class TrackingError(ForecastError):
    """The MLflow store of runs and models cannot be read, written or reached."""

    exit_code = 10


class BusyError(ForecastError):
    """Another process is retraining or promoting in this workspace."""

    exit_code = 11


class DriftError(ForecastError):
    """What the model learned no longer holds, and the call was to fail on that."""

    exit_code = 12


def exit_codes() -> dict[int, str]:
    """Exit code of every kind of user error, with its first docstring line."""
    kinds: list[type[ForecastError]] = [ForecastError, *ForecastError.__subclasses__()]
    return {kind.exit_code: (kind.__doc__ or "").splitlines()[0] for kind in kinds}
