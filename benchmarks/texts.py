"""Speed and memory of the coding of texts: an article of 5,000 words, and the releases of a publisher.

Run ``python benchmarks/texts.py [FILE.jsonl.gz]``: CPU seconds and peak memory of ``forecast code`` on the articles of
the sample joined to 5,000 words and, with a file of releases of the White House, of ``forecast ingest white-house`` on
all of them, in one process. CPU seconds are what the work takes on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
ARTICLES = TOP / "tests" / "gold" / "text" / "articles"
COMMAND = (sys.executable, "-c", "from forecast.cli.main import main; main()")
WORDS = 5000


def measured(*arguments: str) -> tuple[float, float, str]:
    """CPU seconds, peak memory in MiB and the last line of progress of one command."""
    with tempfile.TemporaryFile("w+") as progress:
        process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=progress)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        progress.seek(0)
        lines = progress.read().splitlines()
    if process.returncode:
        raise SystemExit("\n".join(lines))
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, lines[-1] if lines else ""


def main() -> None:
    """Print what the commands take."""
    parser = argparse.ArgumentParser(description="Measure the coding of texts.")
    parser.add_argument("releases", nargs="?", type=Path, help="releases of the White House, one JSON object a line")
    releases = parser.parse_args().releases
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        shutil.copytree(TOP / "data" / "raw", root / "data" / "raw")
        words = " ".join(path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*.md"))).split(" ")
        article = root / "article.txt"
        article.write_text(" ".join((words * (WORDS // len(words) + 1))[:WORDS]), encoding="utf-8")
        for publisher in ("", "white-house"):
            options = ("--publisher", publisher) if publisher else ()
            seconds, peak, _ = measured("code", str(article), "--published", "2023-09-29", *options)
            print(f"article of {WORDS:,} words, publisher {publisher or 'none'}: {seconds:.1f} CPU s, {peak:.0f} MiB")
        if releases:
            seconds, peak, last = measured("ingest", "white-house", str(releases), "--root", place)
            print(f"{releases.name}: {seconds:.0f} CPU s, {peak:.0f} MiB; {last}")


if __name__ == "__main__":
    main()
