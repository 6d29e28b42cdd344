"""The codebook: CAMEO codes in PLOVER terms."""

from __future__ import annotations

from forecast.facts.codebook import IN_PERSON_MODES, PLOVER, cameo

QUADS = {"verbal cooperation", "material cooperation", "verbal conflict", "material conflict"}

# CAMEO's roots 01 (statements) and 02 (appeals) have no counterpart in PLOVER.
ROOTS = [f"{root:02d}" for root in range(3, 21)]

FOUNDING = """
042 CONSULT visit
043 CONSULT visit
044 CONSULT third-party
190 ASSAULT
"""


def test_plover_has_sixteen_types_in_four_quads():
    assert len(PLOVER) == 16
    assert set(PLOVER.values()) == QUADS


def test_every_cameo_root_is_known():
    assert sorted({code[:2] for code in cameo()}) == ROOTS


def test_every_code_names_a_type_and_a_possible_intensity():
    wrong = [
        code
        for code, row in cameo().items()
        if row.code != code
        or row.event not in PLOVER
        or not (row.goldstein is None or -10 <= row.goldstein <= 10)
        or not all(row.contexts)
    ]
    assert wrong == []
    assert len(cameo()) > 250


def test_well_known_codes():
    for line in FOUNDING.strip().splitlines():
        code, event, *mode = line.split()
        assert cameo()[code].event == event
        if mode:
            assert cameo()[code].mode == mode[0]


def test_cooperation_is_not_scored_below_conflict_on_the_mean():
    scores = {quad: [] for quad in QUADS}
    for code in cameo().values():
        if code.goldstein is not None:
            scores[PLOVER[code.event]].append(code.goldstein)
    mean = {quad: sum(found) / len(found) for quad, found in scores.items()}
    assert mean["material conflict"] < mean["verbal conflict"] < 0 < mean["verbal cooperation"]


def test_modes_in_person_are_modes_of_the_codebook_or_the_plain_word():
    assert {"visit", "third-party"} <= {code.mode for code in cameo().values() if code.event == "CONSULT"}
    assert "phone" not in IN_PERSON_MODES
