"""What callers of a verb may write, and what they may get wrong at once: an argument of another kind than annotated."""

from __future__ import annotations

import datetime as dt
import inspect
import os
import re
import reprlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from numbers import Integral, Real
from typing import Any, Final, TypeVar

from forecast.errors import DateError, ForecastError

Verb = TypeVar("Verb", bound=Callable[..., Any])

#: Kinds of values: how one is called, and whether a value is one.
_KINDS: Final[dict[str, tuple[str, Callable[[Any], bool]]]] = {
    "str": ("text", lambda value: isinstance(value, str)),
    "bytes": ("bytes", lambda value: isinstance(value, bytes)),
    "Path": ("path", lambda value: isinstance(value, os.PathLike)),
    "bool": ("True or False", lambda value: type(value).__name__ in ("bool", "bool_")),
    "int": ("whole number", lambda value: isinstance(value, Integral) and not isinstance(value, bool)),
    "float": ("number", lambda value: isinstance(value, Real) and not isinstance(value, bool)),
    "dt.date": ("date", lambda value: isinstance(value, dt.date)),
    "pd.DataFrame": ("table", lambda value: type(value).__name__ == "DataFrame"),
    "Step": ("function", callable),
    # Their readers say what is wrong with what is there.
    "AnyDay": ("day", lambda value: value is not None),
    "Horizon": ("number of days", lambda value: value is not None),
    "OwnSignal": ("signal", lambda value: True),
}


@cache
def checked(verb: Verb) -> Verb:
    """Let a verb refuse, in one line that names the argument, what is not of the kind that its annotation says.

    Days, horizons and signals are left to the verb, which reads them in many forms; `horizon` and `horizons` are taken
    alike, whichever of them is the verb's own word.
    """
    signature = inspect.signature(verb)
    other = {"horizon": "horizons", "horizons": "horizon"}
    own_word = {other[own]: own for own in signature.parameters if own in other}

    @wraps(verb)
    def called(*arguments: Any, **named: Any) -> Any:
        for word in named.keys() & own_word.keys():
            if own_word[word] in named:
                raise DateError("name either horizon or horizons, not both", argument=word)
            named[own_word[word]] = named.pop(word)
        given = signature.bind_partial(
            *arguments, **{name: named[name] for name in named if name in signature.parameters}
        )
        for name, value in given.arguments.items():
            kinds = _parts(str(signature.parameters[name].annotation))
            if not any(_fits(value, kind) for kind in kinds):
                words = " or ".join(dict.fromkeys(_called(kind) for kind in kinds if kind != "None"))
                raise ForecastError(f"{reprlib.repr(value)} is no {words}", argument=name)
        return verb(*arguments, **named)

    return called  # type: ignore[return-value]


def _parts(annotation: str) -> list[str]:
    """The parts of a union: those that stand in no bracket."""
    return re.split(r" \| (?![^\[]*\])", annotation)


def _fits(value: Any, kind: str) -> bool:
    if kind == "None":
        return value is None
    if kind in _KINDS:
        return _KINDS[kind][1](value)
    if kind.startswith("Callable["):
        return callable(value)
    if kind.startswith("Mapping["):
        return isinstance(value, Mapping)
    if items := re.fullmatch(r"(?:Sequence|Iterable)\[(.*)\]", kind):
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            return False
        # What can be gone through but once is left to the verb.
        return not hasattr(value, "__len__") or all(any(_fits(one, part) for part in _parts(items[1])) for one in value)
    return True


def _called(kind: str) -> str:
    if items := re.fullmatch(r"(?:Sequence|Iterable)\[(.*)\]", kind):
        return "list of " + " or ".join(dict.fromkeys(f"{_called(part)}s" for part in _parts(items[1])))
    return (
        _KINDS[kind][0]
        if kind in _KINDS
        else "mapping"
        if kind.startswith("Mapping[")
        else kind.partition("[")[0].lower()
    )
