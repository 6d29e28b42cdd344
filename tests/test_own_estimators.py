"""Estimators and signals of the user's own: as objects, from a file, and registered by another distribution."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

import forecast as fc
from forecast.cli.main import main
from forecast.errors import InputError, ModelError, OtherVersionError
from forecast.models import MODELS, make_model, model_name
from forecast.models.baselines import BaseRate
from forecast.models.hazard import HazardModel
from forecast.models.ridge import RidgeModel
from forecast.signals.cube import Selector
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.bundle import load_bundle, pack_state, save_bundle
from forecast.training.splits import PeriodSplit
from forecast.training.train import train
from forecast.workspace import load_history

pytestmark = pytest.mark.slow  # trains models several times over

SPAN = {"start": "2016-01", "end": "2018-06", "horizons": [90]}
AS_OF = "2018-03-01"
FOREST = HazardModel(RandomForestClassifier(5, min_samples_leaf=5, random_state=0), resamples=2)
BOOSTED = HazardModel(HistGradientBoostingClassifier(max_iter=5, random_state=0), resamples=2)
COMMAND = (sys.executable, "-c", "from forecast.cli.main import main; main()")
VISITS = Signal("mine__visits__90d", "ministers' visits in 90 days", Selector(level=("minister",)), window_days=90)


@pytest.fixture
def own(rivals, tmp_path):
    """The ledger of the rivals in a workspace of the test's own."""
    shutil.copytree(rivals, tmp_path / "ws", ignore=shutil.ignore_patterns("mlruns"))
    return tmp_path / "ws"


class Halved(BaseRate):
    """Half the pooled rate, as somebody's own model."""

    def __init__(self, *, share: float = 0.5) -> None:
        self.share = share

    def _hazards(self, X):
        return super()._hazards(X) * self.share


class Coin(BaseEstimator):
    """The least that a backtest needs."""

    def __init__(self, probability=0.5):
        self.probability = probability

    def fit(self, X, y):
        self.n_rows_ = len(X)
        return self

    def predict_cumulative_incidence(self, X, horizons):
        return np.full((len(X), len(horizons)), self.probability)


# --- names and objects ---


def test_a_model_is_called_by_its_name_or_by_what_was_set():
    assert model_name("hazard") == "hazard"
    assert model_name(RidgeModel()) == "RidgeModel()"
    assert model_name(FOREST).startswith("HazardModel(classifier=RandomForestClassifier(")
    assert "\n" not in model_name(FOREST)
    made = make_model(FOREST)
    assert made is not FOREST
    assert made.classifier is not FOREST.classifier


class Careless(BaseEstimator):
    """Changes a parameter when it is made, so that it cannot be cloned."""

    def __init__(self, share=(1,)):
        self.share = list(share)

    fit = predict_proba = lambda self, X, y=None: self


NO_MODELS = [
    (RidgeModel, r"RidgeModel is a class; make an estimator of it: RidgeModel\(\)"),
    (
        RandomForestClassifier(),
        "RandomForestClassifier is a classifier, which knows no horizons; put it into a",
    ),
    (Pipeline([("last", LogisticRegression())]), "Pipeline is a classifier"),
    (
        object(),
        "object is no model, for it lacks fit and get_params and predict_cumulative_incidence or",
    ),
    (PeriodSplit(), r"PeriodSplit is no model, for it lacks fit and get_params"),
    (7, "int is no model"),
    (Careless(), r"Careless is no estimator that can be cloned \(RuntimeError"),
    ("no_such_module:X", r"no_such_module: cannot be imported \(ModuleNotFoundError"),
    ("absent.py:X", "absent.py, model: there is no such file"),
    ("forecast.models.ridge:ABSENT", "has no ABSENT"),
    ("forecast.models.ridge:EDGES", "tuple is no model"),
]


@pytest.mark.parametrize(("model", "problem"), NO_MODELS)
def test_what_is_no_model_is_refused_in_one_line_by_every_verb(rivals, model, problem):
    for verb in (
        lambda: fc.predict("IND-PAK", as_of=AS_OF, root=rivals, model=model),
        lambda: fc.train(as_of=AS_OF, root=rivals, model=model),
        lambda: fc.backtest(root=rivals, models=["hazard", model], **SPAN),
        lambda: fc.ablate(["- meetings"], root=rivals, model=model, **SPAN),
    ):
        with pytest.raises(ModelError, match=problem) as refusal:
            verb()
        assert "\n" not in str(refusal.value)


