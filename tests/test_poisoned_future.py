"""The poisoned future: facts with `known_on >= as_of`, whatever they say, change nothing by a bit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.coverage import Coverage
from forecast.facts.history import History, make_history
from forecast.facts.plans import announced_within
from forecast.models import MODELS
from forecast.panel import panel as panels
from forecast.panel.panel import Panel
from forecast.signals.catalogue import EMERGING
from forecast.training.train import Trained, pack_state, train, training_panel
from forecast.verbs.predict import predict
from random_histories import GAZETTE, LATE, LENGTH, RELEASES, START, TOLD, UNTOLD, as_frame, events, history_from
from simulated_ledgers import simulated_ledger, write_workspace
from tiers import examples

#: With every family of the catalogue, those too that the default model does not use.
build_panel = partial(panels.build_panel, emerging=EMERGING)

#: The workspaces' publishers: covering all dyads of the USA, ledgers alone, and both mixed.
MIXTURES = {
    "gazette": ((GAZETTE,), True),
    "ledgers": ((TOLD, UNTOLD), False),
    "mixed": ((GAZETTE, TOLD, UNTOLD, RELEASES), True),
}
#: Those that are parts of the mixed one.
MIXTURES_ALONE = ("gazette", "ledgers")
AS_OFS = st.sampled_from([START + 300, START + 1461, START + 2500, START + LENGTH - 100, START + LENGTH + 200])
#: Fewer dyads than a gazette's cohort of two hundred keep the examples quick; the cohort itself has a test of its own.
DYADS = ["USA-CHN", "USA-FRA", "IND-PAK", "CHN-IND"]


def poisoned(data: st.DataObject, mixture: str) -> tuple[np.datetime64, History, History]:
    """An as-of date, a history, and the same history with facts of the future among it, in any order."""
    publishers, gazette = MIXTURES[mixture]
    as_of = data.draw(AS_OFS)
    known = int((as_of - START).astype(int))
    past = as_frame(data.draw(st.lists(events(publishers=publishers, known_to=known - 1), min_size=1, max_size=25)))
    future = data.draw(st.lists(events(publishers=(*publishers, LATE), known_from=known), min_size=1, max_size=15))
    both = pd.concat([past, as_frame(future, prefix="f")], ignore_index=True)
    order = data.draw(st.permutations(range(len(both))))
    return as_of, history_from(past, gazette=gazette), history_from(both.iloc[order], gazette=gazette)


def assert_same_bits(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert list(one.columns) == list(other.columns)
    assert one.index.tolist() == other.index.tolist()
    assert [name for name in one.columns if one[name].to_numpy().tobytes() != other[name].to_numpy().tobytes()] == []


def assert_same(one: Panel, other: Panel) -> None:
    assert_same_bits(one.signals, other.signals)
    assert_same_bits(one.outcomes, other.outcomes)
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("mixture", MIXTURES)
@settings(max_examples=examples(16))
@given(data=st.data())
def test_nothing_behind_the_gate_changes(mixture, data):
    as_of, clean, dirty = poisoned(data, mixture)
    one, other = clean.known_before(as_of), dirty.known_before(as_of)
    assert one.fingerprint() == other.fingerprint()
    assert one.cohort(as_of) == other.cohort(as_of)
    for horizon in (1, 90, 730):
        window = {"dyads": DYADS, "as_ofs": np.full(len(DYADS), as_of), "horizon_days": horizon}
        assert announced_within(clean, **window).tolist() == announced_within(dirty, **window).tolist()
    dates = np.array([as_of - 200, as_of])
    for target in ("meeting", "bilateral"):
        assert_same(
            build_panel(one, dates, target=target, dyads=DYADS), build_panel(other, dates, target=target, dyads=DYADS)
        )


@pytest.mark.parametrize("mixture", ["mixed", *(pytest.param(name, marks=pytest.mark.slow) for name in MIXTURES_ALONE)])
@settings(max_examples=examples(16))
@given(data=st.data())
def test_nothing_that_a_backtest_sees_changes(mixture, data):
    """A backtest builds its rows from the whole history: each row looks back from its own date.

    They are the rows of what was known, and those of the history without the poison.
    """
    as_of, clean, dirty = poisoned(data, mixture)
    dates = np.array([as_of])
    whole = build_panel(dirty, dates, dyads=DYADS).signals
    for history in (dirty.known_before(as_of), clean):
        assert_same_bits(whole, build_panel(history, dates, dyads=DYADS).signals)


@pytest.mark.parametrize("mixture", ["mixed", pytest.param("ledgers", marks=pytest.mark.slow)])
@settings(max_examples=examples(4))
@given(data=st.data())
def test_the_cohort_and_its_rows_do_not_change(mixture, data):
    as_of, clean, dirty = poisoned(data, mixture)
    assert clean.cohort(as_of) == dirty.cohort(as_of)
    one, other = build_panel(clean, np.array([as_of])), build_panel(dirty, np.array([as_of]))
    assert_same_bits(one.signals, other.signals)
    assert one.signals.index.get_level_values("dyad").tolist() == clean.cohort(as_of)


#: A record long enough to learn from, into which the poison is poured.
TRAINED = np.datetime64("2009-01-01", "D")


def taught() -> pd.DataFrame:
    """Two ledgers of three dyads with meetings enough to learn from."""
    parts = []
    for seed, (publisher, one, other) in enumerate(
        [(TOLD, "IND", "PAK"), (TOLD, "CHN", "IND"), (UNTOLD, "FRA", "DEU")]
    ):
        rows = simulated_ledger(
            one, other, start="2000-06-01", end="2008-10-01", leader_rows=14, minister_rows=10, seed=seed
        )
        rows = rows.assign(publisher=publisher, ended_on=rows["started_on"], occurred_on=rows["started_on"])
        parts.append(rows)
    rows = pd.concat(parts, ignore_index=True)
    drawn = rows.to_dict("records")
    for row in drawn:
        row.update(
            {name: np.datetime64(row[name], "D") for name in ("started_on", "ended_on", "occurred_on", "known_on")}
        )
        row.update(accompanied=False, access="")
    return as_frame(drawn)


@pytest.fixture(scope="module")
def learned() -> tuple[pd.DataFrame, History, Panel, dict[str, Trained]]:
    """Facts, history, training rows and every model, without the poison."""
    past = taught()
    clean = history_from(past, gazette=False)
    rows = training_panel(clean, TRAINED, target="meeting")
    return past, clean, rows, {name: train(clean, TRAINED, model=name, target="meeting", panel=rows) for name in MODELS}


@settings(max_examples=examples(5, least=2))
@given(data=st.data())
def test_no_model_learns_from_the_future(learned, data):
    past, clean, rows, models = learned
    known = int((TRAINED - START).astype(int))
    future = data.draw(st.lists(events(publishers=(TOLD, UNTOLD, LATE), known_from=known), min_size=1, max_size=20))
    both = pd.concat([as_frame(future, prefix="f"), past], ignore_index=True)
    dirty = history_from(both, gazette=False)
    other_rows = training_panel(dirty, TRAINED, target="meeting")
    assert_same(rows, other_rows)
    later = panels.build_panel(clean.known_before(TRAINED), np.array([TRAINED])).signals
    for name, one in models.items():
        other = train(dirty, TRAINED, model=name, target="meeting", panel=other_rows)
        assert pack_state(one.model) == pack_state(other.model)
        assert one.card.key == other.card.key
        assert one.card.model_version == other.card.model_version
        for answers in (
            [model.predict_cumulative_incidence(later, [7, 90, 730]) for model in (one.model, other.model)],
            [np.stack(model.predict_interval(later, [7, 90, 730])) for model in (one.model, other.model)],
        ):
            assert answers[0].tobytes() == answers[1].tobytes()


AS_OF = "2009-05-06"

#: Rows that become known on the as-of date or later.
POISON = """started_on,known_on,source,recipient,event,mode,level,setting,status
2009-05-06,2009-05-06,IND,PAK,CONSULT,visit,leader,bilateral,occurred
2004-01-01,2009-05-06,IND,PAK,CONSULT,visit,leader,bilateral,occurred
1999-01-01,2010-01-01,PAK,IND,CONSULT,meet,leader,bilateral,occurred
2009-06-01,2009-05-06,IND,PAK,CONSULT,visit,leader,bilateral,announced
2009-06-01,2009-05-07,IND,PAK,SANCTION,cancel,leader,bilateral,cancelled
2002-03-04,2012-01-01,CHN,PAK,CONSULT,visit,leader,bilateral,occurred
2012-03-04,2012-03-04,FRA,DEU,CONSULT,visit,leader,bilateral,occurred
2009-05-09,2009-05-09,IND,PAK,REJECT,meet,leader,bilateral,occurred
2008-12-31,2009-07-01,IND,PAK,CONSULT,visit,minister,bilateral,occurred
""".splitlines()


def appended(path, lines: list[str]) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")


def pours() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Which lines go into which file of the workspace."""
    header, *rows = POISON
    yield "declared ledger", {"told.csv": rows}
    yield "undeclared ledger", {"untold.csv": rows}
    yield "new ledger", {"new.csv": [header, *rows]}
    yield "empty ledger", {"empty.csv": rows}
    yield "all of them", {"told.csv": rows[:4], "untold.csv": rows[::-1], "new.csv": [header, *rows], "empty.csv": rows}
    for row in rows:
        yield row, {"untold.csv": [row]}


