"""Accuracy of the coding: the coded facts and the coder of articles against samples that were coded by reading.

Run ``make accuracy``; with ``--plover FILE`` the types of PLOVER's example sentences are looked at too. A coded meeting
is right if the sample has a leader-level meeting with the same state in the same record; its setting is right if that
agrees too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

TOP = Path(__file__).resolve().parent.parent
GOLD = TOP / "tests" / "gold" / "meetings.csv"
CODED = TOP / "data" / "raw" / "state-department"
KEY = ["collection", "record_id", "state"]


def coded_meetings() -> pd.DataFrame:
    """Leader-level meetings of the coded facts: collection, record_id, state, setting."""
    tables = []
    for collection in ("visits", "president-travels"):
        table = pd.read_csv(CODED / f"{collection}.csv", dtype=str, keep_default_na=False)
        table = table[(table["event"] == "CONSULT") & (table["level"] == "leader")]
        other = table["source"].where(table["source"] != "USA", table["recipient"])
        tables.append(
            pd.DataFrame(
                {
                    "collection": collection,
                    "record_id": table["record_id"],
                    "state": other,
                    "setting": table["setting"],
                }
            )
        )
    return pd.concat(tables, ignore_index=True).drop_duplicates()


def accuracy(gold: pd.DataFrame, coded: pd.DataFrame) -> dict[str, float]:
    """Precision and recall of meetings, and of meetings with their setting, on the records of the sample."""
    records = gold[["collection", "record_id"]].drop_duplicates()
    meetings = gold[gold["state"] != ""]
    coded = coded.merge(records, on=["collection", "record_id"])
    both = meetings.merge(coded, on=KEY, suffixes=("_gold", "_coded"))
    right = (both["setting_gold"] == both["setting_coded"]).sum()
    return {
        "records": len(records),
        "meetings": len(meetings),
        "coded": len(coded),
        "precision": _share(len(both), len(coded)),
        "recall": _share(len(both), len(meetings)),
        "precision_with_setting": _share(right, len(coded)),
        "recall_with_setting": _share(right, len(meetings)),
    }


def _share(part: int, whole: int) -> float:
    """Share of a whole; of nothing, nothing is wrong."""
    return part / whole if whole else 1.0


def main() -> None:
    """Print the accuracy on both parts of the sample, and by decade."""
    gold = pd.read_csv(GOLD, dtype=str, keep_default_na=False)
    coded = coded_meetings()
    for part in ("development", "held out"):
        found = accuracy(gold[gold["part"] == part], coded)
        print(f"{part}: " + ", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in found.items()))
    by_decade = gold.assign(decade=gold["started_on"].str[:3] + "0s")
    for decade, part in by_decade.groupby("decade"):
        found = accuracy(part, coded)
        print(f"{decade}: records {found['records']}, precision {found['precision']:.3f}, recall {found['recall']:.3f}")


if __name__ == "__main__":
    import articles  # beside this file

    parser = argparse.ArgumentParser(description="Accuracy of the coding of records and of articles.")
    parser.add_argument("--plover", type=Path, metavar="FILE", help="PLOVER_GSR_CAMEO.json.txt, which is not shipped")
    arguments = parser.parse_args()
    main()
    articles.report(arguments.plover)
