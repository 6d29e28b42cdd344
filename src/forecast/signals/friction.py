"""Friction, goodwill and the tone of readouts, reported by ledgers: counts, intensity, both against the own past.

Deeds weigh more than words: intensity sets what was done (sanctions, expulsions, coercion; cooperation in deed) against
what was said.
"""

from __future__ import annotations

from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

_SAID: Final = {"friction": ("REJECT", "ACCUSE", "THREATEN"), "goodwill": ("AGREE", "SUPPORT", "CONCEDE")}
_DONE: Final = {"friction": ("SANCTION", "COERCE"), "goodwill": ("COOPERATE",)}
_WHAT: Final = {
    "friction": "refusals, accusations, threats, sanctions and coercion",
    "goodwill": "agreements and gestures",
}
_DEEDS: Final = {"friction": "sanctions, expulsions and coercion", "goodwill": "cooperation in deed"}
_WORDS: Final = {"friction": "refusals, accusations and threats", "goodwill": "agreements and support in words"}


def _signals(family: str) -> tuple[Signal, ...]:
    said, done = Selector(event=_SAID[family]), Selector(event=_DONE[family])
    both = Selector(event=(*_SAID[family], *_DONE[family]))
    return (
        Signal(f"{family}__count__365d", f"{_WHAT[family]} in 365 days", both, window_days=365, ledger=True),
        Signal(
            f"{family}__tempo__180d",
            f"rate of {_WHAT[family]} in 180 days against three years",
            both,
            measure="log_ratio",
            window_days=180,
            against_days=1096,
            ledger=True,
        ),
        Signal(
            f"{family}__intensity__365d",
            f"{_DEEDS[family]} minus {_WORDS[family]}, over their sum plus one, in 365 days",
            done,
            measure="balance",
            window_days=365,
            against=said,
            ledger=True,
        ),
        Signal(
            f"{family}__intensity_tempo__180d",
            f"rate of {_DEEDS[family]} in 180 days against three years",
            done,
            measure="log_ratio",
            window_days=180,
            against_days=1096,
            ledger=True,
        ),
    )


_TONE: Final = (
    Signal(
        "tone__constructive_count__180d",
        "encounters called constructive, productive, substantive or cordial in 180 days",
        Selector(tone=("constructive",)),
        window_days=180,
        ledger=True,
    ),
    Signal(
        "tone__candid_count__180d",
        "encounters called candid or frank, and no warmer, in 180 days",
        Selector(tone=("candid",)),
        window_days=180,
        ledger=True,
    ),
)

WORDS: Final = {
    "friction": "accusations, threats, sanctions",
    "goodwill": "agreements and gestures",
    "tone": "tone of readouts",
}

SIGNALS: Final = (*_signals("friction"), *_signals("goodwill"), *_TONE)
