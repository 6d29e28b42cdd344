"""Results as text: tables of at most 80 columns, JSON and CSV."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from typing import Any, Final

import pandas as pd

from forecast.display.numbers import percent
from forecast.display.scorecards import SCORE_HEAD, score_rows
from forecast.display.text import cut
from forecast.panel.outcomes import QUESTIONS
from forecast.readers.crosscheck import CalendarCheck


def forecast_table(rows: pd.DataFrame) -> str:
    """Forecasts for reading, the likeliest dyad first."""
    first = rows.iloc[0]
    lines = [
        f"Will the leaders {QUESTIONS[first['target']]}?",
        f"As of {first['as_of']}, from what was public before.",
        "",
        f"{'dyad':<9}{'by':<12}{'days':>4}  {'probability':>11}  {'90% interval':>14}  {'climatology':>11}  announced",
    ]
    order = rows.groupby("dyad")["probability"].max().sort_values(ascending=False, kind="stable")
    for dyad in order.index:
        lines += [
            f"{row['dyad']:<9}{row['window_end']:<12}{row['horizon_days']:>4}  {percent(row['probability']):>11}  "
            f"{percent(row['low']):>5} to {percent(row['high']):>5}  {percent(row['climatology']):>11}  "
            f"{'yes' if row['announced'] else 'no'}"
            for _, row in rows.loc[rows["dyad"] == dyad].iterrows()
        ]
    ends = sorted(set(rows["coverage_end"]))
    span = ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"
    lines += [
        "",
        f"model {first['model_id']} {first['model_version']}, data {first['data_version']}",
        f"meetings recorded to {span}",
    ]
    return "\n".join(lines)


def forecast_json(rows: pd.DataFrame) -> str:
    """Forecasts as a JSON list of objects."""
    return json.dumps(rows.to_dict(orient="records"), indent=1, ensure_ascii=False)


def forecast_csv(rows: pd.DataFrame) -> str:
    """Forecasts as CSV with a header."""
    return rows.to_csv(index=False, lineterminator="\n").rstrip("\n")


#: Formats of a forecast by name.
FORMS: Final[dict[str, Callable[[pd.DataFrame], str]]] = {
    "table": forecast_table,
    "json": forecast_json,
    "csv": forecast_csv,
}


def check_table(rows: pd.DataFrame) -> str:
    """What the workspace knows, a line a source."""
    lines = [f"{'source':<22}{'covered':<26}{'records':>8}{'events':>8}{'leaders':>8}{'uncoded':>8}"]
    for _, row in rows.iterrows():
        span = f"{row['coverage_start']} to {row['coverage_end']}{'' if row['declared'] else '?'}"
        records = "" if pd.isna(row["records"]) else f"{int(row['records'])}"
        lines.append(
            f"{row['source'][:21]:<22}{span:<26}{records:>8}{row['events']:>8}{row['leader_meetings']:>8}{row['uncoded']:>8}"
        )
    shares = rows.dropna(subset="coded_share_since_1945")
    if len(shares):
        told = ", ".join(f"{row['source']} {row['coded_share_since_1945']:.1%}" for _, row in shares.iterrows())
        lines += [
            "",
            f"coded since 1945: {told}",
            "'forecast check --uncoded' lists the records that could not be coded",
        ]
    if not rows["declared"].all():
        lines.append("? not declared: taken from the first and last known_on of the ledger")
    return "\n".join(lines)


def calendar_line(check: CalendarCheck) -> str:
    """How many of the summits that the records name stand in the calendar."""
    return f"named summits since 1990 in the calendar: {check.share:.1%} ({len(check.matched)} of {check.named})"


def catalogue_table(rows: pd.DataFrame) -> str:
    """The catalogue of signals: name, unit and what it says."""
    lines = []
    for _, row in rows.iterrows():
        lines.append(f"{row['name']} [{row['unit']}]")
        lines += textwrap.wrap(row["description"], width=76, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def score_table(rows: pd.DataFrame) -> str:
    """Scores of a backtest: skill against climatology with its wider 90% interval."""
    widths = (5, 7, 10, 7, 7, 17, 6, 6)
    lines = []
    for row in (SCORE_HEAD, *score_rows(rows)):
        # Where a figure does not exist, the reason stands in the place of all that follow.
        cells = [*row[:5], f"  {row[6]}"] if row[5] == "-" else row
        lines.append(
            f"{cells[0]:<15}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells[1:], widths, strict=False))
        )
    return "\n".join(lines)


def ablation_table(rows: list[dict[str, Any]]) -> str:
    """What each family of signals gains: skill of the model without it, and its gain over the whole model."""
    lines = [
        f"{'model':<14}{'days':>5}{'n':>7}{'base rate':>10}{'Brier':>7}{'skill':>7}{'gain':>8}{'90% interval':>20}",
        *(
            f"{row['change']:<14}{row['horizon_days']:>5}{row['n']:>7}{row['base_rate']:>10.3f}{row['brier']:>7.4f}"
            f"{row['skill']:>+7.3f}{row['gain']:>+8.4f}{row['gain_low']:>+9.4f} to {row['gain_high']:+.4f}"
            for row in rows
        ),
    ]
    return "\n".join(lines)


def verification_table(scores: pd.DataFrame, answers: pd.DataFrame, left_out: pd.DataFrame) -> str:
    """Forecasters side by side, and the rows that were left out, a paragraph a reason."""
    n = len(answers.drop_duplicates(["dyad", "as_of", "by"]))
    if n:
        dyads = sorted(set(answers["dyad"]))
        about = dyads[0] if len(dyads) == 1 else f"{len(dyads)} dyads"
        lines = [f"Questions (dyad, as-of date, last day) that all answer: {n}, about {about}", ""]
    else:
        lines = ["not enough cases (n = 0): no question is answered by all", ""]
    lines.append(f"{'who':<20}{'n':>6}{'base rate':>10}{'Brier':>8}{'skill':>8}{'90% interval':>18}{'log score':>10}")
    for _, row in scores.iterrows():
        lines.append(
            f"{cut(str(row['who']), 19):<20}{row['n']:>6}{_or_dash(row['base_rate'], '.3f'):>10}"
            f"{_or_dash(row['brier'], '.4f'):>8}{_or_dash(row['skill'], '+.3f'):>8}{_spread(row):>18}"
            f"{_or_dash(row['log_score'], '.4f'):>10}"
        )
    if (scores["log_score"].dropna().astype(float) == float("inf")).any():
        lines.append("log score inf: something happened to which a probability of 0% was given")
    if len(left_out):
        lines += ["", f"left out: {len(left_out)} rows"]
    for reason, rows in left_out.groupby("reason", sort=False):
        places = [
            f"{file}: {_lines(sorted(part['line']))}{_details(part['detail'])}"
            for file, part in rows.groupby("file", sort=False)
        ]
        text = f"{len(rows)} {reason} ({'; '.join(places)})"
        lines += textwrap.wrap(text, width=78, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(lines)


def contradictions(rows: pd.DataFrame, *, shown: int = 10) -> list[str]:
    """A line for each row whose stated outcome the record contradicts, the first few of many."""
    told = [
        f"{row['file']}, line {row['line']}: the workspace's record contradicts the outcome {row['outcome']:.0f} for "
        f"{row['dyad']} as of {row['as_of']} by {row['by']}; the file's outcome is scored"
        for _, row in rows.head(shown).iterrows()
    ]
    if len(rows) > shown:
        told.append(f"and {len(rows) - shown} more rows whose outcome the record contradicts")
    return told


def _spread(row: pd.Series) -> str:
    if row["who"] == "climatology" and row["n"]:
        return "reference"
    if row["skill"] is None or row["skill_low"] is None:
        return "not enough cases"
    return f"{row['skill_low']:+.3f} to {row['skill_high']:+.3f}"


def _lines(numbers: list[int], *, shown: int = 6) -> str:
    """Name lines of a file, the first few of many."""
    head = ", ".join(str(number) for number in numbers[:shown])
    more = f" and {len(numbers) - shown} more" if len(numbers) > shown else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {head}{more}"


def _details(details: pd.Series) -> str:
    told = [text for text in dict.fromkeys(details) if text]
    return f": {told[0]}{' ...' if len(told) > 1 else ''}" if told else ""


def audit_table(rows: pd.DataFrame) -> str:
    """What an audit tried, how often, and what failed."""
    lines = [f"{'test':<20}{'trials':>8}{'rows':>9}{'failures':>10}{'worst difference':>18}{'allowed':>10}"]
    for _, row in rows.iterrows():
        worst = "missing" if row["worst_difference"] == float("inf") else f"{row['worst_difference']:.4g}"
        lines += [
            f"{row['test']:<20}{row['trials']:>8}{row['rows']:>9}{row['failures']:>10}{worst:>18}{row['allowed']:>10.4g}",
            f"    {row['tried']}",
        ]
    for _, row in rows.loc[~rows["passed"]].iterrows():
        said = [f"{row['test']}: compared nothing"]
        if row["failures"]:
            where = f"{row['test']}: {row['dyad']} as of {row['as_of']}"
            said = [f"{where}, {row['signal']}: {row['before']} became {row['after']}"]
            said += [f"    changed: {row['changed']}"] if row["changed"] else []
        lines += ["", *(part for line in said for part in textwrap.wrap(line, width=79, subsequent_indent="    "))]
    days = " ".join(dict.fromkeys(day for told in rows["as_ofs"] for day in told.split()))
    lines += ["", *textwrap.wrap(f"as of {days}", width=79, subsequent_indent="      ")]
    return "\n".join(lines)


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None or pd.isna(value) else format(value, form)
