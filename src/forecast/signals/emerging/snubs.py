"""Snubs: invitations declined, visits cancelled or postponed, channels suspended (from ledgers), and absences.

A leader is absent who stays away from a summit of which both states are members. Whether he came is known through the
publisher that covers all dyads of a state: if it records no meeting of that state's leader during the summit, he stayed
away from all its members; if it records some, each member whom he did not meet counts as absent by the share of the
members whom he met. At a summit where he met nine in ten, to be the tenth is a snub; in the week of the General
Assembly, where he meets few, it is none. Older absences fade.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Floats
from forecast.signals.cube import Selector
from forecast.signals.declare import ComputedSignal, windows
from forecast.signals.view import View

_SNUB: Final = Selector(
    event=("REJECT", "SANCTION"),
    mode=("meet", "phone", "visit", "cancel", "postpone", "suspend", "withdraw"),
    status=("occurred", "announced", "cancelled", "postponed"),
)
_BY_SIDE: Final = {side: replace(_SNUB, forward=side == "first") for side in ("first", "second")}
_PLANS: Final = ("CONSULT", "AGREE")
_KINDS: Final = (
    (
        "declined",
        "invitations, meetings and calls declined",
        Selector(event=("REJECT",), mode=("meet", "phone", "visit")),
    ),
    (
        "cancelled",
        "visits, meetings and channels cancelled by one side",
        Selector(event=("SANCTION",), mode=("cancel",), status=("occurred", "announced", "cancelled")),
    ),
    ("called_off", "plans of meetings and visits called off", Selector(event=_PLANS, status=("cancelled",))),
    ("postponed", "visits and meetings postponed", Selector(event=("SANCTION", *_PLANS), status=("postponed",))),
    (
        "suspended",
        "dialogues and channels suspended or left",
        Selector(event=("SANCTION",), mode=("suspend", "withdraw")),
    ),
)
_ACTS: Final = "refusals, cancellations and suspensions"
_FADED: Final = ", halved in weight every {} days"

NAMES: Final = ("snubs__first_absent__730d", "snubs__second_absent__730d")
HALF_LIFE_DAYS: Final = 730.0
WINDOW_DAYS: Final = 1826
_UNIT: Final = 1 << 20


def absence_signals(view: View) -> pd.DataFrame:
    """Absences of each side from the summits of the last five years, halved in weight every two.

    Columns `NAMES`; missing for dyads of which no publisher covers a side.
    """
    summits = view.summits
    recent = summits.held(since=view.today - WINDOW_DAYS)
    could = summits.could_meet(recent)
    met = summits.met(recent) & could
    faded = np.exp2((summits.starts[recent] - view.today) / HALF_LIFE_DAYS)
    absent = np.full((2, len(view.everyone)), np.nan)
    # The side that a publisher covers is known by itself; the other side only where the first one came.
    for state in view.focal_states:
        for side in (0, 1):
            ours = np.flatnonzero(summits.states[side] == state)
            judged = (summits.states == state).any(axis=0) & view.pooled
            share = met[:, judged].sum(axis=1) / np.maximum(could[:, judged].sum(axis=1), 1)
            came = share > 0
            absent[side, ours] = _summed(could[:, ours] & ~came[:, None], faded)
            alone = ours[~np.isin(summits.states[1 - side, ours], view.focal_states)]
            absent[1 - side, alone] = _summed(could[:, alone] & ~met[:, alone], faded * share)
    return pd.DataFrame(absent[:, view.rows].T, columns=list(NAMES))


def _summed(missed: npt.NDArray[np.bool_], weight: Floats) -> Floats:
    """Weights of the editions missed; summed as whole numbers, so exact in any order and company."""
    whole = np.round(_UNIT * weight).astype(np.int64)
    return np.asarray((missed * whole[:, None]).sum(axis=0) / _UNIT)


WORDS: Final = {"snubs": "snubs and absences"}

SIGNALS: Final = (
    *(
        signal
        for side, select in _BY_SIDE.items()
        for signal in windows(
            f"snubs__by_{side}_count", f"{_ACTS} by the {side} side in {{}} days", select, 365, ledger=True
        )
    ),
    *(
        signal
        for side, select in _BY_SIDE.items()
        for signal in windows(
            f"snubs__by_{side}_decayed",
            f"{_ACTS} by the {side} side{_FADED}",
            select,
            180,
            measure="decayed",
            ledger=True,
        )
    ),
    *(
        signal
        for kind, said, select in _KINDS
        for signal in windows(f"snubs__{kind}_count", f"{said} in {{}} days", select, 365, ledger=True)
    ),
    *windows("snubs__decayed", f"{_ACTS} of all time{_FADED}", _SNUB, 180, measure="decayed", ledger=True),
    ComputedSignal(
        "snubs",
        "absences from summits of which both states are members",
        absence_signals,
        {
            "snubs__first_absent__730d": (
                "summits",
                "summits of five years from which the first side's leader stayed away, halved in weight every 730 days",
            ),
            "snubs__second_absent__730d": (
                "summits",
                "the same for the second side, each by the share of members whom the first side's leader met there",
            ),
        },
    ),
)
