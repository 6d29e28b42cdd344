"""Pictures: what stands on the page, measured on the page."""

from __future__ import annotations

import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PolyCollection

import forecast as fc
from forecast.display.pictures.canvas import stacked
from forecast.display.pictures.signs import SIGNS, kind_of, leaders_met
from forecast.errors import ForecastError
from forecast.verification.forecasts import example_forecasts
from picture_checks import check_picture, overlapping, words

# Draws every picture.
pytestmark = pytest.mark.slow

DAYS = np.array([15, 30, 60, 90, 120, 150, 180])


def forecasts(
    *, as_ofs: list[str], horizons: list[int], dyad: str = "USA-CHN", seed: int = 1, model: str = "hazard"
) -> pd.DataFrame:
    """Forecasts that grow with the horizon, with an interval."""
    generator = np.random.default_rng(seed)
    rows = []
    for as_of in as_ofs:
        hazard = generator.uniform(0.0005, 0.01)
        for days in horizons:
            p = float(-np.expm1(-hazard * days))
            rows.append(
                {"model_id": model, "dyad": dyad, "as_of": as_of, "horizon_days": days, "target": "meeting",
                 "probability": p, "low": p / 2, "high": (1 + p) / 2, "climatology": float(-np.expm1(-0.002 * days))}
            )  # fmt: skip
    return pd.DataFrame(rows)


def events(*rows: tuple[str, str, str, str, str], dyad: str = "USA-CHN") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["occurred_on", "event", "mode", "level", "status"])
    return table.assign(occurred_on=pd.to_datetime(table["occurred_on"]).astype("datetime64[s]"), dyad=dyad)


def venues(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["name", "starts_on", "ends_on"])
    return table.assign(
        **{name: pd.to_datetime(table[name]).astype("datetime64[s]") for name in ("starts_on", "ends_on")}
    )


MONTHS = [str(day) for day in np.arange("2022-01", "2023-12", dtype="datetime64[M]").astype("datetime64[D]")]
EVENTS = events(
    ("2022-11-14", "CONSULT", "meet", "leader", "occurred"),
    ("2023-06-18", "CONSULT", "visit", "minister", "occurred"),
    ("2023-07-01", "CONSULT", "phone", "minister", "occurred"),
    ("2023-09-02", "REJECT", "meet", "leader", "occurred"),
    ("2023-09-20", "AGREE", "announce", "minister", "announced"),
    ("2023-09-22", "COOPERATE", "working-group", "deputy_minister", "occurred"),
)
VENUES = venues(
    ("EAS 2022", "2022-11-13", "2022-11-13"), ("G20 2022", "2022-11-15", "2022-11-16"),
    ("APEC 2022", "2022-11-18", "2022-11-19"), ("UNGA 2023", "2023-09-19", "2023-09-26"),
    ("APEC 2023", "2023-11-16", "2023-11-17"),
)  # fmt: skip
STEPS = pd.DataFrame({"family": ["venues", "meetings", "visits", "snubs"], "contribution": [2.1, -0.3, 0.6, -0.55]})


def curve_rows(**changes: object) -> pd.DataFrame:
    return forecasts(as_ofs=["2023-09-29"], horizons=DAYS.tolist()).assign(**changes)


