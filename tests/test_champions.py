"""The champion: when it answers, that it is believed only whole, and the way back."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import forecast as fc
from forecast.dates import parse_day
from forecast.errors import InputError, ModelError
from forecast.panel.panel import build_panel
from forecast.promotion import champions
from forecast.training import answering, provenance
from forecast.training import champion as reading
from forecast.training.bundle import pack_state, state_hash
from forecast.training.provenance import FITTING, ROWS
from forecast.training.train import Trained, train
from forecast.workspace import load_history

SOURCE = Path(fc.__file__).parent


@pytest.fixture
def own(league, tmp_path) -> Path:
    """A league of one's own."""
    root = tmp_path / "league"
    shutil.copytree(league, root, symlinks=True)
    return root


def asked(root: Path, as_of: str, **question: object):
    return fc.predict("IND-PAK", as_of=as_of, root=root, horizons=[90], **question).iloc[0]


def champion_folder(root: Path) -> Path:
    return (root / "mlruns" / "champion-meeting").resolve()


# --- which model answers ---


@pytest.mark.parametrize(
    ("as_of", "model", "expected"),
    [
        ("2013-12-31", None, "hazard 2013-01-01"),  # the champion has seen this day
        ("2014-01-01", None, "base-rate 2014-01-01"),  # trained on this day, on what was known before it
        ("2018-03-05", None, "base-rate 2014-01-01"),
        ("2018-03-05", "base-rate", "base-rate 2014-01-01"),
        ("2018-03-05", "climatology", "climatology 2018-01-01"),
        ("2013-12-31", "base-rate", "base-rate 2013-01-01"),
    ],
)
def test_the_champion_answers_from_its_day_of_training_on_for_its_own_model(own, as_of, model, expected):
    row = asked(own, as_of, model=model)
    assert f"{row['model_id']} {row['model_version'][:10]}" == expected
    assert "left out" not in row["warnings"]


def test_another_target_has_a_champion_of_its_own(own):
    assert asked(own, "2018-03-05", target="bilateral")["model_id"] == "hazard"


def test_the_champion_answers_to_the_bit_what_a_model_of_its_day_answers(own):
    history = load_history(own)
    day = parse_day("2018-03-05")
    model = train(history, parse_day("2014-01-01"), model="base-rate", target="meeting").model
    rows = build_panel(history.known_before(day), np.array([day]), dyads=["IND-PAK"])
    assert asked(own, "2018-03-05")["probability"] == model.predict_cumulative_incidence(rows.signals, [90])[0, 0]


def test_explanations_and_ranks_ask_the_same_model(own):
    told = fc.explain("IND-PAK", as_of="2018-03-05", root=own, horizon=90, analogues=0).forecast.iloc[0]
    assert told["model_version"] == asked(own, "2018-03-05")["model_version"]
    assert told["probability"] == asked(own, "2018-03-05")["probability"]


def test_a_champion_of_other_rows_is_left_out_with_a_warning(own, monkeypatch):
    monkeypatch.setattr(answering, "rows_fingerprint", lambda: "0" * 64)
    row = asked(own, "2018-03-05")
    assert (row["model_id"], row["model_version"][:10]) == ("hazard", "2018-01-01")
    assert "the champion base-rate 2014-01-01-" in row["warnings"]
    assert "run forecast retrain" in row["warnings"]


