"""What-if forecasts and watch lists as text of at most 80 columns."""

from __future__ import annotations

from typing import Final

import pandas as pd

from forecast.display.html import paragraph, table
from forecast.display.numbers import percent
from forecast.display.text import cut, wrapped
from forecast.explanation.account import SLIGHT
from forecast.facts.countries import sides, states
from forecast.panel.outcomes import QUESTIONS

_SIGNALS_SHOWN: Final = 12


def whatif_table(forecasts: pd.DataFrame, changes: pd.DataFrame, families: pd.DataFrame, signals: pd.DataFrame) -> str:
    """A hypothetical forecast beside the real one, what is supposed, and what moved."""
    real, other = (row for _, row in forecasts.iterrows())
    lines = [
        f"{real['dyad']}: will the leaders {QUESTIONS[real['target']]} by {real['window_end']}?",
        f"As of {real['as_of']}, from what was public before.",
        "",
        f"{'':<24}{'probability':>11}{'90% interval':>20}{'climatology':>14}  announced",
    ]
    for name, row in (("real", real), ("hypothetical", other)):
        spread = f"{percent(row['low'])} to {percent(row['high'])}"
        lines.append(
            f"{name:<24}{percent(row['probability']):>11}{spread:>20}{percent(row['climatology']):>14}  "
            f"{'yes' if row['announced'] else 'no'}"
        )
    lines += ["", "Supposed, and not written anywhere"]
    for _, fact in changes.iterrows():
        known = "" if fact["known_on"] == fact["on"] else f" (known {fact['known_on']})"
        number = f" [{fact['record_id']}]" if fact["record_id"] else ""
        lines += wrapped(f"{fact['change']}: {fact['on']}{known} {fact['what']}{number}", indent=2)
    lines += ["", f"{'Log-odds by family':<36}{'real':>9}{'hypothetical':>16}{'change':>10}"]
    moved = families.loc[families["change"].abs() >= SLIGHT]
    lines += [
        f"  {row['family']:<34}{row['real']:>+9.2f}{row['hypothetical']:>+16.2f}{row['change']:>+10.2f}"
        for _, row in moved.iterrows()
    ]
    sums = families[["real", "hypothetical", "change"]].sum()
    lines.append(f"  {'all':<34}{sums['real']:>+9.2f}{sums['hypothetical']:>+16.2f}{sums['change']:>+10.2f}")
    lines += ["", f"{'Signals that differ':<46}{'real':>15}{'hypothetical':>16}"]
    lines += [
        f"  {row['signal']:<44}{_number(row['real']):>15}{_number(row['hypothetical']):>16}"
        for _, row in signals.head(_SIGNALS_SHOWN).iterrows()
    ]
    more = len(signals) - _SIGNALS_SHOWN
    lines += [f"  and {more} more"] if more > 0 else [] if len(signals) else ["  none: nothing looks at it"]
    lines += ["", f"model {real['model_id']} {real['model_version']}, trained on the real history"]
    return "\n".join(lines)


def whatif_html(forecasts: pd.DataFrame, changes: pd.DataFrame, families: pd.DataFrame, signals: pd.DataFrame) -> str:
    """The same for a notebook: every cell escaped, the hypothetical row labelled."""
    real, other = (row for _, row in forecasts.iterrows())
    moved = families.loc[families["change"].abs() >= SLIGHT]
    parts = [
        paragraph(f"{real['dyad']}: will the leaders {QUESTIONS[real['target']]} by {real['window_end']}?"),
        paragraph(f"As of {real['as_of']}, from what was public before; the second line is hypothetical."),
        table(
            ("", "probability", "90% interval", "climatology", "announced"),
            [
                (name, percent(row["probability"]), f"{percent(row['low'])} to {percent(row['high'])}",
                 percent(row["climatology"]), "yes" if row["announced"] else "no")
                for name, row in (("real", real), ("hypothetical", other))
            ],
        ),
        table(
            ("supposed", "on", "known on", "what", "record"),
            changes[["change", "on", "known_on", "what", "record_id"]].itertuples(index=False),
            names=5,
            caption="Supposed, and not written anywhere",
        ),
        table(
            ("family", "real", "hypothetical", "change"),
            [
                (row["family"], f"{row['real']:+.2f}", f"{row['hypothetical']:+.2f}", f"{row['change']:+.2f}")
                for _, row in moved.iterrows()
            ],
            caption="Log-odds by family, where they differ",
        ),
        table(
            ("signal", "real", "hypothetical"),
            [
                (row["signal"], _number(row["real"]), _number(row["hypothetical"]))
                for _, row in signals.iterrows()
            ],
            caption="Signals that differ",
        ),
    ]  # fmt: skip
    return "\n".join(parts)


def _number(value: float) -> str:
    return "missing" if pd.isna(value) else f"{value:.4g}"


def rank_table(rows: pd.DataFrame) -> str:
    """A watch list, a line a dyad."""
    first = rows.iloc[0]
    changed = "change" in rows
    shared = set.intersection(*(set(sides(dyad)) for dyad in rows["dyad"]))
    focal = shared if len(shared) == 1 else set()
    lines = [
        f"Will the leaders {QUESTIONS[first['target']]} by {first['window_end']}?",
        f"As of {first['as_of']}, {first['horizon_days']} days, from what was public before.",
        "",
        f"{'':>4}  {'dyad':<9}{'':<22}{'probability':>11}{'climatology':>13}"
        + (f"{'before':>8}{'points':>9}" if changed else f"{'surprise':>10}  ann."),
    ]
    for _, row in rows.iterrows():
        last = (
            f"{percent(row['before']):>8}{100 * row['change']:>+9.1f}"
            if changed
            else f"{row['surprise']:>+10.2f}  {'yes' if row['announced'] else 'no'}"
        )
        lines.append(
            f"{row['rank']:>4}  {row['dyad']:<9}{cut(_other(row['dyad'], focal), 21):<22}"
            f"{percent(row['probability']):>11}{percent(row['climatology']):>13}{last}"
        )
    told = (
        f"before: the forecast as of {first['before_as_of']} for as many days; points: change in percentage points."
        if changed
        else "surprise: log-odds above the dyad's climatology; ann.: a meeting in the window was announced."
    )
    lines += [
        "",
        *wrapped(told, hang=0),
        f"model {first['model_id']} {first['model_version']}, data {first['data_version']}",
    ]
    return "\n".join(lines)


def _other(dyad: str, focal: set[str]) -> str:
    """Name of the side that is not the focal one."""
    return " and ".join(states()[code].name for code in sides(dyad) if code not in focal)