@pytest.fixture(scope="module")
def soil(tmp_path_factory: pytest.TempPathFactory):
    """A workspace of ledgers, and its forecasts before the poison."""

    def make(name: str):
        told = pd.concat(
            [
                simulated_ledger(
                    one, other, start="2001-01-01", end="2009-05-01", leader_rows=14, minister_rows=10, seed=seed
                )
                for seed, (one, other) in enumerate([("IND", "PAK"), ("CHN", "IND")])
            ]
        )
        untold = simulated_ledger(
            "FRA", "DEU", start="2001-01-01", end="2009-04-01", leader_rows=20, minister_rows=4, seed=9
        )
        untold = untold.loc[untold["known_on"] < AS_OF]
        told = told.loc[told["known_on"] < AS_OF]
        declared = {
            "told.csv": {"coverage_start": "2001-01-01", "coverage_end": "2030-12-31"},
            "empty.csv": {"coverage_start": "1995-01-01", "coverage_end": "2030-12-31"},
        }
        ledgers = {"told.csv": told, "untold.csv": untold, "empty.csv": told.iloc[:0]}
        return write_workspace(tmp_path_factory.mktemp("soil") / name, ledgers, declared)

    root = make("clean")
    return make, {name: forecast_of(root, name) for name in MODELS}


