"""Accuracy of the coding of texts: what each document states against the samples that were coded by reading.

Run ``make accuracy``. A coded fact is right if the sample has one of the same kind, state and group of levels in the
same document; rows marked doubtful, and those of no side of the publisher's, count neither for nor against. Days are
compared where the sample fixes them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

TOP = Path(__file__).resolve().parent.parent
GOLD = TOP / "tests" / "gold" / "text"
#: Publisher's own state, its sample, and the list of what its documents state.
PUBLISHERS = {
    "white-house": ("USA", "white-house", TOP / "data" / "raw" / "white-house" / "statements.csv"),
    "russia": ("RUS", "ministry", TOP / "data" / "raw" / "russia" / "statements.csv"),
}
#: What is asked for, by kind and whether both sides are leaders.
GROUPS = {
    "leaders' calls": (("call",), True),
    "leaders' meetings": (("meeting",), True),
    "leaders' plans": (("plan",), True),
    "called off": (("cancelled", "postponed"), None),
    "others' calls and meetings": (("call", "meeting"), False),
    "others' plans": (("plan",), False),
    "dialogues": (("dialogue",), None),
    "sanctions and goodwill": (("sanction", "goodwill"), None),
}


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def sided(rows: pd.DataFrame, own: str) -> pd.DataFrame:
    """Rows of which the publisher's state is a side, with the other one as `state`."""
    rows = rows[(rows["source"] == own) | (rows["recipient"] == own)]
    return rows.assign(state=rows["recipient"].where(rows["source"] == own, rows["source"]))


def matched(gold: pd.DataFrame, coded: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of rows of one document, kind and state: the same level and days first, each row once."""
    keys = ["url", "kind", "state"]
    pairs = gold.reset_index().merge(coded.reset_index(), on=keys, suffixes=("_gold", "_coded"))
    level = pairs["level_gold"] == pairs["level_coded"]
    day = pairs["started_on_gold"] == pairs["started_on_coded"]
    firm = ~pairs["note_gold"].str.startswith("doubtful")
    order = pairs.assign(level=~level, day=~day, firm=~firm).sort_values(["level", "day", "firm"], kind="stable")
    taken: list[tuple[int, int]] = []
    for one, other in order[["index_gold", "index_coded"]].itertuples(index=False):
        if all(one != first and other != second for first, second in taken):
            taken.append((int(one), int(other)))
    return taken


def accuracy(gold: pd.DataFrame, coded: pd.DataFrame, kinds: tuple[str, ...], leaders: bool | None) -> dict[str, float]:
    """Precision, recall and the share of right days of one group of facts, on the documents of the sample."""
    gold, coded = gold.reset_index(drop=True), coded.reset_index(drop=True)
    pairs = dict(matched(gold, coded))
    of_pair = {second: first for first, second in pairs.items()}
    doubtful = gold["note"].str.startswith("doubtful")

    def wanted(rows: pd.DataFrame) -> pd.Series:
        fits = rows["kind"].isin(kinds)
        return fits if leaders is None else fits & ((rows["level"] == "leader") == leaders)

    asked = gold.index[wanted(gold) & ~doubtful]
    found = [row for row in asked if row in pairs and wanted(coded.loc[[pairs[row]]]).iloc[0]]
    given = [row for row in coded.index[wanted(coded)] if row not in of_pair or not doubtful[of_pair[row]]]
    right = [row for row in given if row in of_pair and wanted(gold.loc[[of_pair[row]]]).iloc[0]]
    fixed = [row for row in found if gold["started_on"][row]]
    days = ["started_on", "ended_on"]
    same = [row for row in fixed if (gold.loc[row, days] == coded.loc[pairs[row], days]).all()]
    return {
        "gold": len(asked),
        "coded": len(given),
        "precision": len(right) / len(given) if given else 1.0,
        "recall": len(found) / len(asked) if len(asked) else 1.0,
        "days": len(fixed),
        "days_right": len(same) / len(fixed) if fixed else 1.0,
    }


def of_half(publisher: str, half: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Facts of the sample and of the coder in the documents of one half."""
    own, sample, statements = PUBLISHERS[publisher]
    documents = read(GOLD / f"{sample}-documents.csv")
    urls = set(documents.loc[documents["half"] == half, "url"])
    gold = read(GOLD / f"{sample}.csv")
    gold = gold[(gold["half"] == half) & ~gold["note"].str.contains("third")]
    coded = read(statements)
    return sided(gold, own), sided(coded[coded["url"].isin(urls)], own)


def main() -> None:
    """Print the accuracy by publisher, half and group."""
    for publisher, (_, sample, statements) in PUBLISHERS.items():
        if not statements.exists():
            continue
        for half in ("dev", "held"):
            gold, coded = of_half(publisher, half)
            print(f"{publisher}, {half} half of the sample {sample}")
            for name, (kinds, leaders) in GROUPS.items():
                one = accuracy(gold, coded, kinds, leaders)
                words = [f"{name:28} gold {one['gold']:3.0f}  coded {one['coded']:3.0f}"]
                words += [f"precision {one['precision']:.3f}  recall {one['recall']:.3f}"]
                words += [f"days right {one['days_right']:.3f} of {one['days']:.0f}"]
                print(" ", "  ".join(words))


if __name__ == "__main__":
    main()
