"""Every command and every example of the documentation is run, page by page, as a reader would."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from documentation_examples import blocks, commands, disagreement, renewed, renewed_page
from forecast.cli.main import main

# Runs every example of every page.
pytestmark = pytest.mark.slow

TOP = Path(__file__).resolve().parent.parent.parent
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
RUNNABLE = {"sh", "console", "python"}
WITH_EXAMPLES = [page for page in PAGES if any(block.kind in RUNNABLE for block in blocks(page))]
FILES = {block.name: block.text for page in PAGES for block in blocks(page) if block.name}
OWN = {page: {block.name: block.text for block in blocks(page) if block.name} for page in PAGES}  # of one name: its own

#: Commands that take minutes on the shipped facts -> the same verb on a workspace with one small ledger.
SMALL = {
    "forecast backtest --start 2005-01-01 --end 2014-12-01 --focal USA": "backtest --start 2017-01 --end 2017-06",
    "forecast train --as-of 2023-01-01": "train --as-of 2018-01-01",
    "forecast drift": "drift --as-of 2018-06-01",
    "forecast drift --as-of 2024-06-01": "drift --as-of 2018-06-01",
    "forecast audit": "audit --trials 1",
    "forecast audit --signals mine.py:THAW": "audit --trials 1 --signals {here}/mine.py:THAW",
}
#: Commands that are run shorter, in the same workspace: another model needs no training of half a minute.
SHORT = {
    "forecast predict China-India --as-of 2019-12-01": "predict China-India --as-of 2019-12-01 --model base-rate",
}
#: Commands that need the network or a folder of the reader's, or choose a champion -> the tests that run them.
ELSEWHERE = {
    "forecast update": "tests/test_updating.py",
    "forecast update --dry-run": "tests/test_updating.py",
    "forecast ingest white-house FILE": "tests/test_coding_texts.py",
    "forecast ingest russia DIR": "tests/coding/test_headlines.py",
    "forecast ingest gdelt FILES...": "tests/readers/test_events.py",
    "forecast ingest state-department DIR": "tests/coding/test_state_department_files.py",
    "forecast init DIR": "tests/test_clean_install.py",
    "forecast verify --log": "tests/monitoring/test_forecast_log.py",
    "forecast retrain": "tests/test_retraining.py",
    "forecast run": "tests/test_running.py",
    "forecast promote VERSION": "tests/test_champions.py",
    "forecast rollback": "tests/test_champions.py",
}
_CODE = "forecast code article.txt --published 2023-09-29"
ELSEWHERE |= dict.fromkeys(
    (
        f"{_CODE} --format csv --output candidates.csv",
        "forecast code ARTICLE --format csv --output candidates.csv",
        "forecast ledger review candidates.csv",
        "forecast ledger add candidates.csv --to articles",
    ),
    "tests/test_coding_texts.py",
)
ELSEWHERE[f"{_CODE} --engine llm --endpoint http://localhost:8080/v1 --model NAME"] = (
    "tests/coding/test_language_model.py"
)
#: Command -> the page on which it is run, if need be where its output is shown: once is enough for those that leave
#: nothing that a later one needs.
FIRST: dict[str, Path] = {}
for _kind in ("console", "sh"):
    for _page in PAGES:
        for _block in blocks(_page):
            for _command in commands(_block) if _block.kind == _kind else []:
                if re.match(r"forecast (?!init|predict)", _command.words):
                    FIRST.setdefault(_command.words, _page)
#: Where a page tells of a machine of the reader's, its commands are parsed: a schedule has tests of its own.
ON_A_SERVER = "--root /srv/"
#: What was run already: on a small workspace once is enough.
DONE: set[str] = set()


class Reader:
    """Somebody who types what a page says."""

    def __init__(self, page: Path, here: Path, *, small: Path, kept: Path) -> None:
        self.page, self.here, self.small, self.kept = page, here, small, kept
        self.names: dict = {"__name__": "example"}
        self.variables: dict[str, str] = {}

    def types(self, words: str) -> str:
        """Run a line and give what it prints."""
        if words.startswith("forecast "):
            return self.forecasts(words)
        if target := re.fullmatch(r"make ([a-z]+)", words):
            assert re.search(rf"^{target[1]}:", (TOP / "Makefile").read_text(encoding="utf-8"), flags=re.M)
        elif script := re.fullmatch(r"\.venv/bin/python (\S+)", words):
            assert (TOP / script[1]).is_file()
        elif variable := re.fullmatch(r"export ([A-Z_]+)=(.*)", words):
            self.variables[variable[1]] = variable[2].replace("$PWD", str(self.here))
        elif words.startswith("cd "):
            self.here = self.here / words.removeprefix("cd ")
            assert self.here.is_dir()
            for name, text in (FILES | OWN[self.page]).items():
                (self.here / name).write_text(text, encoding="utf-8")
        elif words.startswith("cp "):
            source, goal = (self.here / name for name in words.split()[1:])
            shutil.copy(source, goal)
        elif extra := re.fullmatch(r"pip install '?\.(?:\[([a-z]+)\])?'?", words):
            told = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
            assert extra[1] is None or extra[1] in told["project"]["optional-dependencies"]
        else:
            pytest.fail(f"nobody checks the command {words!r}")
        return ""

    def forecasts(self, words: str) -> str:
        parse(words)
        if words in ELSEWHERE and not (words == "forecast verify --log" and (self.here / "forecast-log").is_dir()):
            assert (TOP / ELSEWHERE[words]).is_file()
            return ""
        if ON_A_SERVER in words or FIRST.get(words, self.page) != self.page:
            return ""
        said = SMALL.get(words) or SHORT.get(words) or words.removeprefix("forecast ")
        if words in SMALL and said in DONE:
            return ""
        arguments = shlex.split(said.format(here=self.here) if words in SMALL else said)
        place = self.small if words in SMALL else self.here
        with contextlib.chdir(place):
            done = CliRunner(env=self.variables).invoke(main, arguments)
        assert done.exit_code == 0, f"{words}: {done.output}"
        DONE.add(said)
        if arguments[0] == "init":
            link_kept(self.here / arguments[1], self.kept)
        return done.stdout

    def executes(self, text: str) -> None:
        """Run Python in the workspace, with the names of the page's earlier blocks."""
        before = set(sys.modules)
        sys.path.insert(0, str(self.here))
        try:
            with contextlib.chdir(self.here):
                exec(compile(text, "example", "exec"), self.names)
        finally:
            sys.path.remove(str(self.here))
            for name in set(sys.modules) - before:
                if getattr(sys.modules[name], "__file__", None) and str(self.here) in str(sys.modules[name].__file__):
                    del sys.modules[name]


