"""The verb *code*: candidate events from articles and press releases, for a person to accept or drop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from forecast.dates import parse_day
from forecast.display.progress import Step, logged
from forecast.errors import DataMissingError, InputError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.coding.candidates import Candidate
    from forecast.coding.holders import Holders
    from forecast.coding.publishers import Publisher
    from forecast.readers.documents import Document

_Coder: TypeAlias = "Callable[[Document, dt.date], tuple[list[Candidate], list[str]]]"

#: What templates code besides meetings and calls.
_TEMPLATED: Final = ("invite", "cancel", "postpone")
ENGINES: Final = ("rules", "llm")


def code(
    source: Path | str | bytes,
    *,
    root: Path | str = ".",
    published: object = None,
    publisher: str = "",
    engine: str = "rules",
    endpoint: str = "",
    model: str = "",
    key: str = "",
    today: dt.date | None = None,
    on_step: Step = logged,
) -> pd.DataFrame:
    """Code texts into candidate events: rows in a ledger's columns, with place, confidence and what is left open.

    Nothing joins the history: `forecast.review` keeps what a person decides, `forecast.add_to_ledger` takes what was
    accepted.

    Parameters
    ----------
    source : path-like or bytes
        A file (txt, md with front matter, html, jsonl, RSS or Atom) or a folder of such files; or the text itself, as
        bytes.
    root : path-like
        A workspace, whose register of leaders and calendar of summits are used; without one the shipped ones are.
    published : date-like, optional
        Day of publication of texts that do not say it themselves. No event is known before it.
    publisher : str
        A name of `forecast.coding.publishers.PUBLISHERS`, whose state and time zone are then known.
    engine : {"rules", "llm"}
        The program's own rules, or a language model at `endpoint`, whose rows pass the same checks.
    endpoint, model, key : str
        For ``llm``: address of an OpenAI-compatible interface (up to ``/v1``), name of the model, key if it needs one.
    today : date, optional
        Texts dated after it are refused.
    on_step : callable
        Is given the name of each document as it begins.

    Returns
    -------
    pandas.DataFrame
        Columns `forecast.coding.candidates.COLUMNS`, in the order of the texts; what could not be read stands in
        ``attrs["notes"]``, a line each.

    Raises
    ------
    InputError
        No document could be read.
    DataMissingError
        Free text, and the parts that ``forecast[text]`` installs are missing.

    Examples
    --------
    >>> text = b"Kenya's President William Ruto met Prime Minister Abiy Ahmed of Ethiopia in Addis Ababa on Monday."
    >>> rows = code(text, published="2023-02-08")
    >>> rows.loc[0, ["started_on", "known_on", "source", "recipient", "mode", "level"]].tolist()
    ['2023-02-06', '2023-02-08', 'KEN', 'ETH', 'visit', 'leader']
    """
    from forecast.coding.candidates import table_of
    from forecast.coding.publishers import publisher_of

    speaker = publisher_of(publisher)
    given = dt.date.fromisoformat(str(parse_day(published, what="--published"))) if published is not None else None
    coder = _coder(engine, Path(root), speaker, endpoint, model, key)
    candidates: list[Candidate] = []
    notes: list[str] = []
    read = 0
    for document in _documents(source, speaker.zone):
        on_step(document.name)
        day = document.published or given
        problem = document.problem or _dated_wrong(day, today)
        if problem or day is None:
            notes.append(f"{document.name}: {problem}")
            continue
        read += 1
        found, left = coder(document, day)
        candidates += found
        notes += [f"{document.name}: {one}" for one in left]
    if not read:
        raise InputError("\n  ".join(["nothing could be coded:", *notes]) if len(notes) > 1 else notes[0])
    rows = table_of(candidates)
    rows.attrs["notes"] = notes
    return rows


def _documents(source: Path | str | bytes, zone: str) -> Iterable[Document]:
    from forecast.readers.documents import read_documents, read_text_of

    if isinstance(source, bytes):
        return read_text_of(source, "any", "text", zone=zone)
    path = Path(source)
    if not path.exists():
        raise InputError("does not exist; name a file, a folder, or - for standard input", path=path)
    return read_documents(path, zone=zone)


def _dated_wrong(day: dt.date | None, today: dt.date | None) -> str:
    if day is None:
        return "has no day of publication; give it with --published YYYY-MM-DD"
    if today is not None and day > today:
        return f"is published on {day}, which is still to come"
    return ""


def _coder(engine: str, root: Path, speaker: Publisher, endpoint: str, model: str, key: str) -> _Coder:
    """The function that codes one document: rows, and lines on what was left out."""
    if engine not in ENGINES:
        raise InputError(f"unknown engine {engine!r}; there are {', '.join(ENGINES)}", field="--engine")
    if engine == "llm":
        from forecast.coding.language_model import code_by_model

        return lambda document, day: code_by_model(document, day, endpoint=endpoint, model=model, key=key)
    from forecast.coding.articles.parsing import missing
    from forecast.coding.holders import read_holders
    from forecast.coding.templates import release_coder

    facts = root / "data" / "raw"
    if not facts.is_dir():
        from forecast.workspace import shipped_facts  # a second of imports, which a workspace spares

        facts = shipped_facts()
    holders = read_holders(facts)
    templates = release_coder(speaker, holders)
    if (reason := missing()) and templates is None:
        raise DataMissingError(f"{reason}; publishers' templates and --engine llm work without")
    free = None if reason else _free(holders, facts, speaker.home)

    def code(document: Document, day: dt.date) -> tuple[list[Candidate], list[str]]:
        if templates is None:
            return (free(document, day) if free else []), []
        # Meetings, calls and plans are the templates'; what they have no words for is free text.
        other = (
            [one for one in free(document, day) if one.event != "CONSULT" and one.mode not in _TEMPLATED]
            if free
            else []
        )
        left = [f"only the publisher's templates were used: {reason}"] if reason else []
        return sorted([*templates(document, day), *other], key=lambda one: one.evidence_start), left

    return code


def _free(holders: Holders, facts: Path, home: str) -> Callable[[Document, dt.date], list[Candidate]]:
    from forecast.coding.articles.events import code_text
    from forecast.coding.summits import read_summits

    summits = read_summits(facts)
    return lambda document, day: code_text(
        document.text, day, holders, summits, home=home, document=document.name, url=document.url
    )
