"""Draw the gold sample of White House documents: which documents are to be read, before any of them is coded.

``python benchmarks/gold_text_sample.py documents.jsonl.gz`` prints 300 documents of the corpus given, one line each:
address, day of publication, half and stratum. The documents file of `tests/gold/text/` begins as this table.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sys
from pathlib import Path
from typing import Final

import numpy as np

SEED: Final = 20261127
SIZES: Final = {"readouts": 100, "briefings": 40, "diplomatic": 60, "others": 100}

# A word in a title that speaks of an interaction.
INTERACTION: Final = re.compile(
    r"readout|\bcalls?\b|visit|meet|travel|trip\b|summit|bilateral|welcome|\bhost|dialogue|consult|joint statement",
    re.I,
)
# Offices and settings that are foreign in most documents of this publisher.
ABROAD: Final = (
    r"prime minister|foreign minister|minister of|chancellor|\bking\b|\bqueen\b|\bamir\b|\bemir\b|sultan|crown prince|"
    r"\bpope\b|taoiseach|ambassador|secretary[- ]general|head of state|heads of state|foreign leader|counterpart|"
    r"diplomat|embassy|bilateral|\bsummit\b|\bG-?7\b|\bG-?20\b|\bNATO\b|\bAPEC\b|\bASEAN\b|\bQuad\b|AUKUS|"
    r"European (?:Union|Council|Commission)|United Nations|national security advisor|sanction"
)
# Beginnings of names of states and peoples. Georgia, Jordan and Chad stand for more than states: that is broad enough.
STATES: Final = (
    "Afghan|Albania|Algeria|Andorra|Angola|Antigua|Argentin|Armenia|Australia|Austria|Azerbaijan|Bahamas|Bahrain|"
    "Bangladesh|Barbados|Belarus|Belgi|Belize|Benin|Bhutan|Bolivia|Bosnia|Botswana|Brazil|Britain|British|Brunei|"
    "Bulgaria|Burkina|Burma|Burundi|Cabo Verde|Cambodia|Cameroon|Canad|Caribbean|Central Afric|Chad\\b|Chile|China|"
    "Chinese|Colombia|Comoros|Congo|Costa Rica|Croatia|Cuba|Cyprus|Czech|Denmark|Danish|Djibouti|Dominica|Ecuador|"
    "Egypt|Salvador|Emirat|Eritrea|Estonia|Eswatini|Ethiopia|Fiji|Finland|Finnish|France|French|Gabon|Gambia|Gaza|"
    "Georgia|German|Ghana|Greece|Greek|Grenada|Guatemala|Guinea|Guyana|Haiti|Holy See|Hondura|Hungar|Iceland|India\\b|"
    "Indian\\b|Indonesia|Iran|Iraq|Ireland|Irish|Israel|Ital[iy]|Ivory Coast|Ivoire|Jamaica|Japan|Jordan|Kazakh|Kenya|"
    "Kiribati|Korea|Kosovo|Kuwait|Kyrgyz|Laos|Latvia|Leban|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|"
    "Madagascar|Malawi|Malaysia|Maldives|Mali\\b|Malta|Marshall Islands|Mauritania|Mauritius|Mexic|Micronesia|Moldova|"
    "Monaco|Mongolia|Montenegr|Morocc|Mozambique|Myanmar|Namibia|Nauru|Nepal|Netherlands|Dutch|New Zealand|Nicaragua|"
    "Niger|Macedonia|Norw|Oman|Pakistan|Palau|Palestin|Panama|Paraguay|Peru|Philippin|Poland|Polish|Portug|Qatar|"
    "Romania|Russia|Rwanda|Samoa|Saudi|Senegal|Serbia|Seychelles|Sierra Leone|Singapore|Slovak|Slovenia|Solomon|"
    "Somali|South Africa|Spain|Spanish|Sri Lanka|Sudan|Suriname|Swed|Switzerland|Swiss|Syria|Taiwan|Tajik|Tanzania|"
    "Thai|Timor|Togo|Tonga|Trinidad|Tunisia|Turk|Tuvalu|Uganda|Ukrain|United Kingdom|U\\.K\\.|Uruguay|Uzbek|Vanuatu|"
    "Vatican|Venezuela|Vietnam|Yemen|Zambia|Zimbabwe|Europe|Africa|Asia|Middle East|Latin America|Pacific"
)
NET: Final = re.compile(rf"{ABROAD}|\b(?:{STATES})", re.I)
# What a briefing says of the days to come: loose on purpose.
AHEAD: Final = re.compile(r"week ahead|\b(?:will|to) (?:host|welcome|travel|meet|visit|depart|participate)", re.I)


def stratum(document: dict[str, str]) -> str:
    """Name the stratum from which a document can be drawn."""
    title, text = document["title"], document["text"]
    if document["section"] == "statements-releases" and INTERACTION.search(title) and NET.search(title):
        return "readouts"
    if document["section"] == "press-briefings" and NET.search(text) and AHEAD.search(text):
        return "briefings"
    return "diplomatic" if NET.search(title) or NET.search(text) else "others"


def sample(path: Path, *, seed: int = SEED) -> list[tuple[str, str, str, str]]:
    """Draw the documents of each stratum; one half of each is for development, the other is held."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = sorted((json.loads(line) for line in lines), key=lambda document: str(document["url"]))
    frames: dict[str, list[dict[str, str]]] = {name: [] for name in SIZES}
    for document in documents:
        frames[stratum(document)].append(document)
    rng = np.random.default_rng(seed)
    drawn = []
    for name, size in SIZES.items():
        for rank, at in enumerate(rng.permutation(len(frames[name]))[:size].tolist()):
            document = frames[name][at]
            half = "dev" if rank < size // 2 else "held"
            drawn.append((document["url"], document["published"][:10], half, name))
    return sorted(drawn, key=lambda row: (row[2], row[1], row[0]))


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description="Draw the gold sample of White House documents.")
    parser.add_argument("corpus", type=Path, help="the corpus, one JSON object a line, compressed with gzip")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["url", "published", "half", "stratum"])
    writer.writerows(sample(parser.parse_args().corpus))


if __name__ == "__main__":
    main()
