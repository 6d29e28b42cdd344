"""The catalogue: all signals by name, read from the family files of this room and of `emerging`."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Final

from forecast.signals.declare import ComputedSignal, Signal

#: Families in the order of the panel's columns, which kept models rely on; files not named here follow by name.
_FIRST: Final = ("meetings", "visits", "friction", "tempo", "climatology", "venues", "season")

#: Files of this room that hold no family.
_MACHINERY: Final = {
    "__init__", "catalogue", "cube", "declare", "engine", "entry_points", "summits", "user_signals", "view",
}  # fmt: skip


def _modules(package: str) -> list[ModuleType]:
    names = [part.name.removesuffix(".py") for part in files(package).iterdir() if part.name.endswith(".py")]
    names.sort(key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return [import_module(f"{package}.{name}") for name in names if name not in _MACHINERY]


def _signals(modules: list[ModuleType]) -> list[Signal | ComputedSignal]:
    return [signal for module in modules for signal in getattr(module, "SIGNALS", ())]


_USUAL_FILES: Final = _modules("forecast.signals")
_EMERGING_FILES: Final = _modules("forecast.signals.emerging")
_USUAL: Final = _signals(_USUAL_FILES)
_EMERGING: Final = _signals(_EMERGING_FILES)

#: Families as an explanation names them, from `WORDS` of each file.
WORDS: Final[dict[str, str]] = {
    family: words
    for module in (*_USUAL_FILES, *_EMERGING_FILES)
    for family, words in getattr(module, "WORDS", {}).items()
}

#: Families that are computed only when a model or the user names them.
EMERGING: Final = tuple(dict.fromkeys(signal.family for signal in _EMERGING))

#: Declared signals by name, in the order of the panel's columns.
CATALOGUE: Final[dict[str, Signal]] = {s.name: s for s in (*_USUAL, *_EMERGING) if isinstance(s, Signal)}

#: Families that functions compute, in the order of the panel's columns.
FUNCTIONS: Final = tuple(s for s in (*_USUAL, *_EMERGING) if isinstance(s, ComputedSignal))

#: Computed signals -> unit and description. Those by period have one column a period.
COMPUTED: Final[dict[str, tuple[str, str]]] = {
    name: said for function in FUNCTIONS for name, said in function.columns.items()
}


def signals_of(emerging: tuple[str, ...] = ()) -> tuple[list[Signal], list[ComputedSignal]]:
    """Give the declared signals and the computed families of the usual families and of the named emerging ones."""
    wanted = [s for s in (*_USUAL, *_EMERGING) if s.family not in EMERGING or s.family in emerging]
    declared = [s for s in wanted if isinstance(s, Signal)]
    return declared, [s for s in wanted if isinstance(s, ComputedSignal)]
