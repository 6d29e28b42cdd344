"""Two thousand worlds with another future, in every file of facts: nothing that is said of a day before it changes.

Each world is read from files, as a user's is. What is compared of it, always by a bit:

* in every world all facts that were known before the as-of date: events, coverage, calendar, leaders. What a forecast
  of the day is computed from is no more than that;
* in every tenth the dyads of which forecasts are made, the signals of the whole history, from which a backtest is made,
  and the probabilities of them;
* in every four hundredth rank, explanation and report, as the commands write them; all that is random in them is the
  time of computing, which is taken out.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import forecast as fc
from forecast import workspace
from forecast.facts.history import History
from forecast.models import make_model
from forecast.models.base import PeriodModel
from forecast.panel.panel import build_panel
from forecast.readers import coded_facts
from forecast.readers import record as beside
from forecast.signals.catalogue import EMERGING
from forecast.workspace import load_history
from poisoned_world import AS_OF, POISONS, STATES, WORLD, Files, add, poisoned, rows_of, write

#: Worlds, in parts that workers take; of how many the signals and the words are compared.
PARTS, EACH, SIGNALS, WORDS = 8, 252, 10, 400
DYADS = ["CHN-IND", "CHN-PAK", "IND-LKA", "IND-PAK"]
HORIZONS = [30, 90, 365]


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Read each text once: most files of a world are those of others. What puts them together is the program's own."""
    kept: dict[Any, Any] = {}

    def once(read: Callable[..., Any], *names: str) -> Callable[..., Any]:
        def cached(place: Path, **keywords: Any) -> Any:
            parts = (
                [place / name for name in names] if names else sorted(place.iterdir()) if place.is_dir() else [place]
            )
            texts = tuple((part.name, part.read_bytes()) for part in parts if part.exists())
            key = (read.__name__, place.name, texts, tuple(keywords.items()))
            if key not in kept:
                kept[key] = read(place, **keywords)
            return kept[key]

        return cached

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded_facts, "read_ledger", once(coded_facts.read_ledger))
        patch.setattr(beside, "read_ledger", once(beside.read_ledger))
        patch.setattr(workspace, "read_source", once(workspace.read_source))
        patch.setattr(workspace, "read_calendar", once(workspace.read_calendar, "venues.csv", "memberships.csv"))
        patch.setattr(workspace, "read_leaders", once(workspace.read_leaders, "leaders.csv"))
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> PeriodModel:
    """A model that is quick to train."""
    history = read(WORLD, tmp_path_factory.mktemp("model"))
    panel = build_panel(history.known_before(AS_OF), np.arange(AS_OF - 1500, AS_OF - 800, 30), dyads=DYADS)
    return make_model("climatology").fit(panel.signals, panel.outcomes)


def read(files: Files, root: Path) -> History:
    """Read a world of which the files stand in a folder; what stood there before goes."""
    raw = root / "data" / "raw"
    for path in [path for path in raw.rglob("*") if path.is_file()] if raw.exists() else []:
        if str(path.relative_to(raw)) not in files:
            path.unlink()
    for name, text in files.items():
        path = raw / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write({name: text}, raw)
    return load_history(root)


def known_of(history: History) -> tuple[Any, ...]:
    """All facts that were known before the as-of date, addresses among them."""
    known = history.known_before(AS_OF)
    events = known.events.reset_index(drop=True)
    return events, known.coverages, known.calendar, known.leaders


def assert_known(one: tuple[Any, ...], other: tuple[Any, ...], what: object) -> None:
    assert one[0].equals(other[0]), what
    assert one[1:] == other[1:], what


def signals_of(history: History, model: PeriodModel) -> tuple[list[str], list[str], bytes, bytes]:
    """Cohort, signals with their names, those among them that the default model leaves out, and probabilities."""
    signals = build_panel(history, np.array([AS_OF]), dyads=DYADS, emerging=EMERGING).signals
    chances = model.predict_cumulative_incidence(signals[model.feature_names_in_], HORIZONS)
    return history.cohort(AS_OF), list(signals.columns), signals.to_numpy().tobytes(), chances.tobytes()


def words_of(root: Path, output: Path) -> tuple[str, str, str]:
    """What the commands write: the watch list, an explanation and the page, without the time of computing."""
    query = {"as_of": str(AS_OF), "root": root, "model": "climatology"}
    ranked = fc.rank(focal="IND", **query).drop(columns="issued_at", errors="ignore").to_csv(float_format="%.17g")
    explained = fc.explain("IND-PAK", horizon=90, **query).to_dict()
    explained["forecast"].pop("issued_at")
    page = fc.report("IND-PAK", focal="IND", output=output, **query).read_text(encoding="utf-8")
    page = re.sub(r"computed [\d-]+ [\d:]+ UTC", "", page)
    return ranked, json.dumps(explained, sort_keys=True), page