PICTURES = {
    "timeline": lambda: fc.pictures.timeline(forecasts(as_ofs=MONTHS, horizons=[90]), events=EVENTS, venues=VENUES),
    "timeline of three horizons": lambda: fc.pictures.timeline(
        forecasts(as_ofs=MONTHS, horizons=[30, 90, 180]), events=EVENTS, venues=VENUES
    ),
    "bare timeline": lambda: fc.pictures.timeline(forecasts(as_ofs=MONTHS[:2], horizons=[30]), climatology=False),
    "hazard curve": lambda: fc.pictures.hazard_curve(curve_rows(), venues=VENUES),
    "hazard curve of two horizons": lambda: fc.pictures.hazard_curve(
        forecasts(as_ofs=["2023-09-29"], horizons=[30, 730])
    ),
    "waterfall": lambda: fc.pictures.waterfall(STEPS, start=0.14, end=0.9, start_label="climatology"),
    "waterfall down": lambda: fc.pictures.waterfall(STEPS.assign(contribution=-1.5), start=0.9, end=0.004),
    "reliability": lambda: fc.pictures.reliability(example_forecasts().query("model_id == 'sharp'"), resamples=50),
    "skill": lambda: fc.pictures.skill(example_forecasts(), resamples=100),
    "engagements": lambda: fc.pictures.engagements(EVENTS),
    "engagements of one day": lambda: fc.pictures.engagements(EVENTS.iloc[:1]),
    "engagements over eighty years": lambda: fc.pictures.engagements(EVENTS, start="1943-01-01", end="2023-12-31"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_is_cut_off_or_too_small(name):
    check_picture(PICTURES[name]())


@pytest.mark.parametrize("name", ["timeline", "waterfall", "reliability"])
def test_a_notebook_shows_a_picture_and_any_format_keeps_it(name):
    picture = PICTURES[name]()
    assert picture._repr_png_().startswith(b"\x89PNG")
    kept = io.StringIO()
    picture.savefig(kept, format="svg")
    assert "<svg" in kept.getvalue()


def test_pictures_set_no_state():
    """No pyplot, no current figure and no changed setting."""
    before = dict(mpl.rcParams)
    PICTURES["timeline"]()
    assert dict(mpl.rcParams) == before
    program = (
        "import sys, pandas as pd, forecast as fc\n"
        "steps = pd.DataFrame({'family': ['a'], 'contribution': [1.0]})\n"
        "fc.pictures.waterfall(steps, start=0.2, end=0.4)._repr_png_()\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_without_matplotlib_the_error_says_what_to_install():
    program = (
        "import sys\nsys.modules['matplotlib'] = None\nimport forecast as fc\n"
        "try:\n    fc.pictures.timeline\nexcept fc.ForecastError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "pictures need matplotlib: pip install 'forecast[pictures]'\n"


def test_text_from_data_is_not_read_as_a_formula():
    steps = STEPS.assign(family=["$x^2$", "a_b$", "$", "c"])
    picture = fc.pictures.waterfall(steps, start=0.14, end=0.9, start_label="$y$")
    assert {"$x^2$", "a_b$", "$", "c", "$y$"} <= set(words(picture).split("\n"))
    odd = venues(("$\\frac$ 2023", "2023-10-16", "2023-10-17"))
    shown = fc.pictures.hazard_curve(curve_rows(model_id="$m$"), venues=odd)
    assert "$\\frac$ 2023" in words(shown)
    assert "model $m$" in words(shown)
    scored = example_forecasts().replace({"model_id": {"sharp": "$\\sharp"}})
    assert "$\\sharp" in words(fc.pictures.skill(scored, resamples=50))


# --- timeline ---


def test_a_timeline_names_the_dyad_the_unit_and_all_rows_of_the_strip():
    told = words(PICTURES["timeline"]())
    for text in (
        "United States and China: will the leaders meet?", "Probability (%)", "USA-CHN", "model hazard",
        "within 90 days", "90% interval", "climatology", "leaders meet", "in person", "phone or video",
        "refusal or pressure", "plan or report of one", "other cooperation", "summits of both", *VENUES["name"],
    ):  # fmt: skip
        assert text in told, text


def test_windows_that_end_on_one_day_are_one_line():
    # The first of January to October 2023, all up to 30 November.
    days = [(np.datetime64("2023-12-01") - np.datetime64(day)).astype(int) for day in MONTHS[12:22]]
    rows = pd.concat([forecasts(as_ofs=[day], horizons=[int(n)]) for day, n in zip(MONTHS[12:22], days, strict=True)])
    picture = fc.pictures.timeline(rows, events=EVENTS, venues=VENUES)
    check_picture(picture)
    told = words(picture)
    assert "by 2023-11-30" in told
    assert "90% interval" in told
    assert "Probability of a meeting in the days up to 2023-11-30" in told
    line = picture.axes[0].lines[0]
    assert len(line.get_xdata()) == len(MONTHS[12:22])


def test_a_timeline_draws_each_forecast_and_each_event_once():
    picture = PICTURES["timeline"]()
    above, strip = picture.axes
    (line,) = [line for line in above.lines if line.get_marker() == "o"]
    assert len(line.get_xdata()) == len(MONTHS)
    rows = forecasts(as_ofs=MONTHS, horizons=[90])
    np.testing.assert_allclose(line.get_ydata(), rows["probability"])
    marks = [line for line in strip.lines if line.get_marker() in {"*", *(sign.marker for sign in SIGNS.values())}]
    assert sum(len(line.get_xdata()) for line in marks) == len(EVENTS)
    assert len(above.findobj(PolyCollection)) == 1
    assert (
        len([line for line in above.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]])
        == 1
    )


@pytest.mark.parametrize("seed", range(4))
def test_names_of_many_summits_never_overlap(seed):
    generator = np.random.default_rng(seed)
    starts = np.datetime64("2022-01-01") + np.sort(generator.integers(0, 760, size=25))
    many = venues(*((f"Summit of the {k}th kind", str(day), str(day + 3)) for k, day in enumerate(starts)))
    check_picture(fc.pictures.timeline(forecasts(as_ofs=MONTHS, horizons=[90]), events=EVENTS, venues=many))
    near = many.assign(starts_on=many["starts_on"] + pd.Timedelta(days=600))
    assert overlapping(fc.pictures.hazard_curve(curve_rows(), venues=near.head(12))) == []


def test_what_lies_outside_the_dates_is_left_out():
    early = forecasts(as_ofs=MONTHS[:3], horizons=[30])
    picture = fc.pictures.timeline(early, events=EVENTS, venues=VENUES)
    assert len(picture.axes) == 1
    check_picture(picture)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (forecasts(as_ofs=MONTHS[:1], horizons=[30]), "needs at least 2 as-of dates"),
        (forecasts(as_ofs=MONTHS, horizons=list(range(1, 8))), "at most 6 horizons"),
        (forecasts(as_ofs=MONTHS, horizons=[30]).drop(columns="target"), "lacks the columns target"),
        (
            pd.concat(
                [forecasts(as_ofs=MONTHS, horizons=[30]), forecasts(as_ofs=MONTHS, horizons=[30], dyad="IND-PAK")]
            ),
            "a picture shows one dyad, and the table has USA-CHN, IND-PAK: choose the rows of one",
        ),
    ],
)
def test_a_timeline_refuses_what_it_cannot_show(table, says):
    with pytest.raises(ForecastError, match=says):
        fc.pictures.timeline(table)


# --- hazard curve ---


@pytest.mark.parametrize("horizons", [DAYS.tolist(), list(range(1, 181))])
def test_a_hazard_curve_is_drawn_in_steps_from_forecast_to_forecast(horizons):
    rows = forecasts(as_ofs=["2023-09-29"], horizons=horizons)
    above, below = fc.pictures.hazard_curve(rows).axes
    (line,) = [line for line in above.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 181]
    assert line.get_drawstyle() == "steps-post"
    drawn = np.asarray(line.get_ydata())
    np.testing.assert_allclose(drawn[horizons], rows["probability"])
    assert set(np.flatnonzero(np.diff(drawn)) + 1) == set(horizons)
    (dots,) = [line for line in above.lines if line.get_marker() == "o"]
    assert list(dots.get_xdata()) == DAYS.tolist()
    assert below.get_xlabel() == "Days after the as-of date"


def test_a_constant_hazard_gives_the_same_chance_in_every_period():
    rows = forecasts(as_ofs=["2023-09-29"], horizons=DAYS.tolist())
    _, below = fc.pictures.hazard_curve(rows).axes
    chances = [patch.get_data()[0] for patch in below.patches]
    assert len(chances) == 2
    for steps in chances:
        np.testing.assert_allclose(steps, steps[0])
    np.testing.assert_allclose(chances[1], rows.loc[rows["horizon_days"] == 30, "probability"].iloc[0])


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (curve_rows().head(1), "needs two horizons or more"),
        (pd.concat([curve_rows(), curve_rows()]), "each once"),
        (curve_rows(probability=DAYS[::-1] / 200), "probability is no probability that grows"),
        (curve_rows(high=2.0), "high is no probability"),
        (curve_rows().drop(columns="low"), "lacks the columns low"),
    ],
)
def test_a_hazard_curve_refuses_what_it_cannot_show(table, says):
    with pytest.raises(ForecastError, match=says):
        fc.pictures.hazard_curve(table)


