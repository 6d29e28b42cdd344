"""Accuracy of the coding of free text: articles against what was coded by reading, and event types of sentences.

``make accuracy`` codes the articles of tests/gold/text. ``benchmarks/accuracy.py --plover FILE`` also types the
sentences of PLOVER's coded examples (PLOVER_GSR_CAMEO.json.txt of openeventdata/PLOVER), which are not shipped: every
second one was looked at while the coder was written, the others were not.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pandas as pd

from forecast.coding.articles.events import code_text
from forecast.coding.articles.frames import Frame, frames_in
from forecast.coding.articles.parsing import parsed
from forecast.coding.candidates import Candidate
from forecast.coding.holders import read_holders
from forecast.coding.summits import read_summits
from forecast.readers.documents import read_documents

TOP = Path(__file__).resolve().parent.parent
GOLD = TOP / "tests" / "gold" / "text"
FACTS = TOP / "data" / "raw"
#: Kinds of the sample that tell of the same words: a commission that meets may be read as a meeting or as a session.
ALIKE = {"meeting": {"dialogue"}, "dialogue": {"meeting"}}
#: Types of the examples' older version -> types of the codebook.
RENAMED = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT"}


def kind_of(row: Candidate) -> str:
    """The kind of the sample that a candidate is, or nothing."""
    if row.event == "CONSULT":
        ahead = row.status == "announced" or (row.status == "reported" and row.started_on >= row.known_on)
        modes = {"phone": "call", "virtual": "call", "dialogue": "dialogue", "working-group": "dialogue"}
        return "plan" if ahead else modes.get(row.mode, "meeting")
    modes = {
        "invite": "invitation", "cancel": "cancelled", "postpone": "postponed", "suspend": "suspended",
        "resume": "resumed",
    }  # fmt: skip
    if row.mode in modes:
        return modes[row.mode]
    if row.event == "REJECT" and row.mode in ("meet", "visit", "phone"):
        return "refusal"
    if row.event == "AGREE" and row.mode in ("working-group", "dialogue"):
        return "dialogue"
    return {"SANCTION": "sanction", "AID": "goodwill", "CONCEDE": "goodwill", "COOPERATE": "goodwill"}.get(
        row.event, ""
    )


def accuracy(half: str) -> dict[str, Counter[str]]:
    """Facts by kind that the coder took, missed or added, and how many levels and days are right."""
    documents = pd.read_csv(GOLD / "articles-documents.csv", dtype=str, keep_default_na=False)
    facts = pd.read_csv(GOLD / "articles.csv", dtype=str, keep_default_na=False)
    holders, summits = read_holders(FACTS), read_summits(FACTS)
    counts: dict[str, Counter[str]] = {}
    for row in documents[documents["half"] == half].itertuples():
        (document,) = read_documents(GOLD / "articles" / f"{row.slug}.md")
        coded = code_text(document.text, dt.date.fromisoformat(row.published), holders, summits)
        _compare([one for one in coded if kind_of(one)], facts[facts["url"] == row.url], counts)
    return counts


def _compare(coded: list[Candidate], facts: pd.DataFrame, counts: dict[str, Counter[str]]) -> None:
    """Pair candidates with facts; what is doubtful counts neither for nor against."""
    left = list(coded)
    doubtful = facts["note"].str.startswith("doubtful")
    for fact in pd.concat([facts[~doubtful], facts[doubtful]]).itertuples():
        count = counts.setdefault(fact.kind, Counter())
        other = {part.split("=")[1] for part in fact.note.split(";") if part.strip().startswith("or=")}
        kinds = {fact.kind, *ALIKE.get(fact.kind, ()), *other}
        near = [
            one
            for one in left
            if kind_of(one) in kinds and {one.source, one.recipient} == {fact.source, fact.recipient}
        ]
        near.sort(key=lambda one: (one.started_on != fact.started_on, one.level != fact.level))
        if near:
            left.remove(near[0])
        if fact.note.startswith("doubtful"):
            continue
        count["right" if near else "missed"] += 1
        if near and fact.level:
            count["level right" if near[0].level == fact.level else "level wrong"] += 1
        if near and fact.started_on:
            count["day right" if near[0].started_on == fact.started_on else "day wrong"] += 1
    for one in left:
        counts.setdefault(kind_of(one), Counter())["added"] += 1


def type_of(frames: list[Frame]) -> str:
    """The event type of a sentence: of its first frame that is more than a wish."""
    real = [frame for frame in frames if frame.stance != "unreal"] or frames
    if not real:
        return ""
    event, stance = real[0].event, real[0].stance
    if stance == "denied":
        return "REJECT"
    if stance == "plan" and event in ("CONSULT", "AID", "CONCEDE", "RETREAT", "COOPERATE", "SUPPORT"):
        return "AGREE"
    return "THREATEN" if stance == "plan" and event in ("SANCTION", "ASSAULT", "COERCE", "PROTEST") else event


def sentence_types(path: Path) -> list[tuple[str, str]]:
    """Type by the examples and type by the coder, of each sentence in the order of the file."""
    examples = [
        one for one in json.loads(path.read_text(encoding="utf-8")) if one["event"] != "DOCUMENT" and one.get("text")
    ]
    docs = parsed(one["text"] for one in examples)
    return [
        (RENAMED.get(one["event"], one["event"]), type_of(frames_in(doc)))
        for one, doc in zip(examples, docs, strict=True)
    ]


def shares(count: Counter[str]) -> str:
    """Precision and recall, and the shares of levels and days, with how many."""
    said = []
    for name, right, wrong in (
        ("precision", "right", "added"), ("recall", "right", "missed"), ("level", "level right", "level wrong"),
        ("day", "day right", "day wrong"),
    ):  # fmt: skip
        whole = count[right] + count[wrong]
        said.append(f"{name} {count[right] / whole:.2f} of {whole}" if whole else f"{name} -")
    return ", ".join(said)


def report(plover: Path | None) -> None:
    """Print the accuracy on both halves."""
    for half in ("dev", "held"):
        counts = accuracy(half)
        print(f"articles, {half}: {shares(sum(counts.values(), Counter()))}")
        for kind, count in sorted(counts.items()):
            print(f"  {kind}: {shares(count)}")
    if plover is not None:
        types = sentence_types(plover)
        for half, part in (("development", types[::2]), ("held out", types[1::2])):
            right = sum(gold == coded for gold, coded in part)
            print(f"PLOVER sentences, {half}: type right in {right / len(part):.2f} of {len(part)}")