def test_a_backtest_takes_names_estimators_searches_and_pipelines(rivals, tmp_path):
    search = GridSearchCV(RidgeModel(), {"ridge": [1.0, 100.0]}, cv=PeriodSplit(2))
    models = ["climatology", Coin(0.25), Pipeline([("model", BaseRate())]), search, Halved(), BaseRate(), "base-rate"]
    scores = fc.backtest(root=rivals, models=models, output=tmp_path / "out", **SPAN)
    assert list(dict.fromkeys(scores["model_id"])) == [model_name(model) for model in models]
    brier = scores.set_index("model_id")["brier"]
    assert brier["BaseRate()"] == brier["base-rate"] == brier[model_name(models[2])]
    assert brier["Halved()"] != brier["base-rate"]
    rows = pd.read_csv(tmp_path / "out" / "forecasts.csv")
    assert set(rows.loc[rows["model_id"] == "Coin(probability=0.25)", "probability"]) == {0.25}
    again = fc.backtest(root=rivals, models=models, output=tmp_path / "out", **SPAN)
    assert again["brier"].tolist() == scores["brier"].tolist()
    with pytest.raises(InputError, match="holds the finished backtest of another request"):
        fc.backtest(root=rivals, models=[*models[:-1], Coin(0.3)], output=tmp_path / "out", **SPAN)


def test_own_signals_count_in_a_backtest_and_a_changed_one_is_another_request(rivals, tmp_path):
    plain = fc.backtest(root=rivals, models=["classifier"], **SPAN)
    scores = fc.backtest(root=rivals, models=["classifier"], signals=[VISITS], output=tmp_path / "out", **SPAN)
    assert scores["brier"].tolist() != plain["brier"].tolist()
    other = Signal(VISITS.name, "another", VISITS.select, window_days=91)
    with pytest.raises(InputError, match="models or signals of your own have changed since"):
        fc.backtest(root=rivals, models=["classifier"], signals=[other], output=tmp_path / "out", **SPAN)


def test_only_a_period_model_is_trained_and_kept(rivals):
    for verb in (fc.train, lambda **named: fc.predict("IND-PAK", **named)):
        for model in (Coin(), Pipeline([("model", BaseRate())])):
            with pytest.raises(ModelError, match=r"can be backtested, but not trained and kept; derive it from"):
                verb(as_of=AS_OF, root=rivals, model=model)


def test_an_ablation_of_any_model(rivals):
    by_name, by_object = (fc.ablate(["- meetings"], root=rivals, model=m, **SPAN) for m in ("hazard", RidgeModel()))
    pd.testing.assert_frame_equal(by_name, by_object)
    gains = fc.ablate(["- season", "+ mine"], root=rivals, model=Watched(), signals=[VISITS], **SPAN)
    assert gains["change"].tolist() == ["default", "- season", "+ mine"]
    whole, without, more = Watched.seen[:3]
    assert {name.split("__")[0] for name in whole - without} == {"season"}
    assert more - whole == {VISITS.name}
    assert not {name for name in whole if name.split("__")[0] in ("leaders", "snubs")}


class Watched(Coin):
    """Keeps which columns it was fitted on."""

    seen: list[set[str]] = []  # noqa: RUF012

    def fit(self, X, y):
        Watched.seen.append(set(X.columns))
        return super().fit(X, y)


# --- kept ---

IN_A_NEW_PROCESS = """
import sys
import forecast as fc
sys.path.insert(0, {tests!r})
from test_own_estimators import {name}
steps = []
rows = fc.predict("IND-PAK", as_of={as_of!r}, root={root!r}, horizons=[30, 90], model={name}, on_step=steps.append)
assert not steps, steps
print(rows[["probability", "low", "high"]].to_numpy().tobytes().hex(), rows["model_version"].iloc[0])
"""