def parse(words: str) -> None:
    """Hold that a verb takes these words; nothing is run."""
    with main.make_context("forecast", shlex.split(words)[1:]) as top:
        verb, command, rest = main.resolve_command(top, [*top._protected_args, *top.args])
        command.make_context(verb, list(rest), parent=top)


def link_kept(root: Path, kept: Path) -> None:
    """Trained models and rows for training are shared, so that each is made once."""
    for place in ("mlruns/models", "data/features"):
        (kept / place).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(root / place, ignore_errors=True)
        (root / place).parent.mkdir(exist_ok=True)
        (root / place).symlink_to(kept / place)


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: str(page.relative_to(TOP)))
def test_the_examples_of_a_page_run(page, trained, rivals, tmp_path):
    here = tmp_path / "ws"
    shutil.copytree(trained / "data", here / "data", ignore=shutil.ignore_patterns("features"))
    link_kept(here, trained)
    reader = Reader(page, here, small=rivals, kept=trained)
    for name, text in (FILES | OWN[page]).items():
        (here / name).write_text(text, encoding="utf-8")
    for block in blocks(page):
        if block.kind == "python" and block.name is None:
            reader.executes(block.text)
        elif block.kind in ("sh", "console"):
            for command in commands(block):
                printed = reader.types(command.words)
                if command.prints is not None:
                    if os.environ.get("FORECAST_RENEW"):
                        text = page.read_text(encoding="utf-8")
                        page.write_text(renewed_page(text, block.pad, command.prints, printed), encoding="utf-8")
                        continue
                    assert disagreement(command.prints, printed) is None, f"{page.name}, line {block.line}"


def test_the_readme_shows_what_the_demo_prints(trained):
    text = (TOP / "README.md").read_text(encoding="utf-8")
    shown = text.partition("`make demo` prints")[2].partition("```\n")[2].partition("```")[0]
    asked = re.search(
        r"^demo:.*\n\t\$\(BIN\)/forecast (.*)$", (TOP / "Makefile").read_text(encoding="utf-8"), flags=re.M
    )
    done = CliRunner().invoke(main, [*shlex.split(asked[1]), "--root", str(trained)])
    # Versions of the model and of the data are those of the day on which the README was written.
    stable = re.sub(r"(hazard \d{4}-\d\d-\d\d-)[0-9a-f]{8}, data [0-9a-f]{12}", r"\1..., data ...", shown)
    if os.environ.get("FORECAST_RENEW"):
        (TOP / "README.md").write_text(text.replace(shown, renewed(shown, done.stdout)), encoding="utf-8")
        return
    assert disagreement(stable, done.stdout) is None


def test_no_exception_outlives_its_example():
    told = {command.words for page in PAGES for block in blocks(page) if block.kind in ("sh", "console")
            for command in commands(block)}  # fmt: skip
    assert {*SMALL, *SHORT, *ELSEWHERE} <= told


def test_each_block_says_what_it_is():
    """A block of commands without a language would not be run."""
    bare = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for kind, body in re.findall(r"^ *```([^\n]*)\n(.*?)^ *```$", text, flags=re.M | re.S):
            if not kind and re.search(r"^\s*(?:\$ )?(?:forecast|make|pip) [a-z]", body, flags=re.M):
                bare.append(f"{page.name}: {body[:60]!r}")
    assert bare == []


@pytest.mark.parametrize(
    ("shown", "printed", "agrees"),
    [
        ("89.7%  79.8% to 95.3%", "89.9% 79.0% to 95.3%", True),
        ("89.7%", "80.0%", False),
        ("(90% interval 2.1% to 20.9%).", "(90% interval 2.3% to\n20.9%).", True),
        ("model hazard 2023-01-01-..., data ...", "model hazard 2023-01-01-9a61ce76, data 7ae3c100ff12", True),
        ("model hazard 2023-01-01-..., data ...", "model hazard 2022-01-01-9a61ce76, data 7ae3c100ff12", False),
        ("first ... last", "first and then the last", True),
        ("first last", "first and then the last", False),
    ],
)
def test_what_is_stable_is_compared(shown, printed, agrees):
    assert (disagreement(shown, printed) is None) == agrees
