"""A seeded sample of short messages of a foreign ministry and of headlines, to be coded by reading.

``python benchmarks/gold_ministry_sample.py MESSAGES HEADLINES`` prints, as CSV, which rows of the two files are drawn
and which half each belongs to: `dev` may be read while a coder is written, `held` only to measure it. With ``--text``
the text is printed too. Behind a plain sample of both stands one of those that name a leader or a meeting, drawn from
the rest. The sample coded by reading is `tests/gold/text/ministry.csv`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

SEED: Final = 20261127
MESSAGES: Final = 100
HEADLINES: Final = 40
#: A second sample, of texts with such a word: file, text, how many.
LEADERS: Final = {
    "russia-mfa": (r"\b(?:putin|medvedev|presidents?|kremlin|prime minister)\b", 40),
    "russia-1tv": (
        r"\b(?:presidents?|prime minister|talks|negotiations|tele\w+|phone|summit|visits?|leaders?|chancellor|king"
        r"|state)\b",
        60,
    ),
}


def drawn(path: Path, *, collection: str, text: str, size: int, seed: int = SEED) -> pd.DataFrame:
    """Draw rows whose text no earlier row of the file has, in the order of the file; every other one drawn is held.

    `record` counts the rows of the file from 1, the header not counted.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["record"] = range(1, len(table) + 1)
    table = table.drop_duplicates(text).reset_index(drop=True)
    chosen = np.random.default_rng(seed).choice(len(table), size=size, replace=False)
    half = pd.Series(["dev", "held"] * (size // 2), index=chosen)
    plain = table.loc[sorted(chosen.tolist())].assign(half=half)
    words, most = LEADERS[collection]
    rest = table.drop(index=chosen)
    rest = rest[rest[text].str.contains(words, case=False)].reset_index(drop=True)
    again = np.random.default_rng(seed + 1).choice(len(rest), size=min(most, len(rest)), replace=False)
    leaders = rest.loc[sorted(again.tolist())]
    leaders["half"] = [("dev", "held")[number % 2] for number in range(len(leaders))]
    sample = pd.concat([plain, leaders], ignore_index=True)
    address = [f"{collection}/{record}" for record in sample["record"]]
    return pd.DataFrame(
        {
            "url": sample["url"].tolist() if "url" in sample else address,
            "collection": collection,
            "record": sample["record"].tolist(),
            "published": sample["date"].tolist(),
            "half": sample["half"].tolist(),
            "text": sample[text].tolist(),
        }
    )


def sample(messages: Path, headlines: Path, *, seed: int = SEED) -> pd.DataFrame:
    """Draw messages and headlines: url, collection, record, published, half, text."""
    return pd.concat(
        [
            drawn(messages, collection="russia-mfa", text="text_120", size=MESSAGES, seed=seed),
            drawn(headlines, collection="russia-1tv", text="title_en_mt", size=HEADLINES, seed=seed),
        ],
        ignore_index=True,
    )


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("messages", type=Path, help="CSV with the columns date and text_120")
    parser.add_argument("headlines", type=Path, help="CSV with the columns date, title_en_mt and url")
    parser.add_argument("--text", action="store_true", help="print the text of each row too")
    options = parser.parse_args()
    table = sample(options.messages, options.headlines)
    if not options.text:
        table = table.drop(columns="text")
    table.to_csv(sys.stdout, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")


if __name__ == "__main__":
    main()
