"""Classifiers kept without pickling: the same bytes and answers, and nothing of another kind or out of bounds."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from skops.io import dumps

from forecast.errors import ModelError
from forecast.models.kept_classifiers import LARGEST, pack, unpack

pytestmark = pytest.mark.slow  # fits and packs a classifier of each kind

WIDTH = 5
X = np.random.default_rng(0).normal(size=(200, WIDTH))
Y = X[:, 0] + X[:, 1] > 0.5

KEPT = [
    RandomForestClassifier(3, random_state=0),
    ExtraTreesClassifier(3, random_state=0),
    HistGradientBoostingClassifier(max_iter=3, random_state=0),
    GradientBoostingClassifier(n_estimators=3, random_state=0),
    DecisionTreeClassifier(random_state=0),
    BaggingClassifier(n_estimators=3, random_state=0),
    AdaBoostClassifier(n_estimators=3, random_state=0),
    GaussianNB(),
    LinearDiscriminantAnalysis(),
    DummyClassifier(),
    MLPClassifier(hidden_layer_sizes=4, max_iter=3000, tol=0.01, random_state=0),
    CalibratedClassifierCV(HistGradientBoostingClassifier(max_iter=3, random_state=0)),
    VotingClassifier([("bayes", GaussianNB()), ("forest", RandomForestClassifier(3, random_state=0))], voting="soft"),
    make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=0)),
]


def name_of(classifier: Any) -> str:
    return type(classifier).__name__


@pytest.mark.parametrize("classifier", KEPT, ids=name_of)
def test_a_classifier_comes_back_with_its_answers_and_the_same_bytes(classifier):
    first, second = (clone(classifier).fit(X, Y) for _ in range(2))
    packed = pack([first, second], width=WIDTH)
    kept = unpack(packed, width=WIDTH)
    assert [type(one) for one in kept] == [type(first)] * 2
    assert kept[0].predict_proba(X).tobytes() == first.predict_proba(X).tobytes()
    assert repr(clone(kept[0])) == repr(classifier)
    assert pack(kept, width=WIDTH) == packed
    assert pack([second, first], width=WIDTH) == packed, "fitted alike, packed alike"


class Constant(ClassifierMixin, BaseEstimator):
    """A classifier of somebody's own."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self


REFUSED = [
    (Constant().fit(X, Y), r"around Constant cannot be kept: .*Constant is not on the program's list of types"),
    (KNeighborsClassifier().fit(X, Y), r"KDTree is not on the program's list"),
    (
        make_pipeline(FunctionTransformer(eval), GaussianNB()).set_params(functiontransformer__func=eval),
        "eval is not on the program's list",
    ),
    (
        make_pipeline(SelectKBest(lambda X, y: X[0], k=2), GaussianNB()),
        "cannot be kept",
    ),
    (
        make_pipeline(FunctionTransformer(np.square), RandomForestClassifier(2).fit(X[:, :3], Y)),
        "a tree of DecisionTreeClassifier must see all 5 columns",
    ),
]


@pytest.mark.parametrize(("classifier", "problem"), REFUSED)
def test_what_could_not_be_read_again_is_not_kept(classifier, problem):
    with pytest.raises(ModelError, match=problem) as refusal:
        pack([classifier], width=WIDTH)
    assert "\n" not in str(refusal.value)


MARKS: list[str] = []


class Marked:
    """An object that leaves a mark when it is made by unpickling."""

    def __reduce__(self):
        return MARKS.append, ("unpickled",)


def test_nothing_is_unpickled_or_called():
    packed = dumps([GaussianNB().fit(X, Y)])
    pickled = io.BytesIO()
    np.save(pickled, np.array([Marked()], dtype=object), allow_pickle=True)
    for change in (
        lambda name, part: pickled.getvalue() if name.endswith(".npy") else part,
        lambda name, part: part.replace(b'"GaussianNB"', b'"system"').replace(b'"sklearn.naive_bayes"', b'"posix"'),
        lambda name, part: part.replace(b'"NdArrayNode"', b'"MethodNode"'),
    ):
        with pytest.raises((ValueError, KeyError, TypeError)):
            unpack(rewritten(packed, change), width=WIDTH)
    assert MARKS == []


def rewritten(packed: bytes, change: Any) -> bytes:
    """The archive with changed parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()


def test_a_small_archive_of_gigabytes_is_not_unpacked():
    packed = dumps([GaussianNB().fit(X, Y)])
    made = io.BytesIO(packed)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.npy", "w") as part:
        for _ in range(LARGEST // 2**20 + 1):
            part.write(bytes(2**20))
    assert len(made.getvalue()) < 2**20
    with pytest.raises(ValueError, match="take more than 200 MiB"):
        unpack(made.getvalue(), width=WIDTH)


#: Field of a node, and what a hostile file may put there.
SPOILT = [
    ("left_child", 10**6), ("left_child", 0), ("left_child", -7), ("right_child", 10**6), ("right_child", 0),
    ("feature", WIDTH), ("feature", -1), ("left", 10**6), ("left", 0), ("right", 10**6), ("right", 0),
    ("feature_idx", WIDTH), ("feature_idx", -1), ("is_categorical", 1),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), SPOILT)
@pytest.mark.parametrize("classifier", KEPT[:5], ids=name_of)
def test_nodes_that_lead_out_of_a_tree_are_refused(classifier, field, value):
    fitted = clone(classifier).fit(X, Y)
    spoilt = 0

    def change(name: str, part: bytes) -> bytes:
        nonlocal spoilt
        if not name.endswith(".npy"):
            return part
        nodes = np.load(io.BytesIO(part), allow_pickle=False)
        if nodes.dtype.names is None or field not in nodes.dtype.names or len(nodes) < 2:
            return part
        nodes[field][0] = value
        spoilt += 1
        made = io.BytesIO()
        np.save(made, nodes, allow_pickle=False)
        return made.getvalue()

    packed = rewritten(pack([fitted], width=WIDTH), change)
    if spoilt:
        with pytest.raises(ValueError, match="leads out of its nodes or its columns"):
            unpack(packed, width=WIDTH)
    else:
        ours = {"left", "right", "feature_idx", "is_categorical"}
        assert (field in ours) != (type(classifier) is HistGradientBoostingClassifier), "the other kind of tree"


def test_a_tree_that_claims_other_columns_than_rows_have_is_refused():
    packed = pack([DecisionTreeClassifier(max_depth=2).fit(X, Y)], width=WIDTH)
    for width in (WIDTH - 1, WIDTH + 1):
        with pytest.raises(ValueError, match=f"must see all {width} columns"):
            unpack(packed, width=width)
