"""Signals that a user supplies beside those of the catalogue: loaded by name, and checked."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from forecast.errors import InputError
from forecast.signals.catalogue import CATALOGUE, COMPUTED
from forecast.signals.declare import ComputedSignal, Signal


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
    >>> [signal.name for signal in find_signals("forecast.signals.meetings:SIGNALS")][0]
    'meetings__count__180d'
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