def forecast_of(root, model: str) -> pd.DataFrame:
    rows = predict(["IND-PAK", "CHN-IND", "FRA-DEU"], as_of=AS_OF, root=root, horizons=[7, 90, 200, 730], model=model)
    return rows.drop(columns="issued_at")


def assert_same_forecast(one: pd.DataFrame, other: pd.DataFrame) -> None:
    for name in one.columns:
        if one[name].dtype.kind == "f":
            assert one[name].to_numpy().tobytes() == other[name].to_numpy().tobytes(), name
        else:
            assert one[name].tolist() == other[name].tolist(), name


# Each file and each row alone tells which one is seen, should all of them together be.
@pytest.mark.parametrize(
    ("name", "pour"),
    [pytest.param(*pour, id=pour[0], marks=() if pour[0] == "all of them" else pytest.mark.slow) for pour in pours()],
)
def test_no_forecast_changes_when_the_future_is_written_into_a_ledger(soil, name, pour):
    make, before = soil
    root = make("".join(c for c in name if c.isalnum()))
    for file, lines in pour.items():
        path = root / "data" / "raw" / "engagements" / file
        if not path.exists():
            path.write_text("", encoding="utf-8")
        appended(path, lines)
    # Nothing is stored here: the model is trained on the poisoned ledger, and must be the same.
    for model in MODELS if name == "all of them" else ("hazard", "base-rate"):
        assert_same_forecast(forecast_of(root, model), before[model])