# --- waterfall ---


def test_a_waterfall_ends_at_the_forecast_and_says_what_is_left_over():
    picture = PICTURES["waterfall"]()
    told = words(picture)
    assert all(text in told for text in ("14.0%", "90.0%", "+2.10", "-0.55", "not attributed", "Log-odds of a meeting"))
    bars = picture.axes[0].patches
    assert len(bars) == len(STEPS) + 1
    assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(np.log(0.9 / 0.1))


def test_a_waterfall_that_adds_up_has_no_rest():
    end = 1 / (1 + np.exp(-(np.log(0.14 / 0.86) + STEPS["contribution"].sum())))
    assert "not attributed" not in words(fc.pictures.waterfall(STEPS, start=0.14, end=end))


def test_the_way_down_is_hatched_too():
    bars = PICTURES["waterfall"]().axes[0].patches
    assert [bool(bar.get_hatch()) for bar in bars[:4]] == [False, True, False, True]


@pytest.mark.parametrize(
    ("steps", "start", "says"),
    [
        (STEPS, 0.0, "between 0 and 1"),
        (STEPS.assign(contribution=np.nan), 0.5, "finite"),
        (STEPS[["family"]], 0.5, "lacks"),
    ],
)
def test_a_waterfall_refuses_what_it_cannot_show(steps, start, says):
    with pytest.raises(ForecastError, match=says):
        fc.pictures.waterfall(steps, start=start, end=0.5)


