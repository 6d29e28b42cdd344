"""Pairs that no complete source covers: a labelled fallback, wide, never sure, and learned behind the time gate."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import DataMissingError, StateError
from forecast.facts.countries import canonical_dyad
from forecast.models import DEFAULT
from forecast.verbs import predict
from forecast.verbs.fallback import LEAST, MOST, _busy, fallback
from text_tables import day

HORIZONS = [1, 30, 90, 180, 730]
DAY = day("2024-06-01")
PAIRS = [canonical_dyad(*pair.split("-")) for pair in (
    "RUS-CHN", "IND-PAK", "FRA-DEU", "BRA-COL", "TUV-BTN", "KEN-UGA", "VAT-PRK", "SSD-TLS",
)]  # fmt: skip


@pytest.fixture(scope="module")
def history(shipped_history):
    return shipped_history


@pytest.fixture(scope="module")
def found(history):
    return fallback(history.known_before(DAY), PAIRS, DAY, HORIZONS, target="meeting")


def test_probabilities_are_ordered_never_sure_and_do_not_fall_with_the_horizon(found):
    for part in (found.low, found.probability, found.high, found.pooled):
        assert part.shape == (len(PAIRS), len(HORIZONS))
        assert ((part >= LEAST) & (part <= MOST)).all()
        assert (np.diff(part, axis=1) >= 0).all()
    assert (found.low <= found.probability).all()
    assert (found.probability <= found.high).all()


def test_the_interval_is_wide(found):
    odds = [part[:, 2] / (1 - part[:, 2]) for part in (found.low, found.high)]
    assert (odds[1] > 4 * odds[0]).all()


def test_pairs_that_share_more_summits_meet_more(found):
    at_90 = dict(zip(PAIRS, found.probability[:, 2], strict=True))
    assert at_90[canonical_dyad("FRA", "DEU")] > at_90[canonical_dyad("TUV", "BTN")]


def test_a_state_is_as_busy_as_its_pairs_beside_others_of_their_kind():
    busy = _busy(["CHN-FRA", "CHN-TUV", "FRA-USA", "KEN-USA"], np.array([9, 0, 9, 2]), np.array([4.0, 4.0, 4.0, 2.0]))
    assert busy["FRA"] > 1.0 > busy["TUV"] > 0.0
    assert busy["KEN"] == 1.0


def test_what_stands_behind_it_is_said(found):
    for pair, reason in zip(PAIRS, found.reasons, strict=True):
        assert reason.startswith(f"fallback: no complete source covers {pair}, so this is no forecast of a model")
        assert "covered pairs (those of " in reason
        assert "ahead" in reason
        assert "pairs of other states may differ" in reason


def test_nothing_known_later_touches_it(history):
    early = day("2010-03-01")
    known = history.known_before(early)
    later = history.known_before(day("2015-01-01"))
    one = fallback(known, PAIRS[:5], early, HORIZONS, target="meeting")
    other = fallback(later.known_before(early), PAIRS[:5], early, HORIZONS, target="meeting")
    np.testing.assert_array_equal(one.probability, other.probability)
    np.testing.assert_array_equal(one.high, other.high)


def test_what_a_ledger_reports_raises_the_rate_and_never_lowers_it(rivals, tmp_path):
    folder = tmp_path / "data" / "raw" / "engagements"
    folder.mkdir(parents=True)
    source = rivals / "data" / "raw" / "engagements"
    for path in source.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    header = "started_on,known_on,source,recipient,event,mode,level\n"
    days = [f"20{year}-0{month}-05" for year in range(10, 18) for month in range(1, 7)]
    rows = [f"{day},{day},FRA,DEU,CONSULT,visit,leader" for day in days]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "some.csv": {"complete": False}}), encoding="utf-8")
    levels = []
    for count in (1, len(rows)):
        (folder / "some.csv").write_text(header + "\n".join(rows[:count]) + "\n", encoding="utf-8")
        rows_of = fc.predict("FRA-DEU", root=tmp_path, as_of="2018-06-01", horizons=[90])
        assert rows_of["model_id"].tolist() == ["fallback"]
        levels.append(float(rows_of["probability"].iloc[0]))
        assert f"{count} meeting{'s' * (count > 1)} of the two " in rows_of["warnings"].iloc[0]
    without = fc.predict("FRA-GBR", root=tmp_path, as_of="2018-06-01", horizons=[90])["probability"].iloc[0]
    assert without <= levels[0] < levels[1]


def test_covered_and_other_pairs_stand_side_by_side(rivals):
    question = {"root": rivals, "as_of": "2018-03-01", "horizons": [30, 90], "model": "climatology"}
    both = fc.predict(["IND-PAK", "FRA-DEU"], **question)
    alone = fc.predict("IND-PAK", **question)
    assert both["model_id"].tolist() == ["fallback", "fallback", "climatology", "climatology"]
    assert list(both.columns) == list(alone.columns)
    assert both.loc[both["dyad"] == "IND-PAK", "probability"].tolist() == alone["probability"].tolist()
    assert set(both.attrs["warnings"]) == {"FRA-DEU"}
    text = str(predict.table(both))
    assert "FRA-DEU*" in text
    assert "IND-PAK*" not in text
    assert "* a fallback" in text
    with pytest.raises(DataMissingError, match="no source records meetings of FRA-DEU"):
        fc.predict(["IND-PAK", "FRA-DEU"], strict=True, **question)


def test_a_pair_without_a_source_is_explained_part_by_part(rivals):
    question = {"root": rivals, "as_of": "2018-03-01"}
    row = fc.predict("FRA-DEU", horizons=[90], **question).iloc[0]
    why = fc.explain("FRA-DEU", horizon=90, **question)
    assert why.forecast["model_id"].tolist() == ["fallback"]
    assert (why.probability, why.climatology) == (row["probability"], row["climatology"])
    assert why.contributions["family"].tolist() == ["pooled", "pairs", "venues"]
    start = why.contributions["without"].iloc[0]
    total = np.log(start / (1 - start)) + why.contributions["contribution"].sum()
    np.testing.assert_allclose(total, np.log(why.probability / (1 - why.probability)), atol=1e-9)
    assert why.hazards["cumulative"].iloc[-1] == why.probability
    assert why.missing["problem"].str.startswith("fallback: no complete source covers FRA-DEU").all()
    for words in (str(why), str(why.brief()), str(why.html())):
        assert "how often pairs of its kind meet" in words
        assert "its own record" not in words


def test_a_supposition_about_a_pair_without_a_source_moves_its_fallback(rivals):
    question = {"root": rivals, "as_of": "2018-03-01"}
    real = fc.predict("FRA-DEU", horizons=[90], **question).iloc[0]["probability"]
    summit = "series=some,host=FRA,starts_on=2018-04-10,members=DEU"
    visit = "known_on=2018-02-20,source=DEU,recipient=FRA,event=CONSULT,mode=visit,level=leader"
    for supposed, moves in (({"add_venue": summit}, True), ({"add": visit}, False)):
        shown = fc.whatif("FRA-DEU", **supposed, **question)
        rows = shown.forecasts
        assert rows["model_id"].tolist() == ["fallback"] * 2
        assert rows["probability"].iloc[0] == real
        assert (rows["probability"].iloc[1] > real) == moves
        assert rows["warnings"].iloc[1].startswith("hypothetical: 1 ")
        sums = shown.families[["real", "hypothetical"]].sum().to_numpy()
        np.testing.assert_allclose(1 / (1 + np.exp(-sums)), rows["probability"], atol=1e-9)
        assert "both are fallbacks" in "".join(str(shown).split("\n"))


def test_the_summits_of_a_fallback_are_those_that_move_it(history, shipped):
    why = fc.explain("IND-PAK", as_of="2024-06-01", horizon=90, root=shipped)
    assert why.summits["series"].tolist() == ["sco"]
    assert why.summits["without"].iloc[0] < why.probability
    assert why.contributions.set_index("family").loc["venues", "contribution"] > 0


def test_a_pair_without_a_source_is_followed_as_it_is_predicted(rivals):
    rows = fc.follow(["IND-PAK", "FRA-DEU"], start="2018-02-26", end="2018-03-05", root=rivals, model="climatology")
    assert rows["model_id"].tolist() == ["fallback"] * 2 + ["climatology"] * 2
    one = fc.predict(["IND-PAK", "FRA-DEU"], as_of="2018-02-26", horizons=90, root=rivals, model="climatology")
    ours = pd.DataFrame(rows.loc[rows["as_of"] == "2018-02-26"]).drop(columns="issued_at").reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, pd.DataFrame(one).drop(columns="issued_at"), check_exact=True)


@pytest.mark.parametrize("pair", ["SUN-USA", "FRA-FRA", "DDR-CHN"])
def test_states_that_are_gone_and_a_state_with_itself_are_refused(rivals, pair):
    with pytest.raises(StateError):
        fc.predict(pair, root=rivals, as_of="2018-03-01", horizons=[30])


def test_the_command_warns_and_can_be_strict(rivals):
    words = ["predict", "FRA-DEU", "--as-of", "2018-03-01", "--root", str(rivals)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0
    assert "forecast: warning: fallback: no complete source covers" in done.stderr
    assert "no model" in done.stdout
    assert CliRunner().invoke(main, [*words, "--strict"]).exit_code == 6


def test_pairs_of_the_shipped_records_are_answered_by_a_model(trained):
    pairs = ["RUS-CHN", "CHN-IND", "BRA-COL", "USA-CHN"]
    rows = fc.predict(pairs, as_of="2023-09-29", root=trained, horizons=[90])
    assert rows["dyad"].tolist() == sorted(canonical_dyad(*pair.split("-")) for pair in pairs)
    assert rows["model_id"].eq(DEFAULT).all()
    assert rows["probability"].between(0, 1, inclusive="neither").all()
