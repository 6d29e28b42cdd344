"""Every verb of the command runs once on a small workspace; what each does has tests of its own."""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from conftest import quick_audit
from forecast.cli.main import main
from publisher_host import FILES

VISIT = "known_on=2018-02-20,source=PAK,recipient=IND,event=CONSULT,mode=visit,level=minister"

#: Verb -> a call, in an order in which each finds what it needs.
CALLS = {
    "check": "check",
    "signals": "signals",
    "train": "train --as-of 2013-01-01 --model recurrence --no-track",
    "predict": "predict IND-PAK --as-of 2018-03-01 --record",
    "explain": "explain IND-PAK --as-of 2018-03-01 --analogues 1",
    "whatif": f"whatif IND-PAK --as-of 2018-03-01 --add {VISIT}",
    "rank": "rank --focal IND --as-of 2018-03-01",
    "report": "report IND-PAK --as-of 2018-03-01 --output report.html",
    "backtest": "backtest --start 2017-01 --end 2017-03 --model climatology --horizon 30 --output scored --no-track",
    "export": "export scored/forecasts.csv --output hub",
    "verify": "verify scored/forecasts.csv",
    "audit": "audit --trials 1 --model base-rate",
    "drift": "drift --as-of 2018-06-01",
    "retrain": "retrain --as-of 2015-01-01 --model base-rate",
    "status": "status --format json",
    "promote": "promote {former}",
    "rollback": "rollback",
    "run": "run --as-of 2018-03-05 --model climatology",
    "questions": "questions listing.json --as-of 2018-03-01",
    "init": "init laid-out",
    "ledger": "ledger new RUS-CHN",
    "code": "code text.txt --published 2018-03-01",
    "ingest": "ingest state-department records --root coded",
    "update": f"update --from {FILES} --dry-run --list --root coded",
}


def test_every_verb_runs(league, tmp_path):
    assert sorted(CALLS) == sorted(main.commands)
    here = Path(shutil.copytree(league, tmp_path / "ws", symlinks=True))
    shutil.copytree(FILES / "travels", here / "records")
    shutil.copytree(FILES / "visits" / "data", here / "records" / "visits")
    (here / "coded" / "data" / "raw").mkdir(parents=True)
    (here / "forecast.toml").write_text('sources = []\nfocal = ["IND"]\n', encoding="utf-8")
    listing = [{"id": "1", "question": "Will it rain?", "outcomeType": "BINARY", "probability": 0.5}]
    (here / "listing.json").write_text(json.dumps(listing), encoding="utf-8")
    (here / "text.txt").write_text("India's Prime Minister Narendra Modi visited Nepal on Monday.", encoding="utf-8")
    former = ""
    # A store of MLflow takes ten seconds to import and to make; what is logged has tests of its own.
    logged = {"run_id": "", "version": "", "problem": ""}
    with (
        contextlib.chdir(here),
        quick_audit(),
        patch("forecast.verbs.retrain.keep_run", return_value=logged),
        patch("forecast.verbs.retrain.mirror", return_value=""),
        patch("forecast.verbs.promote.mirror", return_value=""),
    ):
        for verb, call in CALLS.items():
            done = CliRunner().invoke(main, shlex.split(call.format(former=former)))
            assert done.exit_code == 0, f"forecast {call}: {done.output}"
            if verb == "status":
                name = json.loads(done.stdout)["targets"]["meeting"]["former"][0]
                card = json.loads((here / "mlruns" / "champions" / name / "card.json").read_text(encoding="utf-8"))
                former = card["model_version"]
