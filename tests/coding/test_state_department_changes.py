"""What changed between two sets of coded facts, and what counts as shrinking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.coding.state_department.changes import COLUMNS, changes_between, count_changes, shrinkage
from forecast.coding.state_department.rows import COLUMNS as CELLS
from forecast.coding.state_department.rows import table
from forecast.errors import InputError
from text_tables import table as text_table


def rows(text: str) -> bytes:
    """Facts from a text table; a column that it lacks is empty."""
    return table(CELLS, ([row.get(cell, "") for cell in CELLS] for row in text_table(text)))


OLD = """
record_id | ruling               | started_on | occurred_on | source | recipient | event   | level  | setting
7         | meeting              | 1978-01-04 | 1978-01-04  | USA    | EGY       | CONSULT | leader | bilateral
8         | no meeting: funeral  | 1978-02-04 |             |        |           |         |        |
9         | meeting              | 1978-03-04 | 1978-03-04  | USA    | EGY       | CONSULT | leader | bilateral
10        | meeting              | 1978-04-04 | 1978-04-04  | USA    | ISR       | CONSULT | leader | bilateral
"""
NEW = """
record_id | ruling               | started_on | occurred_on | source | recipient | event   | level  | setting
7         | meeting              | 1978-01-04 | 1978-01-05  | USA    | EGY       | CONSULT | leader | margins
8         | meeting              | 1978-02-04 | 1978-02-04  | USA    | JOR       | CONSULT | leader | bilateral
9         | meeting              | 1978-03-04 | 1978-03-04  | USA    | EGY       | CONSULT | leader | bilateral
9         | meeting              | 1978-03-04 | 1978-03-05  | USA    | SYR       | CONSULT | leader | bilateral
11        | meeting              | 1978-05-04 | 1978-05-04  | USA    | SAU       | CONSULT | leader | bilateral
"""
UNCODED = table(
    ("collection", "record_id", "started_on", "state", "reason"),
    [("visits", "10", "1978-04-04", "ISR", "no verb understood")],
)
EXPECTED = """
change  | record_id | started_on | what
recoded | 7         | 1978-01-04 | occurred_on: 1978-01-04 -> 1978-01-05; setting: bilateral -> margins
recoded | 8         | 1978-02-04 | no meeting: funeral -> USA-JOR leader bilateral, 1978-02-04
recoded | 9         | 1978-03-04 | USA-EGY leader bilateral, 1978-03-04 -> USA-EGY leader bilateral, 1978-03-04; USA-SYR leader bilateral, 1978-03-05
recoded | 10        | 1978-04-04 | USA-ISR leader bilateral, 1978-04-04 -> uncoded: no verb understood
added   | 11        | 1978-05-04 | USA-SAU leader bilateral, 1978-05-04
"""  # noqa: E501


def test_changes_are_told_by_record() -> None:
    found = changes_between({"visits.csv": rows(OLD)}, {"visits.csv": rows(NEW), "uncoded.csv": UNCODED})
    assert tuple(found.columns) == COLUMNS
    assert set(found["collection"]) == {"visits"}
    assert found.drop(columns="collection").to_dict("records") == text_table(EXPECTED)


def test_the_way_back_turns_every_change_round() -> None:
    old, new = {"visits.csv": rows(OLD)}, {"visits.csv": rows(NEW), "uncoded.csv": UNCODED}
    there, back = changes_between(old, new), changes_between(new, old)
    turned = {"added": "removed", "removed": "added", "recoded": "recoded"}
    assert list(back["record_id"]) == list(there["record_id"])
    assert list(back["change"]) == [turned[change] for change in there["change"]]


def test_an_empty_column_more_and_another_order_of_rows_are_no_change() -> None:
    lines = rows(OLD).decode().splitlines()
    wider = "\n".join([f"{lines[0]},note", *(f"{line}," for line in reversed(lines[1:]))]).encode()
    assert changes_between({"visits.csv": rows(OLD)}, {"visits.csv": wider}).empty


RECORD = st.tuples(st.integers(1, 9).map(str), st.sampled_from(["meeting", "no meeting: troops", "organisation"]))


@given(*[st.lists(RECORD, max_size=6)] * 2)
def test_counts_add_up(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    old, new = ({"visits.csv": table(("record_id", "ruling"), given)} for given in (before, after))
    counts = count_changes(old, new, changes_between(old, new), {}, {}).iloc[0]
    assert counts["records"] - counts["records_before"] == counts["added"] - counts["removed"]
    kept = dict.fromkeys(one for one, _ in before).keys() & dict.fromkeys(one for one, _ in after).keys()
    differ = {one for one in kept if [r for i, r in before if i == one] != [r for i, r in after if i == one]}
    assert counts["recoded"] == len(differ)


def told(end: str) -> dict:
    return {"collections": {"visits": {"coverage_end": end}}}


def shrinks(old: dict[str, bytes], new: dict[str, bytes], ends: tuple[str, str] = ("", "")) -> tuple[str, ...]:
    return shrinkage(old, new, count_changes(old, new, changes_between(old, new), told(ends[0]), told(ends[1])))


@pytest.mark.parametrize(
    ("end", "says"),
    [("1978-04-03", ("visits ends on 1978-04-03 instead of 1978-04-04",)), ("1978-04-04", ()), ("1978-04-05", ())],
)
def test_coverage_that_ends_a_day_earlier_shrinks(end: str, says: tuple[str, ...]) -> None:
    assert shrinks({}, {}, ("1978-04-04", end)) == says


@pytest.mark.parametrize(("kept", "shrunk"), [(200, False), (198, False), (197, True), (0, True)])
def test_more_than_one_percent_gone_shrinks(kept: int, shrunk: bool) -> None:
    def facts(count: int) -> dict[str, bytes]:
        return {"visits.csv": table(("record_id", "ruling"), ((str(number), "meeting") for number in range(count)))}

    says = shrinks(facts(200), facts(kept))
    assert says == ((f"{200 - kept} of 200 coded records of visits are gone",) if shrunk else ())


def test_a_record_that_is_no_longer_understood_is_gone() -> None:
    old = {"visits.csv": rows(OLD)}
    new = {"visits.csv": rows(OLD.replace("10        ", "11        ")), "uncoded.csv": UNCODED}
    assert shrinks(old, new) == ("1 of 4 coded records of visits are gone",)
    # One that nobody understood before is not missed.
    assert shrinks({"visits.csv": b"", "uncoded.csv": UNCODED}, {}) == ()


@pytest.mark.parametrize("content", [b"\xff", b"a,b\n1,2\n", b'record_id,ruling\n"7'])
def test_facts_that_are_no_table_are_named(content: bytes) -> None:
    with pytest.raises(InputError, match=r"visits\.csv: is no table of coded facts"):
        changes_between({"visits.csv": content}, {})
