"""Declared signals, one file a family, and the catalogue made from them."""

from __future__ import annotations

from typing import Final

from forecast.signals import calls, dialogues, friction, meetings, snubs, tone, visits
from forecast.signals.declare import Signal

#: All signals by name, in the order of the panel's columns.
CATALOGUE: Final[dict[str, Signal]] = {
    signal.name: signal
    for family in (meetings, visits, dialogues, calls, snubs, friction, tone)
    for signal in family.SIGNALS
}

_BY_DATE: Final = {
    "snubs__first_absent__730d": (
        "summits",
        "summits of five years from which the first side's leader stayed away, halved in weight every 730 days",
    ),
    "snubs__second_absent__730d": (
        "summits",
        "the same for the second side, each by the share of members whom the first side's leader met there",
    ),
    "tempo__first__90d": ("log ratio", "rate of the first side's meetings with anyone in 90 days against three years"),
    "tempo__second__90d": ("log ratio", "the same for the second side"),
    "tempo__first__365d": ("log ratio", "rate of the first side's meetings with anyone in a year against five years"),
    "tempo__second__365d": ("log ratio", "the same for the second side"),
    "leaders__first_tenure": ("days", "days since the first side's leader came into office"),
    "leaders__second_tenure": ("days", "days since the second side's leader came into office"),
    "leaders__newest": ("days", "days since either side last changed its leader"),
    "leaders__met_before": ("events", "days on which these two leaders have met"),
}
_BY_PERIOD: Final = {
    "climatology__hazard": ("probability", "the dyad's own record: chance of a first meeting in the period"),
    "anniversaries__log_odds": (
        "log odds",
        "meetings at this time of past years, against the record",
    ),
    "announced__meeting": ("share", "1 if a meeting is announced that is to begin in the period, from ledgers"),
    "venues__hosted_by_first": ("cumulative hazard", "summits of the period that the first side hosts"),
    "venues__hosted_by_second": ("cumulative hazard", "summits of the period that the second side hosts"),
    "venues__abroad": ("cumulative hazard", "summits of the period elsewhere with both states in them"),
    "venues__main_day": ("days", "days to the first day of the period's weightiest summit; 0 if there is none"),
    "venues__main_share": ("share", "share of that summit in the weight of all summits of the period"),
    "venues__next_day": ("days", "days to the first day of the second weightiest; 0 if there is none"),
    "venues__first_attends": (
        "share",
        "past editions to which the first side's leader came, of the series of the period's summits",
    ),
    "venues__second_attends": ("share", "the same for the second side, as far as the first side's meetings tell"),
    "venues__first_chance": (
        "share",
        "1 if the nearest summit of both begins in the period and none has passed since they met",
    ),
    **{
        f"leaders__term_{wave}{harmonic}": ("wave", "where the period lies in the term of the president of the USA")
        for harmonic in (1, 2)
        for wave in ("sin", "cos")
    },
    **{
        f"season__{wave}{harmonic}": ("wave", "where the period lies in the year")
        for harmonic in (1, 2, 3)
        for wave in ("sin", "cos")
    },
}

#: Signals that are computed rather than declared -> unit and description. Those by period have one column a period.
COMPUTED: Final[dict[str, tuple[str, str]]] = {
    **_BY_DATE,
    **{name: (unit, f"{said}; a column for each period") for name, (unit, said) in _BY_PERIOD.items()},
}
