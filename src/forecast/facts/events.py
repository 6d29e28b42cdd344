"""The event schema: one coded interaction between two states, in PLOVER's words plus level, setting and status."""

from __future__ import annotations

from typing import Final

LEVELS: Final = ("leader", "deputy", "minister", "deputy_minister", "working")
SETTINGS: Final = ("bilateral", "margins", "multilateral")
STATUSES: Final = ("occurred", "announced", "reported", "cancelled", "postponed")
ACCESS: Final = ("head_of_state", "head_of_government", "deputy", "foreign_minister", "minister", "officials", "none")

#: Columns of the history. All days are ``datetime64[s]`` at midnight, everything else is text but `accompanied`, a
#: boolean.
COLUMNS: Final = (
    "publisher", "record_id", "started_on", "ended_on", "occurred_on", "known_on", "source", "recipient", "event",
    "mode", "context", "level", "setting", "status", "place", "venue", "dialogue", "access", "accompanied", "persons",
    "offices", "note", "url",
)  # fmt: skip
#: The columns that a ledger must have, and those that may be left out.
REQUIRED: Final = ("started_on", "known_on", "source", "recipient", "event", "mode", "level")
OPTIONAL: Final = (
    "ended_on", "setting", "status", "place", "persons", "note", "url", "context", "venue", "dialogue", "access",
    "offices",
)  # fmt: skip
DAY_COLUMNS: Final = ("started_on", "ended_on", "occurred_on", "known_on")