@pytest.fixture(scope="module")
def clean(tmp_path_factory, model) -> dict[str, Any]:
    """What is said in the world that nothing was done to; models that were trained there are kept."""
    root = tmp_path_factory.mktemp("clean")
    history = read(WORLD, root)
    said = {"root": root, "known": known_of(history), "signals": signals_of(history, model)}
    return said | {"words": words_of(root, root / "page.html")}


def seeds(part: int) -> range:
    return range(part * EACH, (part + 1) * EACH)


def test_the_worlds_are_two_thousand_and_each_poison_is_in_many():
    """Counted without reading them; each poison comes first in its turn."""
    names = [poisoned(seed)[1] for part in range(PARTS) for seed in seeds(part)]
    counts = Counter(name for each in names for name in each)
    assert len(names) >= 2000
    assert set(counts) == set(POISONS)
    assert min(counts.values()) >= 200
    files = {
        name for seed in range(len(POISONS)) for name, text in poisoned(seed)[0].items() if WORLD.get(name) != text
    }
    assert files >= set(WORLD)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_future_of_any_file_changes_the_past(part, clean, model, tmp_path):
    compared, root, wordy = Counter[str](), tmp_path / "world", [seed for seed in seeds(part) if seed % WORDS == 0]
    for seed in seeds(part):
        files, names = poisoned(seed)
        what = f"seed {seed}: {names}"
        history = read(files, root)
        assert_known(known_of(history), clean["known"], what)
        compared["histories"] += 1
        if seed % SIGNALS == 0:
            assert signals_of(history, model) == clean["signals"], what
            compared["signals"] += 1
        if seed % WORDS == 0:
            shutil.copytree(clean["root"] / "mlruns", root / "mlruns", dirs_exist_ok=True)
            for one, other in zip(words_of(root, tmp_path / "page.html"), clean["words"], strict=True):
                assert one == other, what
            compared["words"] += 1
    assert compared["histories"] == EACH
    assert compared["signals"] >= EACH // SIGNALS
    assert compared["words"] == len(wordy)


@pytest.mark.parametrize("name", POISONS)
def test_each_poison_is_read_and_changes_nothing(name, clean, model, tmp_path):
    """One world of each poison alone, with its signals; what it changes is seen a few years later."""
    files = dict(WORLD)
    POISONS[name](files, random.Random(name))
    history = read(files, tmp_path)
    assert_known(known_of(history), clean["known"], name)
    assert signals_of(history, model) == clean["signals"]
    assert files != WORLD


def test_words_of_a_poisoned_world_are_those_of_the_clean_one(clean, tmp_path):
    files = dict(WORLD)
    for name, poison in POISONS.items():
        poison(files, random.Random(f"all {name}"))
    read(files, tmp_path)
    shutil.copytree(clean["root"] / "mlruns", tmp_path / "mlruns")
    assert words_of(tmp_path, tmp_path / "page.html") == clean["words"]


#: Where a fact of the day before the as-of date is put, by file: the test of the tests.
EARLIER = {
    "venues.csv": ("announced_on", {"series": "summit", "edition": "x", "host": "PAK", "starts_on": AS_OF + 40,
                                    "ends_on": AS_OF + 41, "format": "in_person", "status": "held",
                                    "announced_basis": "rule"}),
    "memberships.csv": ("known_on", {"series": "summit", "edition": "2012", "state": "LKA", "role": "not_invited"}),
    "leaders.csv": ("from", {"state": "PAK", "leader": "Later", "office": "president"}),
    "engagements/told.csv": ("known_on", {"started_on": AS_OF - 2, "source": "IND", "recipient": "PAK",
                                          "event": "CONSULT", "mode": "visit", "level": "leader"}),
    "meetings-beside-summits.csv": ("known_on", {"started_on": AS_OF - 2, "source": "IND", "recipient": "PAK",
                                                 "event": "CONSULT", "mode": "meet", "level": "leader"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EARLIER)
def test_what_was_known_the_day_before_does_change_it(name, clean, model, tmp_path):
    column, cells = EARLIER[name]
    for day, same in ((AS_OF, True), (AS_OF - 1, False)):
        files = dict(WORLD)
        add(files, name, cells | {column: day})
        history = read(files, tmp_path)
        assert (signals_of(history, model) == clean["signals"]) is same
    assert len(rows_of(files[name])) > 1
    assert set(STATES) <= set("-".join(DYADS).split("-"))
