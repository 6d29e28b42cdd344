"""Signals that a user supplies beside those of the catalogue: objects or names, and checked."""

from __future__ import annotations

from collections.abc import Sequence

from forecast.errors import InputError
from forecast.signals.catalogue import CATALOGUE, COMPUTED
from forecast.signals.declare import ComputedSignal, Signal
from forecast.signals.entry_points import SIGNALS, find_object, load_registered, registered

#: A signal of the user's own, or the name under which it stands.
OwnSignal = Signal | ComputedSignal | str


def own_signals(signals: Sequence[OwnSignal]) -> list[Signal | ComputedSignal]:
    """The signals that are given as objects or by name, checked."""
    extra: list[Signal | ComputedSignal] = []
    for one in signals:
        extra += find_signals(one) if isinstance(one, str) else [one]
    check_names(extra)
    return extra


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
    """Load one signal or a list of them by the name of an entry point, ``package.module:NAME`` or ``file.py:NAME``.

    The module is run.

    Examples
    --------
    >>> [signal.name for signal in find_signals("forecast.signals.meetings:SIGNALS")][0]
    'meetings__count__180d'
    """
    if named in registered(SIGNALS):
        found, place, name = load_registered(SIGNALS, named), SIGNALS, named
    else:
        found = find_object(named, field="--signals")
        place, _, name = named.rpartition(":")
    signals = list(found) if isinstance(found, list | tuple) else [found]
    for signal in signals:
        if not isinstance(signal, Signal | ComputedSignal):
            raise InputError(f"{name} holds {signal!r}, which is no Signal and no ComputedSignal", path=place)
    return signals
