"""A new computed family of signals is one new file: the catalogue, the panel, explanations and the verbs follow."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import forecast

FAMILY = '''"""Whether the as-of date lies in winter."""

from __future__ import annotations

from typing import Final

import pandas as pd

from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View


def in_winter(view: View) -> pd.DataFrame:
    """1 from December to February, the same for every dyad."""
    month = view.as_of.astype("datetime64[M]").astype(int) % 12 + 1
    return pd.DataFrame({"winter__now": [float(month in (12, 1, 2))] * len(view.dyads)})


WORDS: Final = {"winter": "the cold season"}

SIGNALS: Final = (ComputedSignal("winter", "the season", in_winter, {"winter__now": ("share", "1 in winter, else 0")}),)
'''
PROGRAM = """
import numpy as np, forecast as fc
from forecast.backtesting.ablation import families
from forecast.explanation.result import WORDS
from forecast.panel.panel import build_panel
from simulated_histories import simulate_history
day = np.datetime64
history = simulate_history(start=day("2000-01-01"), end=day("2009-12-31"), daily_rates={"FRA": 0.01})
rows = build_panel(history, np.array([day("2008-01-01"), day("2008-07-01")]), dyads=["USA-FRA"])
print(rows.signals["winter__now"].tolist())
print(fc.catalogue().set_index("name").loc["winter__now", "description"], "winter" in families())
print(WORDS["winter"])
"""


def test_one_file_makes_a_family(tmp_path):
    shutil.copytree(Path(forecast.__file__).parent, tmp_path / "forecast", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "forecast" / "signals" / "winter.py").write_text(FAMILY, encoding="utf-8")
    shutil.copy(Path(__file__).parents[1] / "simulated_histories.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[1.0, 0.0]", "1 in winter, else 0 True", "the cold season"]
