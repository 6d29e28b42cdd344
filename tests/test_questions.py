"""The verbs explain, whatif and rank: what they print, and what they leave as it was."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

import forecast as fc
from forecast.cli.main import main
from forecast.display.numbers import log_odds, percent
from forecast.models import DEFAULT, MODELS
from forecast.signals.catalogue import WORDS
from forecast.verbs.predict import COLUMNS
from forecast.verbs.rank import month_before, with_change, with_surprise

AS_OF = "2018-03-01"
VISIT = "known_on=2018-02-20,source=PAK,recipient=IND,event=CONSULT,mode=visit,level=minister"


def asked(verb: str, *words: object, root: Path, as_of: str = AS_OF) -> Result:
    call = [verb, *words, "--as-of", as_of, "--root", root]
    return CliRunner().invoke(main, [str(word) for word in call], catch_exceptions=False)


def answered(verb: str, *words: object, root: Path, as_of: str = AS_OF) -> str:
    done = asked(verb, *words, root=root, as_of=as_of)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shown(odd) -> Callable[..., str]:
    """What a call prints, each made once."""
    return cache(lambda *words: answered(*words, root=odd))


CALLS = {
    "explain": ["explain", "IND-PAK"],
    "explain in full": ["explain", "IND-PAK", "--full"],
    "whatif": ["whatif", "IND-PAK", "--add", VISIT],
    "rank": ["rank", "--focal", "IND"],
    "rank by change": ["rank", "--focal", "IND", "--sort", "change"],
}


@pytest.mark.parametrize("name", CALLS)
def test_a_table_is_at_most_eighty_columns_wide_whatever_a_ledger_holds(shown, name):
    text = shown(*CALLS[name])
    assert [line for line in text.splitlines() if cell_len(line) > 80 and "://" not in line] == []
    assert "\x1b" not in text
    assert text.count("\n") >= 7


# Each of the others is trained for it alone.
@pytest.mark.parametrize(
    "model", [name if name == DEFAULT else pytest.param(name, marks=pytest.mark.slow) for name in MODELS]
)
def test_every_model_can_be_explained_supposed_and_ranked(odd, model):
    told = answered("explain", "IND-PAK", "--model", model, "--analogues", 0, root=odd)
    assert f"model {model} " in told
    assert "hypothetical" in answered("whatif", "IND-PAK", "--model", model, "--add", VISIT, root=odd)
    assert "1  " in answered("rank", "--focal", "IND", "--model", model, root=odd)


def test_an_explanation_in_json_is_that_of_the_library(odd):
    shown = json.loads(answered("explain", "IND-PAK", "--by", "2018-06-30", "--format", "json", root=odd))
    found = fc.explain("IND-PAK", as_of=AS_OF, by="2018-06-30", root=odd)
    parts = ["forecast", "contributions", "signals", "evidence", "summits", "hazards", "analogues", "missing"]
    assert list(shown) == parts
    assert shown["forecast"]["window_end"] == "2018-06-30"
    assert shown["contributions"] == found.to_dict()["contributions"]
    assert shown["evidence"] == found.to_dict()["evidence"]
    total = sum(part["contribution"] for part in shown["contributions"])
    start, end = (log_odds(shown["forecast"][name]) for name in ("climatology", "probability"))
    assert start + total == pytest.approx(float(end), abs=1e-9)


def test_the_text_of_an_explanation_sums_and_names_facts_with_days_and_records(shown):
    text = shown(*CALLS["explain in full"])
    account = text.split("From climatology to the forecast")[1].split("The lines sum")[0].splitlines()[2:-1]
    shares = [float(re.findall(r"[+-]\d+\.\d\d", line)[0]) for line in account]
    assert sum(shares[:-1]) == pytest.approx(shares[-1], abs=0.005 * len(shares))
    assert re.search(r"^ +2018-01-28 \(known 2018-01-29\) PAK to IND: minister, meet;", text, re.M)
    assert re.search(r"\[rivals-[0-9a-f]+\]", text)
    assert "https://example.org/a?b=1&c=<d>" in text
    assert "What is missing" in text


def test_an_explanation_fits_a_screen_and_says_how_to_see_more(shown):
    text = shown(*CALLS["explain"])
    assert text.count("\n") <= 24
    assert text.splitlines()[-1].startswith("--full: ")
    full = shown(*CALLS["explain in full"]).split("Nearest")[0]
    assert set(re.findall(r"\d\d\.\d%", text)) <= set(re.findall(r"\d\d\.\d%", full))


def test_the_steps_of_an_explanation_are_those_of_its_picture(odd):
    found = fc.explain("IND-PAK", as_of=AS_OF, root=odd, analogues=0)
    picture = fc.pictures.waterfall(found.steps, start=found.climatology, end=found.probability)
    names = [label.get_text() for label in picture.axes[0].get_yticklabels()]
    assert names == ["reference", *found.steps["family"], "forecast"]
    assert found.steps["family"].iloc[0] == "the record as the model reads it"
    assert found.steps["contribution"].sum() == pytest.approx(found.contributions["contribution"].sum(), abs=1e-12)


def test_every_family_has_words():
    assert set(fc.catalogue()["family"]) == set(WORDS)


# --- whatif ---


def facts(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "mlruns" not in path.parts
    }


@pytest.mark.slow  # supposes event after event
def test_what_is_supposed_is_labelled_and_nowhere_written(odd):
    answered("predict", "IND-PAK", root=odd)
    before = facts(odd)
    text = answered("whatif", "IND-PAK", "--add", VISIT, root=odd)
    assert re.search(r"^hypothetical +\d+\.\d%", text, re.M)
    assert "Supposed, and not written anywhere" in text
    shown = json.loads(answered("whatif", "IND-PAK", "--add", VISIT, "--format", "json", root=odd))
    assert [row["hypothetical"] for row in shown["forecasts"]] == [False, True]
    assert shown["forecasts"][1]["warnings"].startswith("hypothetical: 1 event added")
    assert facts(odd) == before
    done = asked("whatif", "IND-PAK", "--add", VISIT, root=odd)
    assert done.stderr.startswith("forecast: warning: hypothetical: 1 event added")


def test_a_hypothetical_event_is_worth_what_it_is_worth_when_it_is_real(odd, tmp_path):
    """The same row in the ledger gives the same forecast, but for the model: it learns nothing of that year."""
    import shutil

    real = shutil.copytree(odd / "data", tmp_path / "ws" / "data").parent
    ledger = real / "data" / "raw" / "engagements" / "rivals.csv"
    header = next(csv.reader(io.StringIO(ledger.read_text("utf-8"))))
    cells = dict(part.split("=") for part in VISIT.split(","))
    cells |= {"started_on": cells["known_on"], "setting": "bilateral", "status": "occurred"}
    with ledger.open("a", encoding="utf-8", newline="") as rows:
        csv.DictWriter(rows, header, restval="", lineterminator="\n").writerow(cells)
    supposed = fc.whatif("IND-PAK", as_of=AS_OF, root=odd, add=VISIT).forecasts.iloc[1]
    happened = fc.predict("IND-PAK", as_of=AS_OF, horizons=[90], root=real).iloc[0]
    assert supposed["probability"] == pytest.approx(happened["probability"], abs=1e-12)


def test_a_removed_record_goes_and_others_stay(odd):
    found = fc.explain("IND-PAK", as_of=AS_OF, root=odd, analogues=0)
    record = found.evidence.loc[found.evidence["family"] == "visits", "record_id"].iloc[0]
    shown = fc.whatif("IND-PAK", as_of=AS_OF, root=odd, remove=record)
    assert shown.changes["record_id"].tolist() == [record]
    assert shown.changes["change"].tolist() == ["removed"]
    moved = np.diff(log_odds(shown.forecasts["probability"]))[0]
    assert shown.families["change"].sum() == pytest.approx(moved, abs=1e-9)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "suppose something"),
        (["--add", "nonsense.csv"], 3, "nonsense.csv"),
        (["--add", "known_on=2018-02-20"], 3, "--add 1"),
        (["--add", VISIT.replace("2018-02-20", "2018-03-01")], 5, "is not before the as-of date 2018-03-01"),
        (["--add", VISIT.replace("PAK", "ATL")], 3, "ATL"),
        (["--remove", "rivals-none"], 3, "has no record 'rivals-none'"),
        (["--remove", "apec/2023"], 3, "the calendar has no summit"),
        (["--add-venue", "series=apec"], 3, "host: is needed"),
    ],
)
def test_a_supposition_that_cannot_be_is_one_line(odd, words, code, told):
    done = asked("whatif", "IND-PAK", *words, root=odd)
    assert done.exit_code == code, done.stderr
    assert told in done.stderr
    assert done.stdout == ""
    assert code == 2 or done.stderr.count("\n") == 1


# --- rank ---


def test_three_orders(odd):
    rows = {by: fc.rank(as_of=AS_OF, focal="IND", sort=by, root=odd) for by in ("probability", "surprise", "change")}
    for by, found in rows.items():
        assert found["rank"].tolist() == [1, 2]
        order = found[by].abs() if by == "change" else found[by]
        assert order.is_monotonic_decreasing
    told = rows["change"]
    assert told["before_as_of"].tolist() == ["2018-02-01"] * 2
    before = fc.predict(as_of="2018-02-01", horizons=[90], root=odd).set_index("dyad")["probability"]
    assert told["change"].to_numpy() == pytest.approx(told["probability"] - before.loc[told["dyad"]].to_numpy())
    above = log_odds(told["probability"]) - log_odds(told["climatology"])
    assert told["surprise"].to_numpy() == pytest.approx(above)
    assert (
        fc.rank(as_of=AS_OF, focal="IND", top=1, root=odd)["dyad"].tolist() == rows["probability"]["dyad"].tolist()[:1]
    )


def test_a_watch_list_as_table_json_and_csv(odd):
    found = fc.rank(as_of=AS_OF, focal="IND", root=odd)
    text = answered("rank", "--focal", "IND", root=odd)
    shown = [line.split() for line in text.splitlines() if re.match(r" +\d  [A-Z]{3}-", line)]
    assert [row[:2] for row in shown] == [["1", found["dyad"].iloc[0]], ["2", found["dyad"].iloc[1]]]
    assert [row[3] for row in shown] == [percent(p) for p in found["probability"]]
    assert {row[2] for row in shown} == {"China", "Pakistan"}
    assert list(json.loads(answered("rank", "--focal", "IND", "--format", "json", root=odd))[0]) == [
        "rank", *COLUMNS, "surprise",
    ]  # fmt: skip
    table = pd.read_csv(
        io.StringIO(answered("rank", "--focal", "IND", "--sort", "change", "--format", "csv", root=odd))
    )
    assert list(table.columns) == ["rank", *COLUMNS, "surprise", "before_as_of", "before", "change"]


def test_a_dyad_without_a_past_has_no_change():
    now = pd.DataFrame(
        {"dyad": ["A", "B"], "as_of": "2018-03-01", "probability": [0.5, 0.2], "climatology": [0.5, 0.1]}
    )
    before = pd.DataFrame({"dyad": ["A"], "as_of": "2018-02-01", "probability": [0.4]})
    found = with_change(with_surprise(now), before)
    assert found["change"].iloc[0] == pytest.approx(0.1)
    assert np.isnan(found["change"].iloc[1])
    assert found["surprise"].iloc[0] == 0.0
    assert found["surprise"].iloc[1] > 0.0


def test_a_month_before_the_data_there_is_no_change(odd):
    done = asked("rank", "--focal", "IND", "--sort", "change", "--model", "climatology", root=odd, as_of="2010-01-05")
    assert done.exit_code == 6
    assert done.stderr.startswith(
        "forecast: no change since a month before 2010-01-05 can be computed: the record begins on 2008-01-01"
    )


@pytest.mark.parametrize(("day", "earlier"), [("2024-03-31", "2024-02-29"), ("2024-01-01", "2023-12-01")])
def test_a_month_before(day, earlier):
    assert str(month_before(np.datetime64(day))) == earlier


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["explain", "IND-NOWHERE"], 4, "NOWHERE"),
        (["explain", "IND-PAK", "--model", "oracle"], 7, "oracle"),
        (["explain", "IND-PAK", "--horizon", "0"], 5, "0"),
        (["explain", "IND-PAK", "--by", "2018-02-28"], 5, "2018-02-28"),
        (["rank", "--focal", "NOWHERE"], 4, "NOWHERE"),
        (["rank", "--focal", "FRA"], 6, "no source covers a dyad of FRA"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line(odd, words, code, told):
    done = asked(*words, root=odd)
    assert done.exit_code == code, done.stderr
    assert told in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


@pytest.mark.parametrize("name", CALLS)
def test_output_goes_to_the_file_or_nowhere(odd, tmp_path, name):
    path = tmp_path / "out.txt"
    words = [*CALLS[name], "--model", "climatology"]
    assert answered(*words, "--output", path, root=odd) == ""
    assert path.read_text("utf-8") == answered(*words, root=odd)
    done = asked(*words, "--output", tmp_path / "none" / "out.txt", root=tmp_path / "no workspace")
    assert (done.exit_code, done.stderr) == (
        3,
        f"forecast: {tmp_path / 'none' / 'out.txt'}: its folder does not exist\n",
    )
    assert [part.name for part in tmp_path.iterdir()] == ["out.txt"]
