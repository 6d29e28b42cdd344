"""Signals that a user supplies beside those of the catalogue: found by name, checked, and evaluated."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from forecast.dates import Days
from forecast.errors import InputError
from forecast.periods import PERIODS
from forecast.signals import CATALOGUE, COMPUTED
from forecast.signals.cube import Cube
from forecast.signals.declare import ComputedSignal, Signal
from forecast.signals.engine import evaluate


def supplied_signals(
    cube: Cube, extra: Sequence[Signal | ComputedSignal], *, dyads: list[str], as_ofs: Days
) -> list[pd.DataFrame]:
    """Evaluate a user's own signals for pairs of dyad and as-of date.

    Parameters
    ----------
    cube : Cube
    extra : sequence of Signal or ComputedSignal
        Declared ones are evaluated by the engine, behind the time gate; computed ones by their own function.
    dyads : list of str, length n_rows
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)

    Returns
    -------
    list of pandas.DataFrame of float64, each with n_rows rows
        Empty without signals.

    Raises
    ------
    InputError
        If two signals share a name, or a function gives something else than it should.
    """
    check_names(extra)
    declared = [signal for signal in extra if isinstance(signal, Signal)]
    parts = [evaluate(cube, declared, dyads=dyads, as_ofs=as_ofs)] if declared else []
    for signal in extra:
        if isinstance(signal, ComputedSignal):
            found = signal.compute(cube, dyads=list(dyads), as_ofs=as_ofs.copy())
            parts.append(_checked(signal, found, len(dyads)))
    return parts


def check_names(extra: Sequence[Signal | ComputedSignal]) -> None:
    """Refuse what is no signal, and names that are taken."""
    families = {name.split("__")[0] for name in (*CATALOGUE, *COMPUTED)}
    seen: set[str] = set()
    for signal in extra:
        if not isinstance(signal, Signal | ComputedSignal):
            raise InputError(f"{signal!r} is no Signal and no ComputedSignal", field="signals")
        if signal.name in seen or signal.name in CATALOGUE or signal.name in COMPUTED:
            raise InputError("there are two signals of this name; rename yours", field=f"signal {signal.name}")
        if isinstance(signal, ComputedSignal) and signal.name in families:
            raise InputError("the catalogue has a family of this name; rename yours", field=f"signal {signal.name}")
        seen.add(signal.name)


def _checked(signal: ComputedSignal, found: object, n_rows: int) -> pd.DataFrame:
    def refuse(problem: str) -> InputError:
        return InputError(problem, field=f"signal {signal.name}")

    if not isinstance(found, pd.DataFrame):
        raise refuse(f"its function gives a {type(found).__name__}; it must give a pandas DataFrame")
    if len(found) != n_rows:
        raise refuse(f"its function gives {len(found)} rows for {n_rows} pairs of dyad and as-of date")
    names = [str(name) for name in found.columns]
    odd = [name for name in names if not name.startswith(f"{signal.name}__")]
    if odd or not names or len(set(names)) < len(names):
        raise refuse(f"its columns {', '.join(names) or '(none)'} must be distinct and begin with {signal.name}__")
    periods = {f"{start}-{end}" for start, end in PERIODS}
    asked: dict[str, set[str]] = {}
    for name in names:
        measure, at, period = name.partition("@")
        if at:
            asked.setdefault(measure, set()).add(period)
    for measure, told in asked.items():
        if told != periods:
            raise refuse(f"{measure}@... must have a column for each of the periods {', '.join(sorted(periods))}")
    try:
        values = found.set_axis(names, axis=1).reset_index(drop=True).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise refuse(f"its values are no numbers: {error}") from None
    if np.isinf(values.to_numpy()).any():
        raise refuse("a value is infinite; leave it missing or give a number")
    return values


def find_signals(named: str) -> list[Signal | ComputedSignal]:
    """Load signals by the name under which a module or a file keeps them.

    Parameters
    ----------
    named : str
        ``package.module:NAME`` or ``file.py:NAME``; NAME is one signal or a list of them. The module is run.

    Raises
    ------
    InputError
        If there is no such file, module or name, or what is found is no signal.

    Examples
    --------
    >>> [signal.name for signal in find_signals("forecast.signals.tone:SIGNALS")][0]
    'tone__constructive_count__180d'
    """
    place, _, name = named.rpartition(":")
    if not place or not name:
        raise InputError(f"{named!r} is no package.module:NAME and no file.py:NAME", field="--signals")
    with _nothing_cached():
        module = _run_file(Path(place)) if place.endswith(".py") else _import(place)
    if not hasattr(module, name):
        raise InputError(f"has no {name}", path=place, field="--signals")
    found = getattr(module, name)
    signals = list(found) if isinstance(found, list | tuple) else [found]
    for signal in signals:
        if not isinstance(signal, Signal | ComputedSignal):
            raise InputError(f"{name} holds {signal!r}, which is no Signal and no ComputedSignal", path=place)
    return signals


@contextmanager
def _nothing_cached() -> Iterator[None]:
    """Import without leaving compiled files beside the user's own: they may lie in the workspace."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _import(place: str) -> ModuleType:
    try:
        return importlib.import_module(place)
    except Exception as error:
        raise InputError(f"cannot be imported ({type(error).__name__}: {error})", path=place) from error


def _run_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise InputError("there is no such file", path=path, field="--signals")
    name = f"_signals_of_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError("is no Python file", path=path, field="--signals")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(f"cannot be run ({type(error).__name__}: {error})", path=path) from error
    return module
