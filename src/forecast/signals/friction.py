"""Friction, goodwill and the tone of readouts, reported by ledgers and releases: counts, intensity, own past.

Deeds weigh more than words: intensity sets what was done (sanctions, expulsions, coercion; cooperation in deed) against
what was said.
"""

from __future__ import annotations

from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal, tempo, windows

_SAID: Final = {"friction": ("REJECT", "ACCUSE", "THREATEN"), "goodwill": ("AGREE", "SUPPORT", "CONCEDE")}
_DONE: Final = {"friction": ("SANCTION", "COERCE"), "goodwill": ("COOPERATE", "AID")}
_WHAT: Final = {
    "friction": "refusals, accusations, threats, sanctions and coercion",
    "goodwill": "agreements and gestures",
}
_DEEDS: Final = {"friction": "sanctions, expulsions and coercion", "goodwill": "cooperation in deed"}
_WORDS: Final = {"friction": "refusals, accusations and threats", "goodwill": "agreements and support in words"}
_RATE: Final = "rate of {} in 180 days against three years"


def _signals(family: str) -> tuple[Signal, ...]:
    said, done = Selector(event=_SAID[family]), Selector(event=_DONE[family])
    both = Selector(event=(*_SAID[family], *_DONE[family]))
    return (
        *windows(f"{family}__count", f"{_WHAT[family]} in {{}} days", both, 365, ledger=True),
        tempo(f"{family}__tempo", _RATE.format(_WHAT[family]), both, 180, 1096, ledger=True),
        Signal(
            f"{family}__intensity__365d",
            f"{_DEEDS[family]} minus {_WORDS[family]}, over their sum plus one, in 365 days",
            done,
            measure="balance",
            window_days=365,
            against=said,
            ledger=True,
        ),
        tempo(f"{family}__intensity_tempo", _RATE.format(_DEEDS[family]), done, 180, 1096, ledger=True),
    )


_TONES: Final = {
    "constructive": "encounters called constructive, productive, substantive or cordial in {} days",
    "candid": "encounters called candid or frank, and no warmer, in {} days",
}
_TONE: Final = tuple(
    signal
    for tone, said in _TONES.items()
    for signal in windows(f"tone__{tone}_count", said, Selector(tone=(tone,)), 180, ledger=True)
)

WORDS: Final = {
    "friction": "accusations, threats, sanctions",
    "goodwill": "agreements and gestures",
    "tone": "tone of readouts",
}

SIGNALS: Final = (*_signals("friction"), *_signals("goodwill"), *_TONE)
