"""Cases of one cheap law in one test: thousands of tests that take a millisecond each cost seconds of a run."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try a test on every case, as `pytest.mark.parametrize` does, in one test; each case that fails is shown.

    Cases share the fixtures of the test: those of a case alone (a folder, a patch) need `parametrize`.
    """
    cases = list(cases)
    assert cases, "no case: the test would prove nothing"
    assert not any(hasattr(case, "marks") for case in cases), "cases of one test cannot have marks of their own"
    single = isinstance(names, str)
    arguments = (names,) if isinstance(names, str) else names

    def over(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def every(**fixtures: Any) -> None:
            failures: list[BaseException] = []
            for case in cases:
                given = dict(zip(arguments, (case,) if single else case, strict=True))
                try:
                    test(**fixtures, **given)
                except (Exception, pytest.fail.Exception) as failure:
                    failure.add_note(f"case: {given!r}")
                    failures.append(failure)
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(cases)} cases fail", failures)

        signature = inspect.signature(test)
        kept = [one for name, one in signature.parameters.items() if name not in arguments]
        every.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return every

    return over