def test_asking_the_champion_imports_no_mlflow_and_writes_nothing(own, environment):
    before = sorted(own.rglob("*"))
    probe = (
        "import sys, forecast as fc\n"
        f"row = fc.predict('IND-PAK', as_of='2018-03-05', root={str(own)!r}, horizons=[90]).iloc[0]\n"
        "print(row['model_id'], 'mlflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "base-rate False\n"
    assert sorted(own.rglob("*")) == before


def test_rows_depend_on_no_module_that_is_left_out_of_their_fingerprint():
    todo, seen = ["panel.panel", "models", "models.hazard", "models.baselines", "facts.history"], set()
    while todo:
        module = todo.pop()
        path = SOURCE / f"{module.replace('.', '/')}.py"
        path = path if path.exists() else SOURCE / module.replace(".", "/") / "__init__.py"
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("forecast."):
                name = node.module.removeprefix("forecast.")
                todo += [name, *(f"{name}.{alias.name}" for alias in node.names)]
    files = {f"{module.replace('.', '/')}.py" for module in seen}
    assert {name for name in files if not name.startswith(ROWS)} == {"errors.py"}
    assert {"panel/panel.py", "signals/cube.py", "signals/meetings.py", "models/hazard.py"} <= files


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the package whose fingerprints can be taken after an edit."""
    home = tmp_path / "forecast"
    shutil.copytree(SOURCE, home, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "files", lambda package: home)

    def fingerprints():
        monkeypatch.setattr(provenance, "_recalled", {})
        provenance.rows_fingerprint.cache_clear()
        provenance.code_fingerprint.cache_clear()
        return provenance.rows_fingerprint(), provenance.code_fingerprint()

    yield home, fingerprints
    provenance.rows_fingerprint.cache_clear()
    provenance.code_fingerprint.cache_clear()


def test_an_edit_in_any_other_room_changes_no_fingerprint_of_rows(copied):
    home, fingerprints = copied
    rows, _ = fingerprints()
    others = [part for part in home.iterdir() if part.name not in ROWS]
    assert {"display", "cli", "verbs", "errors.py", "training"} <= {part.name for part in others}
    for part in others:
        for path in [part] if part.is_file() else part.rglob("*.py"):
            path.write_text(path.read_text() + "\n# a comment\nADDED = 1\n")
    assert fingerprints()[0] == rows


def test_comments_docstrings_and_layout_change_no_fingerprint_and_code_does(copied):
    home, fingerprints = copied
    before = fingerprints()
    path = home / "signals" / "tempo.py"
    source = path.read_text()
    path.write_text('"""Said otherwise."""\n\n\n' + source[source.index("from __future__") :] + "\n\n# a comment\n")
    assert fingerprints() == before
    path.write_text(re.sub(r'(def \w+\(.*\n) +""".*?"""\n', r"\1", source, flags=re.DOTALL))
    assert path.read_text().count('"""') < source.count('"""')
    assert fingerprints() == before
    path.write_text(source.replace("365", "366"))
    assert fingerprints()[0] != before[0]
    assert fingerprints()[1] != before[1]


@pytest.mark.parametrize("name", FITTING)
def test_what_the_fingerprint_covers_exists(name):
    assert (SOURCE / name).exists()


# --- whole or not at all ---


@pytest.mark.parametrize("part", ["state.npz", "card.json", "decision.json"])
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_champion_that_was_touched_is_refused_and_a_rollback_helps(own, part, how):
    path = champion_folder(own) / part
    if how == "gone":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"the champion cannot be used: .*'forecast rollback' or 'forecast retrain'"):
        asked(own, "2018-03-05")
    assert fc.rollback(root=own).after.startswith("climatology-meeting-2013-06-01")
    assert asked(own, "2018-03-05")["model_id"] == "climatology"


def test_a_folder_that_holds_another_model_is_refused(own):
    folder = champion_folder(own)
    shutil.copy(next(folder.parent.glob("climatology-*")) / "card.json", folder / "card.json")
    shutil.copy(next(folder.parent.glob("climatology-*")) / "state.npz", folder / "state.npz")
    with pytest.raises(ModelError, match="holds the model of another folder"):
        asked(own, "2018-03-05")


@pytest.mark.parametrize("kind", ["folder", "file", "elsewhere", "dangling"])
def test_something_else_in_the_place_of_the_link_is_refused(own, kind):
    link = own / "mlruns" / "champion-meeting"
    link.unlink()
    if kind == "folder":
        link.mkdir()
    elif kind == "file":
        link.write_text("hazard", encoding="utf-8")
    else:
        link.symlink_to("champions" if kind == "elsewhere" else "champions/hazard-meeting-2011-01-01-00000000")
    with pytest.raises(ModelError, match="retrain"):
        asked(own, "2018-03-05")


def test_a_reader_under_whose_eyes_the_champion_changes_reads_the_new_one_whole(own, monkeypatch):
    """The old folder is even gone before the reader has opened it."""
    old, read = champion_folder(own), reading.load_bundle

    def late(folder: Path):
        if folder == old and old.exists():
            champions.switch(own, "meeting", next(old.parent.glob("climatology-*")).name, by="promote")
            shutil.rmtree(old)
        return read(folder)

    monkeypatch.setattr(reading, "load_bundle", late)
    monkeypatch.setattr(champions, "read_folder", lambda folder: None)
    assert reading.read_champion(own, "meeting").trained.card.model_id == "climatology"


def test_where_no_link_can_be_made_the_old_champion_stays(own, monkeypatch):
    before = asked(own, "2018-03-05")["probability"]

    def refused(self, target, target_is_directory=False):
        raise OSError(1, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    with pytest.raises(InputError, match=r"champion-meeting: cannot be replaced: A required privilege"):
        fc.rollback(root=own)
    assert asked(own, "2018-03-05")["probability"] == before
    assert fc.status(root=own)["targets"]["meeting"]["champion"]["model"] == "base-rate"


# --- there and back ---


def version_of(root: Path, model: str) -> str:
    (folder,) = (root / "mlruns" / "champions").glob(f"{model}-meeting-*")
    return reading.NAME.fullmatch(folder.name)["version"]


def test_promotions_and_rollbacks_go_there_and_back(own):
    names = [fc.status(root=own)["targets"]["meeting"]["champion"]["name"]]
    again = fc.promote(version_of(own, "climatology"), root=own)
    assert (again.before, again.warning) == (names[0], "")
    assert fc.promote(version_of(own, "base-rate"), root=own).after == names[0]
    # Back through climatology, base rate, climatology: each rollback undoes one promotion.
    assert [fc.rollback(root=own).after[:9] for _ in range(3)] == ["climatolo", "base-rate", "climatolo"]
    with pytest.raises(ModelError, match="there is no former champion for meeting to go back to"):
        fc.rollback(root=own)


def test_a_champion_of_an_earlier_format_is_left_out_with_a_warning(own):
    """An update of the program must not stop the forecasts of a job that runs unattended."""
    card = champion_folder(own) / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text(encoding="utf-8")) | {"format": 1}), encoding="utf-8")
    row = asked(own, "2018-03-05")
    assert row["model_version"].startswith("2018-01-01-")
    assert row["warnings"] == "the champion is left out: another version of the program stored it; run forecast retrain"


def test_a_crash_between_order_and_link_is_seen_in_the_order(own):
    """The order of champions is written before the link: as long as the link is the old one, so is the order."""
    journal = own / "mlruns" / "champions" / "meeting.json"
    told = json.loads(journal.read_text(encoding="utf-8"))
    ahead = {"before": told["after"], "after": [*told["after"], {"name": "x-meeting-2015-01-01-00000000"}]}
    journal.write_text(json.dumps(ahead), encoding="utf-8")
    assert reading.read_journal(own, "meeting") == told["after"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"before": 1}', '{"before": [], "after": []}'])
def test_where_the_order_is_lost_the_folders_tell_it(own, text):
    (own / "mlruns" / "champions" / "meeting.json").write_text(text, encoding="utf-8")
    assert [name[:9] for name in reading.former_names(own, "meeting")] == ["climatolo"]
    assert fc.rollback(root=own).after.startswith("climatology")


def test_the_last_ten_former_champions_are_kept_and_what_was_never_used_goes(own):
    champion = reading.read_champion(own, "meeting")
    some, decision = champion.trained, champion.decision

    def exported(day: str) -> str:
        sha256 = state_hash(pack_state(some.model), day)
        card = replace(
            some.card, model_version=f"{day}-{sha256[:8]}", trained_as_of=day, last_as_of="2014-01-01",
            state_sha256=sha256,
        )  # fmt: skip
        return champions.export_champion(own, Trained(some.model, card), decision)

    made = [exported(f"2014-02-{day:02d}") for day in range(1, 14)]
    unused = exported("2014-03-01")
    for name in made:
        champions.switch(own, "meeting", name, by="promote")
    former = reading.former_names(own, "meeting")
    gone = champions.prune(own, "meeting")
    assert unused in gone
    assert reading.champion_name(own, "meeting") == made[-1]
    assert reading.former_names(own, "meeting") == former[: champions.KEPT]
    assert fc.rollback(root=own).after == made[-2]


def test_a_damaged_folder_is_set_aside_and_not_deleted(own):
    champion = reading.read_champion(own, "meeting")
    (champion.folder / "state.npz").write_bytes(b"torn")
    name = champions.export_champion(own, Trained(champion.trained.model, champion.trained.card), champion.decision)
    (aside,) = (own / "mlruns" / "champions" / "broken").iterdir()
    assert (aside / "state.npz").read_bytes() == b"torn"
    assert reading.read_champion(own, "meeting").folder.name == name


def test_an_unknown_version_is_refused_with_those_that_exist(own):
    with pytest.raises(
        ModelError, match=r"no version '2020' for meeting; retrainings made 2013-06-01-\w{8}, 2014-01-01-"
    ):
        fc.promote("2020", root=own)
