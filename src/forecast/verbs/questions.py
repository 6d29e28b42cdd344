"""The verb *questions*: a crowd's questions about two leaders, and our probability beside theirs."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.coding.holders import read_holders
from forecast.dates import AnyDay
from forecast.display.frames import CLIMATOLOGY, share
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Paragraph, Table
from forecast.errors import DataMissingError, DateError, ForecastError, InputError, StateError
from forecast.exchange.questions import Question, Recognised, next_page, read_questions, recognise
from forecast.facts.countries import canonical_dyad
from forecast.files import reason_of
from forecast.readers.download import fetch
from forecast.verbs.predict import predict
from forecast.workspace import Workspace

#: Columns of the questions: those that `forecast verify` reads first.
COLUMNS: Final = (
    "question", "dyad", "as_of", "by", "probability", "outcome", "forecaster", "ours", "low", "high", "climatology",
    "counts", "url",
)  # fmt: skip
#: Between two requests: the publishers allow more than sixty a minute.
PAUSE_SECONDS: Final = 0.5
#: Columns of the questions set aside.
ASIDE: Final = ("source", "question", "reason", "url")


@dataclass(frozen=True, eq=False)
class Questions:
    """Questions of crowds.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row a question about two leaders, with the columns `COLUMNS`: `probability` is the crowd's as of `as_of`,
        `ours` the program's, `counts` what resolves it: ``meet``, ``visit`` or ``attend``. As CSV, `forecast verify`
        reads it.
    aside : pandas.DataFrame
        The others: source, question, reason, url.
    unread : tuple of str
        Of listings that have more pages than were read, the address of the next.
    """

    rows: pd.DataFrame
    aside: pd.DataFrame
    unread: tuple[str, ...] = ()


def questions(
    places: Path | str | Sequence[Path | str],
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    target: str = "meeting",
    model: str | None = None,
    pages: int = 10,
    on_step: Step = logged,
) -> Questions:
    """Read question sets and listings, recognise what is about two leaders, and forecast it as of the day of the value.

    Parameters
    ----------
    places : path-like, address or sequence of them
        Question sets of ForecastBench, and listings of Manifold, Polymarket and Metaculus as JSON. Of a listing at an
        address the pages that follow are read too.
    as_of : str, date or numpy.datetime64, optional
        The day on which a listing was saved, by default today; a question set has its own days.
    root, target, model, on_step
        As in `forecast.predict`.
    pages : int
        At most so many pages of a listing at an address, each one request.

    Returns
    -------
    Questions
        A forecast uses what was public before the day (UTC) of the crowd's value, and so never more than the crowd.
    """
    workspace = Workspace(root)
    listed_on = dt.date.fromisoformat(str(workspace.day(as_of)))
    named = [places] if isinstance(places, Path | str) else list(places)
    if not named:
        raise ForecastError("name at least one file or address of questions")
    if not isinstance(pages, int) or pages < 1:
        raise ForecastError(f"{pages!r} is no number of pages from 1 on", argument="pages")
    found: dict[tuple[str, str, str], Question] = {}
    unread = [left for place in named if (left := _read(place, found, listed_on, pages, on_step)) is not None]
    holders = read_holders(workspace.raw)
    rows, aside = [], []
    for question in found.values():
        about = recognise(question, holders)
        answer = about if isinstance(about, str) else _answered(question, about, root, target, model, on_step)
        if isinstance(answer, str):
            aside.append((question.source, question.text, answer, question.url))
        else:
            rows.append(answer)
    tables = pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(aside, columns=list(ASIDE))
    return Questions(*tables, unread=tuple(unread))


def _read(
    place: Path | str, found: dict[tuple[str, str, str], Question], listed_on: dt.date, pages: int, say: Step
) -> str | None:
    """Add the questions of a file, or of the pages of a listing; return the address of the first page not read."""
    following: str | None = str(place)
    for number in range(pages):
        if following is None:
            return None
        if number:
            time.sleep(PAUSE_SECONDS)
        say(f"reading {following}")
        content = fetch(following) if _is_address(place) else _content(Path(place))
        read = read_questions(content, name=following, listed_on=listed_on)
        new = {(one.source, one.number, one.text): one for one in read}
        # A publisher that knows no pages gives the first again.
        more = _is_address(place) and not new.keys() <= found.keys()
        following = next_page(following, content) if more else None
        found |= new
    return following


def _is_address(place: Path | str) -> bool:
    return isinstance(place, str) and "://" in place


def _content(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {reason_of(error)}", path=place) from None


def _answered(
    question: Question, about: Recognised, root: Path | str, target: str, model: str | None, say: Step
) -> dict[str, object] | str:
    """The question with the program's answer, or why there is none."""
    try:
        dyad = canonical_dyad(*about.states)
        (row,) = predict(
            dyad, as_of=question.value_on, by=about.by, root=root, target=target, model=model, on_step=say
        ).to_dict(orient="records")
    except (StateError, DateError, DataMissingError) as error:
        return str(error)
    return {
        "question": question.text, "dyad": dyad, "as_of": row["as_of"], "by": row["window_end"],
        "probability": question.value, "outcome": question.outcome, "forecaster": question.source,
        "ours": row["probability"], "low": row["low"], "high": row["high"], "climatology": row["climatology"],
        "counts": about.counts, "url": question.url,
    }  # fmt: skip


def table(result: Questions) -> Document:
    """Our probability beside the crowd's, and how many questions were set aside for which reason."""
    columns = {
        "dyad": Column("dyad"), "as_of": Column("as of"), "by": Column("by"), "counts": Column("counts"),
        "probability": Column("crowd", align="right", form=share),
        "ours": Column("ours", align="right", form=share, style="cyan"), "climatology": CLIMATOLOGY,
    }  # fmt: skip
    rows = result.rows
    details = [f"{text} ({who})" for text, who in zip(result.rows["question"], result.rows["forecaster"], strict=True)]
    reasons = result.aside["reason"].value_counts(sort=True)
    counted = [(int(n), str(reason)) for reason, n in zip(reasons.index, np.asarray(reasons), strict=True)]
    lead = f"{len(rows)} question{'' if len(rows) == 1 else 's'} about two leaders, {len(result.aside)} set aside"
    heads = [Column("", align="right"), Column("", wraps=True)]
    return Document(
        Paragraph(lead, style="bold"),
        Table.of(rows, columns, details=details) if len(rows) else None,
        Table(heads, counted, title="set aside") if counted else None,
    )
