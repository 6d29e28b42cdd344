"""A user's folder: located, laid out with the shipped facts, its facts read once a process, and questions put to it.

A verb begins with ``Workspace(root)``. One about a single day goes on with ``.query(as_of, target=..., model=...)``,
which parses and checks the words before any file is read, and then holds the facts that were public before that day.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast import dates
from forecast.dates import (
    AnyDay,
    Day,
    Days,
    Horizon,
    as_of_grid,
    check_horizons,
    horizon_until,
    parse_day,
    read_as_of,
    read_day,
)
from forecast.errors import DataMissingError, DateError, ForecastError, InputError, StateError
from forecast.facts.countries import find_state
from forecast.facts.history import History, make_history
from forecast.files import reading, stamp_of, write_text, written_whole
from forecast.models import Model, make_model
from forecast.panel.outcomes import check_target
from forecast.panel.panel import Panel
from forecast.readers.calendar import read_calendar
from forecast.readers.coded_facts import (
    ENGAGEMENTS,
    STATE_DEPARTMENT,
    Addresses,
    read_addresses,
    read_engagements,
)
from forecast.readers.coded_source import read_source
from forecast.readers.event_store import CUBE, read_reports
from forecast.readers.kept_facts import KEPT, facts_key, kept_history
from forecast.readers.leaders import read_leaders
from forecast.readers.pairs import read_pair, read_state
from forecast.readers.record import corrected, read_beside_summits
from forecast.training.answering import Answering, answering_models
from forecast.training.provenance import program_digest, recall_fingerprints
from forecast.training.train import Extra

#: Folders of a workspace.
FOLDERS = ("data/raw/engagements", "data/features", "mlruns", "notebooks")


def shipped_facts() -> Path:
    """Folder of the coded facts that come with the program."""
    here = Path(str(files("forecast")))
    # Installed, the facts lie inside the package; in a checkout they stand at its top, where they are kept.
    for folder in (here / "shipped", here.parent.parent / "data" / "raw"):
        if (folder / STATE_DEPARTMENT / "manifest.json").exists():
            return folder
    raise DataMissingError("this installation of forecast came without its facts; install it again")


def lay_out(root: Path) -> Path:
    """Make the folders of a workspace with the shipped facts; facts that stand there already are never overwritten."""
    raw = root / "data" / "raw"
    if raw.exists():
        raise InputError("exists already and is left as it is; choose another folder", path=raw)
    with written_whole(raw) as draft:
        shutil.copytree(shipped_facts(), draft, dirs_exist_ok=True)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    if not (root / SETTINGS).exists():
        write_text(root / SETTINGS, _TEMPLATE)
    return root


def find_workspace(near: Path | str | None = None, *, create: bool = False) -> Path:
    """Find the workspace around a folder.

    A notebook asks for the one around itself, ``find_workspace(".")``, and so works in a checkout and in a workspace.

    Parameters
    ----------
    near : path-like, optional
        A folder in a workspace. Default: what the environment variable ``FORECAST_ROOT`` names, or the current folder.
    create : bool
        Where there is none, lay one out in the folder `forecast-workspace` with the shipped facts.

    Returns
    -------
    Path
        The nearest folder, from `near` upwards, that holds `data/raw`, or the new one.

    Raises
    ------
    DataMissingError
        If there is none, and none is to be made.
    """
    here = Path(near if near is not None else os.environ.get("FORECAST_ROOT") or ".").resolve()
    made = here / "forecast-workspace"
    for folder in (here, *here.parents, made):
        if (folder / "data" / "raw").is_dir():
            return folder
    if not create:
        raise DataMissingError(f"there is no workspace around {here}: lay one out with 'forecast init DIR'")
    return lay_out(made)


@dataclass(frozen=True)
class Settings:
    """What `forecast.toml` says for the verbs to take if nothing else is said."""

    #: States whose dyads `forecast run` forecasts, and the first of them the one that `rank` ranks; none: all dyads.
    focal: tuple[str, ...] = ()
    #: Days of `predict` and `forecast run`.
    horizons: tuple[int, ...] = (30, 90, 180)
    #: Publishers whose newest records `forecast run` fetches.
    sources: tuple[str, ...] = (STATE_DEPARTMENT,)
    #: How often `forecast run` is due, a name of `SCHEDULES`.
    schedule: str = "monthly"


#: Schedule -> days after which what it makes is stale.
SCHEDULES: Final = {"daily": 2, "weekly": 9, "monthly": 35}
#: Publishers that `forecast update` can fetch from.
SOURCES: Final = (STATE_DEPARTMENT, "china")
SETTINGS: Final = "forecast.toml"
_TEMPLATE: Final = """\
# What the verbs take if nothing else is said. A line may be left out.
focal = ["USA"]                     # whose dyads 'forecast run' forecasts ([]: all), and whom 'rank' ranks
horizons = ["30d", "90d", "180d"]   # of 'predict' and 'run'
sources = ["state-department"]      # whose newest records 'forecast run' fetches ([]: none)
schedule = "monthly"                # how often 'forecast run' is due: daily, weekly or monthly
"""


def read_settings(root: Path) -> Settings:
    """Read `forecast.toml` of a workspace, all its problems at once; without it, or a line of it, the defaults hold."""
    path = root / SETTINGS
    if not path.exists():
        return Settings()
    with reading(lambda reason: InputError(f"cannot be read as TOML: {reason}", path=path)):
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    problems, read = [], {}
    for name, value in given.items():
        try:
            read[name] = _READERS[name](value)
        except KeyError:
            problems.append(f"{name}: is no setting; there are {', '.join(_READERS)}")
        except (ForecastError, TypeError) as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise InputError("; ".join(problems), path=path)
    return Settings(**read)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ForecastError(f"{value!r} is no list; write it in brackets")
    return value


def _one_of(value: Any, names: Collection[str]) -> str:
    if value not in names:
        raise ForecastError(f"{value!r} is not one of {', '.join(names)}")
    return str(value)


#: Setting -> how its value is read.
_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "focal": lambda value: tuple(find_state(str(state)) for state in _listed(value)),
    "horizons": lambda value: tuple(check_horizons(value)),
    "sources": lambda value: tuple(_one_of(source, SOURCES) for source in _listed(value)),
    "schedule": lambda value: _one_of(value, SCHEDULES),
}


def facts_folder(root: Path | str) -> Path:
    """Where the facts of a workspace stand, which must be there."""
    raw = Path(root) / "data" / "raw"
    if not raw.is_dir():
        raise DataMissingError(f"{root} holds no data/raw; lay out a workspace with 'forecast init {root}'")
    return raw


def present_day(today: str | Day | None = None) -> Day:
    """The day that is given, or else the present one (UTC)."""
    return parse_day(today, what="today") if today is not None else dates.today()


def load_history(root: Path, *, today: Day | None = None) -> History:
    """Read the facts of a folder, whatever was read before; `Workspace.history` reads them once."""
    today = present_day(today)
    raw = root / "data" / "raw"
    tables, coverages = [], []
    if (raw / ENGAGEMENTS).is_dir():
        events, covered = read_engagements(raw / ENGAGEMENTS, today=today)
        if covered:
            tables.append(events)
            coverages += covered
    for folder in sorted(path.parent for path in raw.glob("*/manifest.json")):
        if folder.name != ENGAGEMENTS and not folder.name.startswith("."):  # what a killed update leaves is no source
            events, covered = read_source(folder)
            tables.append(events)
            coverages += covered
    beside, covered = read_beside_summits(raw, today=today)
    if covered:
        tables.append(beside)
        coverages += covered
    if not tables:
        raise DataMissingError(
            f"{raw} holds no events: run 'forecast init DIR' for a workspace with the shipped facts, or put a ledger "
            f"into {raw / ENGAGEMENTS}"
        )
    history = make_history(
        corrected(pd.concat(tables, ignore_index=True), raw), coverages, read_calendar(raw), read_leaders(raw)
    )
    return replace(history, reports=read_reports(root))


#: Name and stamp of every file.
_Stamp = tuple[tuple[str, tuple[int, int, int, int]], ...]

#: Workspaces whose facts are kept in memory, and days before which the facts of each were cut: the latest used alone.
_WORKSPACES_KEPT, _DAYS_KEPT = 2, 8


class _Facts:
    """The facts of a folder as they were when they were read, and cuts of them at as-of dates."""

    def __init__(self, root: Path, stamp: _Stamp, today: Day) -> None:
        self.stamp, self.today, self._raw = stamp, today, root / "data" / "raw"
        recall_fingerprints(root)
        key = facts_key(self._raw, program_digest(), str(today))
        history = kept_history(root / KEPT, key, lambda: load_history(root, today=today))
        self.history = replace(history, reports=read_reports(root))
        self.known_before = lru_cache(maxsize=_DAYS_KEPT)(self.history.known_before)

    @cached_property
    def addresses(self) -> Addresses:
        return read_addresses(self._raw)


_facts: dict[Path, _Facts] = {}


class Workspace:
    """A folder with `data/raw/`; its facts are read once a process, and anew as soon as one of their files changes.

    Nothing may be known after `today`, by default the present day (UTC), and no question be put as of a later one.
    """

    def __init__(self, root: Path | str, *, today: str | Day | None = None) -> None:
        self.root, self.today = Path(root), present_day(today)

    @property
    def raw(self) -> Path:
        """Where the facts stand."""
        return self.root / "data" / "raw"

    @property
    def settings(self) -> Settings:
        """What `forecast.toml` says."""
        return read_settings(self.root)

    @property
    def history(self) -> History:
        """All facts, those of the future of any as-of date among them."""
        return self._read().history

    @property
    def addresses(self) -> Addresses:
        """Where the facts can be looked up."""
        return self._read().addresses

    def known_before(self, day: Day) -> History:
        """The facts as they were public before a day."""
        return self._read().known_before(day)

    def day(self, as_of: AnyDay | None = None) -> Day:
        """Parse an as-of date, which must not be after today; without one today is meant."""
        return read_as_of(as_of, present=self.today)

    def dyad(self, text: str, *, on: Day) -> str:
        """The dyad that a person names, by states in any spelling or by their leaders of the day."""
        return read_pair(text, on=on, leaders=lambda: self.history.leaders)

    def dyads(self, texts: str | Iterable[str] | None, *, on: Day) -> list[str]:
        """Dyads that a person names, one or several, each once and in their order."""
        named = [texts] if isinstance(texts, str) else list(texts or [])
        return list(dict.fromkeys(self.dyad(text, on=on) for text in named))

    def focal(self, text: str | None, *, on: Day | None = None) -> str | None:
        """The focal state that a person names, if any; without a day it may be one of the past."""
        try:
            return None if text is None else read_state(text, on=on, leaders=lambda: self.history.leaders)
        except StateError as error:
            raise StateError(error.problem, argument="focal") from None

    def query(self, as_of: AnyDay | None = None, *, target: str = "meeting", model: Model | None = None) -> Query:
        """Parse and check what a verb about one day is called with; no file is read yet."""
        day = self.day(as_of)
        check_target(target)
        if model is not None:
            make_model(model)  # an unknown name is an error before anything long begins
        return Query(self, day, target, model)

    def _read(self) -> _Facts:
        place, stamp = self.root.resolve(), _stamp(self.root)
        kept = _facts.pop(place, None)
        current = kept is not None and (kept.stamp, kept.today) == (stamp, self.today)
        _facts[place] = kept if kept is not None and current else _Facts(self.root, stamp, self.today)
        while len(_facts) > _WORKSPACES_KEPT:
            del _facts[next(iter(_facts))]
        return _facts[place]


def _stamp(root: Path) -> _Stamp:
    """Name and stamp of every file; taken before reading, so that a change meanwhile is seen later."""
    paths = [*(root / "data" / "raw").rglob("*"), *(root / CUBE).glob("*/index/*.json")]
    return tuple((str(path.relative_to(root)), stamp_of(path)) for path in sorted(paths) if path.is_file())


@dataclass(frozen=True, eq=False)
class Query:
    """A question about one day, parsed and checked, with the facts that may answer it."""

    workspace: Workspace
    day: Day
    target: str
    model: Model | None

    def horizons(self, horizons: Horizon | Iterable[Horizon] | None, *, by: AnyDay | None = None) -> list[int]:
        """Horizons in days, by default those of the settings; a last day of the window comes before them."""
        if by is not None:
            return [horizon_until(self.day, read_day(by, what="by", month="last"), what="by")]
        given = self.workspace.settings.horizons if horizons is None else horizons
        return check_horizons(given, what="horizons")

    def horizon(self, horizon: Horizon | Iterable[Horizon], *, by: AnyDay | None = None) -> int:
        """The one horizon of a verb that answers one."""
        days = self.horizons(horizon, by=by)
        if len(days) > 1:
            raise DateError(f"one horizon is answered at a time, not {len(days)}", argument="horizon")
        return days[0]

    @cached_property
    def history(self) -> History:
        """All facts of the workspace."""
        return self.workspace.history

    @cached_property
    def known(self) -> History:
        """The facts that were public before the day, which must not be before the data begin."""
        history, known = self.history, self.workspace.known_before(self.day)
        if known.events.empty or self.day <= history.first_day:
            first = f"the first fact became known on {history.events['known_on'].min():%Y-%m-%d}"
            raise DateError(f"the as-of date {self.day} is before the data begin: {first}")
        return known

    def check_recorded(self, dyad: str) -> None:
        """Refuse a dyad whose meetings no source records."""
        if self.known.coverage_end(dyad) is None:
            raise DataMissingError(
                f"no source records meetings of {dyad} before {self.day}: put a ledger of its events into "
                "data/raw/engagements, or see the fallback of 'forecast predict' and 'forecast explain'"
            )

    def answering(
        self, on_step: Callable[[str], None], *, training_rows: Callable[[Day], Panel] | None = None, extra: Extra = ()
    ) -> Answering:
        """The model that answers on the day."""
        return answering_models(
            self.workspace.root, self.history, [self.day], model=self.model, target=self.target, on_step=on_step,
            training_rows=training_rows, extra=extra,
        )[self.day]  # fmt: skip


def as_of_dates(start: AnyDay, end: AnyDay, every: str) -> Days:
    """As-of dates between two days, both parsed; at least one."""
    first, last = read_day(start, what="start"), read_as_of(end, what="end")
    if last < first:
        raise DateError(f"{last} is before the start {first}", argument="end")
    grid = as_of_grid(first, last, every=every)
    if not len(grid):
        raise DateError(f"there is no as-of date between {first} and {last} with one every {every}")
    return grid