@pytest.mark.parametrize("name", ["FOREST", "BOOSTED"])
def test_a_hazard_around_trees_is_kept_and_answers_in_a_new_process(own, name):
    model = globals()[name]
    trained = fc.train(as_of="2018-01-01", root=own, model=model)
    rows = fc.predict("IND-PAK", as_of=AS_OF, root=own, horizons=[30, 90], model=model)
    assert set(rows["model_id"]) == {model_name(model)} == {trained["model_id"]}
    assert set(rows["model_version"]) == {trained["model_version"]}
    assert (rows["low"] < rows["high"]).all()
    program = IN_A_NEW_PROCESS.format(tests=str(Path(__file__).parent), name=name, as_of=AS_OF, root=str(own))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    figures = rows[["probability", "low", "high"]].to_numpy().tobytes().hex()
    assert done.stdout.split() == [figures, trained["model_version"]]


def test_the_command_keeps_and_uses_a_model_of_a_file(own, tmp_path):
    source = tmp_path / "mine.py"
    source.write_text(
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from forecast.models.hazard import HazardModel\n"
        "from forecast.signals.cube import Selector\n"
        "from forecast.signals.declare import Signal\n"
        "FOREST = HazardModel(RandomForestClassifier(3, min_samples_leaf=5, random_state=0), resamples=2)\n"
        "VISITS = Signal('mine__visits__90d', 'visits', Selector(level=('minister',)), window_days=90)\n",
        encoding="utf-8",
    )
    words = ["--model", f"{source}:FOREST", "--signals", f"{source}:VISITS", "--root", str(own)]
    done = CliRunner().invoke(main, ["train", "--as-of", "2018-01-01", "--no-track", *words])
    assert done.exit_code == 0, done.output
    asked = ["predict", "IND-PAK", "--as-of", AS_OF, "--format", "json", *words]
    done = subprocess.run([*COMMAND, *asked], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "training" not in done.stderr
    row = json.loads(done.stdout)[0]
    assert row["model_id"].startswith("HazardModel(")
    assert row["model_id"].endswith("+mine")
    assert len(list((own / "mlruns" / "models").iterdir())) == 1
    scores = CliRunner().invoke(
        main,
        ["backtest", "--model", f"base-rate,{source}:FOREST", "--start", "2017-01", "--end", "2018-01", "--every",
         "quarter", "--no-track", "--signals", f"{source}:VISITS", "--root", str(own)],
    )  # fmt: skip
    assert scores.exit_code == 0, scores.output
    assert "HazardModel(" in scores.output


def test_another_parameter_or_signal_or_code_is_another_model(own, tmp_path, monkeypatch):
    def kept():
        return {path.name for path in (own / "mlruns" / "models").glob("*")}

    ask = {"as_of": AS_OF, "root": own, "horizons": [90]}
    fc.predict("IND-PAK", model=Halved(), **ask)
    (one,) = kept()
    assert one.startswith("Halved-meeting-2018-01-01-")
    fc.predict("IND-PAK", model=Halved(share=0.5), **ask)
    assert kept() == {one}
    quarter = fc.predict("IND-PAK", model=Halved(share=0.25), **ask)
    assert len(kept()) == 2
    assert quarter["model_id"].tolist() == ["Halved(share=0.25)"]
    with_visits = fc.predict("IND-PAK", model="classifier", signals=[VISITS], **ask)
    assert with_visits["model_id"].tolist() == ["classifier+mine"]
    assert fc.predict("IND-PAK", model="classifier", **ask)["model_id"].tolist() == ["classifier"]
    assert len(kept()) == 4
    fc.predict("IND-PAK", model="classifier", signals=[VISITS], **ask)
    assert len(kept()) == 4
    monkeypatch.setattr("forecast.training.train.own_code", lambda thing: "edited")
    fc.predict("IND-PAK", model=Halved(), **ask)
    assert len(kept()) == 5


def test_a_function_of_a_notebook_is_known_within_the_process_alone(own):
    names: dict[str, object] = {}
    program = "import pandas as pd\ndef flag(view): return pd.DataFrame({'flag__one': [1.0] * len(view.dyads)})"
    exec(compile(program, "<cell>", "exec"), names)
    flag = ComputedSignal("flag", "one", names["flag"])
    first, again = (fc.train(as_of="2018-01-01", root=own, signals=[flag])["key"] for _ in range(2))
    assert first == again
    exec(compile(program, "<cell>", "exec"), names)
    other = fc.train(as_of="2018-01-01", root=own, signals=[ComputedSignal("flag", "one", names["flag"])])["key"]
    assert other != first


def test_the_best_model_of_a_search_is_kept(own):
    search = GridSearchCV(RidgeModel(), {"ridge": [1.0, 100.0]}, cv=PeriodSplit(2))
    card = fc.train(as_of="2018-01-01", root=own, model=search)
    assert card["parameters"]["ridge"] in (1.0, 100.0)
    steps: list[str] = []
    rows = fc.predict("IND-PAK", as_of=AS_OF, root=own, model=search, horizons=[90], on_step=steps.append)
    assert steps == []
    alone = fc.predict(
        "IND-PAK", as_of=AS_OF, root=own, horizons=[90], model=RidgeModel(ridge=card["parameters"]["ridge"])
    )
    assert rows["probability"].tolist() == alone["probability"].tolist()


def test_a_classifier_that_cannot_be_kept_is_refused_and_nothing_written(own):
    model = HazardModel(KNeighborsClassifier(algorithm="kd_tree"), resamples=2)
    with pytest.raises(ModelError, match=r"a hazard around KNeighborsClassifier cannot be kept: .* the program's list"):
        fc.train(as_of="2018-01-01", root=own, model=model)
    assert not (own / "mlruns" / "models").exists()
    assert len(fc.backtest(root=own, models=[model], **SPAN)) == 1


class Texts(BaseRate):
    """Learns what no card can hold."""

    def _learn(self, X, y):
        super()._learn(X, y)
        self.notes2_ = {"seen": len(X)}


def test_a_state_that_is_no_array_is_refused(own):
    with pytest.raises(ModelError, match=r"Texts cannot be kept: notes2_ must be an array of numbers or texts"):
        fc.train(as_of="2018-01-01", root=own, model=Texts())


def test_a_bundle_that_names_a_foreign_type_is_refused_in_one_line(own, tmp_path, monkeypatch):
    trained = train(load_history(own), np.datetime64("2018-01-01"), model=FOREST, target="meeting")
    save_bundle(tmp_path / "bundle", pack_state(trained.model), trained.card)
    assert load_bundle(tmp_path / "bundle", model=make_model(FOREST))[1] == trained.card
    with pytest.raises(
        OtherVersionError, match=r"another version of the program, or nothing here registers 'HazardModel"
    ):
        load_bundle(tmp_path / "bundle")
    monkeypatch.setattr("forecast.models.kept_classifiers.TRUSTED", ("sklearn.utils._bunch.Bunch",))
    with pytest.raises(
        ModelError, match=r"state.npz holds no state of a model \(sklearn.tree._tree.Tree is not on the program's list"
    ) as refusal:
        load_bundle(tmp_path / "bundle", model=make_model(FOREST))
    assert "\n" not in str(refusal.value)


# --- registered by another distribution ---

PLUGIN = '''
from sklearn.ensemble import RandomForestClassifier
from forecast.models.baselines import BaseRate
from forecast.models.hazard import HazardModel
from forecast.signals.cube import Selector
from forecast.signals.declare import Signal


class Doubled(BaseRate):
    """Twice the pooled rate."""

    def _hazards(self, X):
        return (super()._hazards(X) * 2).clip(0, 1)


FOREST = HazardModel(RandomForestClassifier(3, min_samples_leaf=5, random_state=0), resamples=2)
VISITS = [Signal("extra__visits__90d", "ministers' visits", Selector(level=("minister",)), window_days=90)]
NUMBER = 7
'''
ENTRY_POINTS = """
[forecast.models]
doubled = plugin_of_models:Doubled
forest = plugin_of_models:FOREST
hazard = plugin_of_models:Doubled
broken = plugin_that_fails:X
gone = plugin_of_models:Gone
number = plugin_of_models:NUMBER
odd/name = plugin_of_models:Doubled

[forecast.signals]
visits = plugin_of_models:VISITS
failing = plugin_that_fails:X
number = plugin_of_models:NUMBER
"""


def install(folder: Path, name: str, entries: str) -> None:
    """What pip leaves of a distribution."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entries, encoding="utf-8")


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A distribution with models and signals, some of them broken, in a folder of its own on the path."""
    folder = tmp_path / "site"
    install(folder, "plugin", ENTRY_POINTS)
    (folder / "plugin_of_models.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "plugin_that_fails.py").write_text("raise RuntimeError('not\\ntoday')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    yield folder
    sys.modules.pop("plugin_of_models", None)


def test_registered_models_and_signals_are_used_by_name(own, plugin, monkeypatch):
    ask = {"as_of": AS_OF, "root": own, "horizons": [90]}
    plain, twice = (fc.predict("IND-PAK", model=name, **ask) for name in ("base-rate", "doubled"))
    assert twice["model_id"].tolist() == ["doubled"]
    assert twice["probability"].item() > plain["probability"].item()
    assert set(fc.backtest(root=own, models=["forest", "base-rate"], **SPAN)["model_id"]) == {"forest", "base-rate"}
    fc.train(as_of="2018-01-01", root=own, model="forest", signals=["visits"])
    environment = {"PYTHONPATH": f"{plugin}:{Path(fc.__file__).parents[1]}", "PATH": ""}
    words = ["predict", "IND-PAK", "--as-of", AS_OF, "--model", "forest", "--signals", "visits", "--root", str(own)]
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "training" not in done.stderr
    assert "forest+extra" in done.stdout
    gains = fc.ablate(["+ extra"], root=own, signals=["visits"], **SPAN)
    assert gains["change"].tolist() == ["default", "+ extra"]
    assert "extra__visits__90d" in fc.build_panel(start="2018-01", end="2018-01", root=own, signals=["visits"]).signals
    assert "extra__visits__90d" not in fc.build_panel(start="2018-01", end="2018-01", root=own).signals


def test_the_name_of_the_program_counts_before_another_of_the_same_name(plugin):
    assert type(make_model("hazard")) is RidgeModel


BROKEN = [
    ("broken", r"'broken', which plugin registers in forecast.models, cannot be loaded \(RuntimeError: not today\)"),
    ("gone", r"'gone', which plugin registers in forecast.models, cannot be loaded \(AttributeError"),
    ("number", "int is no model"),
    ("odd/name", "'odd/name', which plugin registers in forecast.models, is no name"),
    ("twice", "'twice', which another and plugin registers in forecast.models, stands for two things"),
    ("oracle", r"unknown model 'oracle'; there are hazard, .*base-rate, broken, doubled, forest"),
]


@pytest.mark.parametrize(("name", "problem"), BROKEN)
def test_a_broken_entry_point_is_one_line_and_harms_no_other(plugin, name, problem):
    install(plugin, "another", "[forecast.models]\ntwice = plugin_of_models:Doubled\n")
    entries = ENTRY_POINTS.replace("[forecast.signals]", "twice = plugin_of_models:Doubled\n\n[forecast.signals]")
    (plugin / "plugin-1.0.dist-info" / "entry_points.txt").write_text(entries, encoding="utf-8")
    with pytest.raises(ModelError, match=problem) as refusal:
        make_model(name)
    assert "\n" not in str(refusal.value)
    assert type(make_model("doubled")).__name__ == "Doubled"
    listing = fc.registry().set_index("name")["description"]
    assert list(listing.index[: len(MODELS)]) == list(MODELS)
    assert listing["doubled"] == "Twice the pooled rate."
    assert name not in listing or "\n" not in listing[name]
    assert "cannot be loaded" in listing["broken"]


def test_broken_signals_are_one_line_and_harm_no_other(plugin):
    listing = fc.catalogue().set_index("name")
    assert listing.loc["extra__visits__90d", "description"] == "ministers' visits (signals=['visits'])"
    assert "cannot be loaded (RuntimeError: not today)" in listing.loc["failing", "description"]
    assert "which is no Signal and no ComputedSignal" in listing.loc["number", "description"]
    with pytest.raises(InputError, match=r"'failing', which plugin registers in forecast.signals, cannot be loaded"):
        fc.build_panel(start="2018-01", end="2018-01", signals=["failing"])
    with pytest.raises(InputError, match=r"'absent' is no package.module:NAME"):
        fc.build_panel(start="2018-01", end="2018-01", signals=["absent"])


def test_a_kept_model_whose_distribution_is_gone_is_refused(own, plugin, monkeypatch):
    path = fc.train(as_of="2018-01-01", root=own, model="doubled")["path"]
    assert load_bundle(Path(path))[1].model_id == "doubled"
    monkeypatch.setattr("forecast.training.bundle._loaded", {})
    (plugin / "plugin-1.0.dist-info" / "entry_points.txt").write_text("", encoding="utf-8")
    with pytest.raises(OtherVersionError, match="or nothing here registers 'doubled'; delete the folder"):
        load_bundle(Path(path))