# --- reliability and skill ---


def test_a_reliable_forecast_lies_in_its_bars_and_a_shifted_one_does_not():
    generator = np.random.default_rng(3)
    p = generator.uniform(0.05, 0.6, 4000)
    rows = pd.DataFrame(
        {
            "model_id": "m",
            "horizon_days": 90,
            "target": "meeting",
            "probability": p,
            "outcome": generator.random(4000) < p,
        }
    ).astype({"outcome": int})
    assert share_in_bars(rows) > 0.7
    assert share_in_bars(rows.assign(probability=rows["probability"] + 0.2)) < 0.2


def share_in_bars(rows: pd.DataFrame) -> float:
    picture = fc.pictures.reliability(rows, resamples=200)
    axes = picture.axes[0]
    (bars,) = axes.collections
    spans = {round(float(path[0][0]), 9): (path[0][1], path[1][1]) for path in (p.vertices for p in bars.get_paths())}
    (points,) = [line for line in axes.lines if line.get_marker() == "o"]
    inside = [
        spans[round(float(x), 9)][0] <= y <= spans[round(float(x), 9)][1]
        for x, y in zip(*points.get_data(), strict=True)
    ]
    return float(np.mean(inside))


def test_the_histogram_counts_every_forecast():
    rows = example_forecasts().query("model_id == 'sharp'")
    below = fc.pictures.reliability(rows, resamples=20).axes[1]
    assert sum(patch.get_height() for patch in below.patches) == len(rows)


