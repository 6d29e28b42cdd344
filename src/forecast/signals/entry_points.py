"""Models and signals of the user's own, by name: registered by other distributions, or in a module or a file."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from forecast.errors import InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

#: Groups of entry points: of each a name stands for one model, or for one signal or a list of them.
MODELS: Final = "forecast.models"
SIGNALS: Final = "forecast.signals"
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")


def registered(group: str) -> dict[str, list[EntryPoint]]:
    """Names that the installed distributions register, none of them loaded."""
    from importlib.metadata import entry_points  # takes as long as the command's own start

    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=group):
        found.setdefault(point.name, []).append(point)
    return dict(sorted(found.items()))


def load_registered(group: str, name: str) -> Any:
    """Load what stands under a name, or raise an `InputError` of one line; the other names are not touched."""
    points = registered(group)[name]
    owners = " and ".join(sorted(point.dist.name if point.dist else point.value for point in points))
    where = f"{name!r}, which {owners} registers in {group},"
    if len(points) > 1:
        raise InputError(f"{where} stands for two things: uninstall one of them")
    if not _NAME.fullmatch(name):
        raise InputError(f"{where} is no name: letters, digits, '.', '_' and '-' alone")
    try:
        return points[0].load()
    except (Exception, SystemExit) as error:
        raise InputError(f"{where} cannot be loaded ({in_one_line(error)})") from None


def find_object(named: str, *, field: str) -> Any:
    """Load the object that a module or a file keeps under a name: ``package.module:NAME`` or ``file.py:NAME``."""
    place, _, name = named.rpartition(":")
    if not place or not name:
        raise InputError(f"{named!r} is no package.module:NAME and no file.py:NAME", field=field)
    with _nothing_cached():
        module = _run_file(Path(place), field) if place.endswith(".py") else _import(place)
    if not hasattr(module, name):
        raise InputError(f"has no {name}", path=place, field=field)
    return getattr(module, name)


def in_one_line(error: BaseException) -> str:
    """Kind and message of an error."""
    return " ".join(f"{type(error).__name__}: {error}".split())


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
        raise InputError(f"cannot be imported ({in_one_line(error)})", path=place) from error


def _run_file(path: Path, field: str) -> ModuleType:
    if not path.is_file():
        raise InputError("there is no such file", path=path, field=field)
    name = f"_own_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError("is no Python file", path=path, field=field)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(f"cannot be run ({in_one_line(error)})", path=path) from error
    return module
