"""The command `forecast audit`: its table, its exit code, and how it finds a user's own signals."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from forecast.cli.main import main
from forecast.leakage.audit import COLUMNS, PROOFS
from forecast.verbs.audit import table

# Whole audits by the command; one is in the smoke run.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_permutations")]

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "audit.md").read_text(encoding="utf-8")
LEAK = '''
from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from forecast.signals.cube import Selector
from forecast.signals.declare import ComputedSignal, Signal
from forecast.signals.view import View


@dataclass(frozen=True)
class Look:
    """A function with a memory."""

    ahead: bool

    def __call__(self, view: View):
        seen = float(len(view._cube.history.events)) if self.ahead else 0.0
        return pd.DataFrame({"look__events": [seen] * len(view.dyads)})


AHEAD = ComputedSignal("look", "all facts there are", Look(ahead=True))
BEHIND = [
    ComputedSignal("look", "nothing", Look(ahead=False)),
    Signal("mine__visits__99d", "visits of ministers", Selector(level=("minister",)), window_days=99),
]
NUMBER = 7
'''


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(LEAK, encoding="utf-8")
    return path


def audit(root: Path, *words: object) -> Result:
    said = ["audit", "--root", str(root), "--model", "climatology", "--trials", "1", *(str(word) for word in words)]
    return CliRunner().invoke(main, said, catch_exceptions=False)


def test_an_honest_workspace_exits_with_zero(neighbours, mine):
    done = audit(neighbours, "--signals", f"{mine}:BEHIND", "--as-of", "2013-03-04")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["test", "trials", "rows", "failures", "worst", "difference", "allowed"]
    for proof in PROOFS:
        (line,) = [line for line in lines if line.startswith(proof)]
        trials, rows, failures, worst, allowed = line.removeprefix(proof).split()
        assert (int(trials), int(failures)) == (1, 0)
        assert int(rows) > 0
        assert float(worst) <= float(allowed)
    assert re.fullmatch(r"as of 2013-03-04 201\d-\d\d-\d\d", lines[-1])
    assert max(len(line) for line in lines) <= 80


def test_a_leak_exits_with_a_code_of_its_own_and_names_the_signal(neighbours, mine):
    done = audit(neighbours, "--signals", f"{mine}:AHEAD", "--seed", "2")
    assert done.exit_code == 8
    assert done.stderr == "forecast: poisoned future, truncation, late arrival, mirror found a leak\n"
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("truncation: ")]
    assert re.fullmatch(
        r"truncation: [A-Z]{3}-[A-Z]{3} as of \d{4}-\d\d-\d\d, look__events: \d+\.0 became \d+\.0", line
    )
    assert done.stdout.count("    changed: look__events\n") == 4


def test_the_signals_of_the_reference_pass_and_fail_once_they_look_ahead(neighbours, tmp_path):
    section = REFERENCE.split("## Your own signals")[1].partition("\n## ")[0]
    (block,) = re.findall(r"```python\n(.*?)```", section, re.S)
    path = tmp_path / "mine.py"
    path.write_text(block, encoding="utf-8")
    words = ["--signals", f"{path}:VISITS", "--signals", f"{path}:FACTS"]
    assert audit(neighbours, *words).exit_code == 0
    path.write_text(block.replace("view.events(Selector())", "view._cube.slice(Selector())"), encoding="utf-8")
    done = audit(neighbours, *words)
    assert done.exit_code == 8
    assert "mirror" in done.stderr


def test_nothing_is_written_beside_a_file_of_signals(neighbours, mine):
    before = sorted(mine.parent.rglob("*"))
    audit(neighbours, "--signals", f"{mine}:BEHIND")
    assert sorted(mine.parent.rglob("*")) == before


def test_signals_of_a_module_are_found_and_two_of_one_name_refused(neighbours):
    done = audit(neighbours, "--signals", "forecast.signals.meetings:SIGNALS")
    assert done.exit_code == 3
    assert done.stderr == ("forecast: signal meetings__count__180d: there are two signals of this name; rename yours\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--signals", "{mine}:NUMBER"], 3, "NUMBER holds 7, which is no Signal and no ComputedSignal"),
        (["--signals", "{mine}:ABSENT"], 3, "has no ABSENT"),
        (["--signals", "{mine}"], 3, "is no package.module:NAME and no file.py:NAME"),
        (["--signals", "no_such_module:X"], 3, "cannot be imported (ModuleNotFoundError"),
        (["--as-of", "2026-01-01"], 5, "outcomes of 90 days are resolved"),
        (["--as-of", "2999-01-01"], 5, "is after today"),
        (["--trials", "0"], 2, "0 is not in the range"),
    ],
)
def test_a_mistake_has_its_exit_code(neighbours, mine, words, code, said):
    done = audit(neighbours, *(word.format(mine=mine) for word in words))
    assert done.exit_code == code
    assert said in done.stderr


def test_a_file_that_fails_says_how(neighbours, tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("1 / 0", encoding="utf-8")
    done = audit(neighbours, "--signals", f"{path}:X")
    assert done.exit_code == 3
    assert "broken.py: cannot be run (ZeroDivisionError: division by zero)" in done.stderr


def test_the_table_says_what_is_missing_and_what_compared_nothing():
    empty = dict.fromkeys(COLUMNS, "") | {
        "trials": 0,
        "rows": 0,
        "failures": 0,
        "worst_difference": 0.0,
        "allowed": 0.0,
    }
    rows = pd.DataFrame(
        [
            empty | {"test": "mirror", "passed": False, "tried": "0 meetings", "as_ofs": ""},
            empty
            | {
                "test": "late arrival", "passed": False, "tried": "120 facts", "as_ofs": "2001-02-03", "trials": 1,
                "rows": 2000000, "failures": 1999999, "worst_difference": float("inf"), "dyad": "IND-PAK",
                "as_of": "2001-02-03", "signal": "x__" + "y" * 90, "before": "missing", "after": "0.1", "changed": "z",
            },
        ]
    )  # fmt: skip
    lines = str(table(rows)).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "mirror: compared nothing" in lines
    assert [line.split() for line in lines if line.startswith("late arrival ")] == [
        ["late", "arrival", "1", "2000000", "1999999", "missing", "0"]
    ]
    assert lines[-1] == "as of 2001-02-03"