@pytest.mark.parametrize(("n", "scale"), [(40, "linear"), (4000, "log")])
def test_the_histogram_of_few_forecasts_counts_and_of_many_compares(n, scale):
    generator = np.random.default_rng(3)
    p = generator.beta(0.5, 4.0, n)
    rows = pd.DataFrame({"model_id": "hazard", "target": "meeting", "horizon_days": 90, "probability": p})
    picture = fc.pictures.reliability(rows.assign(outcome=(generator.random(n) < p).astype(int)), resamples=20)
    below = picture.axes[1]
    assert below.get_yscale() == scale
    check_picture(picture)
    assert sum(patch.get_height() for patch in below.patches) == n
    numbers = [label.get_text() for label in below.get_yticklabels() if label.get_text()]
    assert len(set(numbers)) >= 2


def test_reliability_wants_one_model_and_horizon():
    with pytest.raises(ForecastError, match="a picture shows one model_id, and the table has sharp, flat"):
        fc.pictures.reliability(example_forecasts())


def test_skill_shows_every_model_but_the_reference_and_names_thin_cells():
    rows = example_forecasts()
    picture = fc.pictures.skill(
        pd.concat([rows, rows.query("model_id == 'flat'").assign(model_id="climatology")]), resamples=50
    )
    told = words(picture).split("\n")
    assert {"sharp", "flat", "90% interval"} <= set(told)
    assert "climatology" not in told
    assert "not enough cases" not in told
    thin = rows.assign(outcome=rows["outcome"].where(rows["as_of"] < "2011-01-01", 0))
    assert "not enough cases" in words(fc.pictures.skill(thin, resamples=50))


def test_no_skill_is_shown_without_its_base_rate():
    shown = words(fc.pictures.skill(example_forecasts(), resamples=50))
    assert "90\n(32.1%)" in shown
    assert "base rate 30.8% to 33.3%" in shown


def test_skill_wants_a_horizon_that_is_there():
    with pytest.raises(ForecastError, match="there are no forecasts of 30 days; there are 90"):
        fc.pictures.skill(example_forecasts(), horizon_days=30, resamples=20)


# --- engagements ---


def test_engagements_are_drawn_once_each_and_meetings_marked():
    picture = PICTURES["engagements"]()
    (axes,) = picture.axes
    marks = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert sum(len(line.get_xdata()) for line in marks) == len(EVENTS)
    (stars,) = [line for line in marks if line.get_marker() == "*"]
    assert len(stars.get_xdata()) == 1
    told = words(picture)
    assert all(text in told for text in ("leaders", "ministers", "Day on which it occurred", "meetings of record: 1"))


def test_engagements_refuse_an_empty_span():
    with pytest.raises(ForecastError, match="there are no engagements of USA-CHN from 2030-01-01"):
        fc.pictures.engagements(EVENTS, start="2030-01-01", end="2030-02-01")


def test_kinds_of_engagement():
    assert kind_of(EVENTS).tolist() == [
        "in person", "in person", "phone or video", "refusal or pressure", "plan or report of one", "other cooperation",
    ]  # fmt: skip
    assert leaders_met(EVENTS).tolist() == [True] + [False] * 5
    assert leaders_met(EVENTS.assign(meeting=False)).sum() == 0


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20)), max_size=30))
def test_spans_of_one_lane_never_touch_and_no_lane_is_needless(pairs):
    spans = [(start, start + width) for start, width in pairs]
    lanes = stacked(spans)
    assert len(lanes) == len(spans)
    for (start, end), lane in zip(spans, lanes, strict=True):
        for (other, last), its in zip(spans, lanes, strict=True):
            assert (start, end) == (other, last) or its != lane or end < other or last < start
    # As many lanes as spans at the fullest point: no fewer would do.
    depth = max((sum(s <= start <= e for s, e in spans) for start, _ in spans), default=0)
    assert len(set(lanes)) == depth
