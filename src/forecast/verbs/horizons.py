"""One vocabulary: a verb takes `horizon` and `horizons` alike, whichever of them is its own word."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from forecast.errors import DateError

Verb = TypeVar("Verb", bound=Callable[..., Any])


def either_horizon(verb: Verb) -> Verb:
    """Let a verb take its horizons by either name."""
    own, other = "horizon", "horizons"
    if other in inspect.signature(verb).parameters:
        own, other = other, own

    @wraps(verb)
    def called(*arguments: Any, **named: Any) -> Any:
        if other in named:
            if own in named:
                raise DateError("name either horizon or horizons, not both", argument=other)
            named[own] = named.pop(other)
        return verb(*arguments, **named)

    return called  # type: ignore[return-value]