def test_a_stored_model_and_a_fresh_one_give_the_same_forecast_on_a_poisoned_ledger(soil):
    make, before = soil
    root = make("stored")
    assert_same_forecast(forecast_of(root, "hazard"), before["hazard"])
    stored = sorted((root / "mlruns" / "models").iterdir())
    assert len(stored) == 1
    appended(root / "data" / "raw" / "engagements" / "told.csv", POISON[1:])
    assert_same_forecast(forecast_of(root, "hazard"), before["hazard"])
    assert sorted((root / "mlruns" / "models").iterdir()) == stored


def test_a_fact_of_the_past_does_change_the_forecast(soil):
    """The test of the tests: what was known a day before the as-of date counts."""
    make, before = soil
    root = make("late")
    appended(root / "data" / "raw" / "engagements" / "told.csv", [POISON[1].replace("2009-05-06", "2009-05-05")])
    after = forecast_of(root, "hazard")
    assert (after["probability"] != before["hazard"]["probability"]).any()
    assert (after["data_version"] != before["hazard"]["data_version"]).all()


def ledger_fact(publisher: str, known: int, source: str, recipient: str) -> dict:
    return {
        "publisher": publisher, "source": source, "recipient": recipient, "event": "CONSULT", "mode": "visit",
        "level": "leader", "setting": "bilateral", "status": "occurred", "access": "", "accompanied": False,
        **dict.fromkeys(("started_on", "ended_on", "occurred_on", "known_on"), START + known),
    }  # fmt: skip


@pytest.mark.parametrize("second", [TOLD, UNTOLD])
def test_a_second_ledger_is_no_source_of_a_dyad_before_it_names_it(second):
    """A ledger that covers more years comes to speak of the dyad only after the as-of date."""
    past = [
        ledger_fact(LATE, 700, "IND", "PAK"),
        ledger_fact(LATE, 800, "IND", "PAK"),
        ledger_fact(second, 600, "FRA", "DEU"),
    ]
    past.append(ledger_fact(second, 1500, "FRA", "DEU"))
    as_of = START + 2000
    clean = history_from(as_frame(past), gazette=False)
    dirty = history_from(as_frame([*past, ledger_fact(second, 2000, "IND", "PAK")]), gazette=False)
    one, other = (build_panel(history, np.array([as_of]), dyads=["IND-PAK"]) for history in (clean, dirty))
    assert_same_bits(one.signals, other.signals)


def test_a_ledger_without_facts_yet_does_not_lengthen_a_dyads_record():
    past = [ledger_fact(TOLD, 700, "IND", "PAK")]
    coverages = [
        Coverage(TOLD, "told.csv", START, START + 900, "", defines_meetings=True, declared=True),
        Coverage(LATE, "late.csv", START + 2000, START + 2000, "", defines_meetings=True, declared=False),
    ]
    as_of = START + 1500
    clean = make_history(as_frame(past), coverages[:1])
    dirty = make_history(as_frame([*past, ledger_fact(LATE, 2000, "IND", "PAK")]), coverages)
    one, other = (build_panel(history, np.array([as_of]), dyads=["IND-PAK"]) for history in (clean, dirty))
    assert_same_bits(one.signals, other.signals)


def test_an_undeclared_ledger_that_begins_in_the_future_is_no_source_yet():
    coverage = Coverage(LATE, "late.csv", START + 900, START + 900, "", defines_meetings=True, declared=False)
    late = ledger_fact(LATE, 100, "IND", "PAK") | {"known_on": START + 900}
    history = make_history(as_frame([late]), [coverage])
    assert history.known_before(START + 900).coverages == ()
    assert history.known_before(START + 900).coverage_end("IND-PAK") is None
    assert history.known_before(START + 901).coverage_end("IND-PAK") == START + 900
