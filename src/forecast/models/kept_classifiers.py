"""Fitted scikit-learn classifiers as bytes and back, without pickling.

The format is that of skops, which names the type of every part: those that skops trusts by itself and those of
`TRUSTED` are made anew, any other is refused. Of trees the type is not enough: scikit-learn follows the numbers in
their nodes without looking whether they lead out of its arrays, so these are looked at before a tree is used.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from forecast.errors import ModelError

#: Bytes of what is kept of the classifiers of one model, unpacked.
LARGEST: Final = 200 * 2**20
_HISTOGRAM_TREE: Final = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
#: Types beside those that skops trusts by itself; trees are looked through.
TRUSTED: Final = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    _HISTOGRAM_TREE,
)
_BOOSTED: Final = "GradientBoostingClassifier"
#: Estimators that check the width of their input before their trees are followed, or whose forest does.
_HOLDERS: Final = {"DecisionTreeClassifier", "ExtraTreeClassifier", _BOOSTED, "HistGradientBoostingClassifier"}


def pack(classifiers: list[Any], *, width: int) -> bytes:
    """Fitted classifiers of rows of so many columns as bytes: the same for the same classifiers, in any process.

    Raises
    ------
    ModelError
        If `unpack` would refuse them.
    """
    from skops.io import dumps

    kind = type(classifiers[0]).__name__
    try:
        # Once there and back: what is one object by chance, such as equal texts, is several afterwards, for good.
        once = unpack(_in_order(dumps(classifiers)), width=width)
        return _in_order(dumps(once))
    except Exception as error:
        raise ModelError(f"a hazard around {kind} cannot be kept: {error}") from None


def unpack(packed: bytes, *, width: int) -> list[Any]:
    """Make the classifiers anew, or refuse what the program does not trust with a `ValueError`."""
    from skops.io import get_untrusted_types, loads

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST:
            raise ValueError(f"the classifiers take more than {LARGEST / 2**20:g} MiB")
    foreign = sorted(set(get_untrusted_types(data=packed)) - set(TRUSTED))
    if foreign:
        raise ValueError(f"{', '.join(foreign)} is not on the program's list of types")
    classifiers: list[Any] = loads(packed, trusted=list(TRUSTED))
    for holder, tree in _trees(classifiers, None, set()):
        _check_tree(holder, tree, width)
    return classifiers


def _in_order(packed: bytes) -> bytes:
    """The same archive with parts numbered by their order instead of by their places in memory, and without times."""
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f"{found[1]}{numbers.setdefault(found[2], len(numbers))}"

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        schema = re.sub(r'("__id__": |"file": ")(\d+)', numbered, archive.read("schema.json").decode())
        parts = {re.sub(r"()(\d+)", numbered, n, count=1): _cleared(archive.read(n)) for n in archive.namelist()}
    parts["schema.json"] = json.dumps(json.loads(schema), separators=(",", ":")).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(parts):
            archive.writestr(zipfile.ZipInfo(name), parts[name])
    return buffer.getvalue()


def _cleared(part: bytes) -> bytes:
    """An array of records without what stood in memory between their fields; any other part as it is."""
    if not part.startswith(b"\x93NUMPY"):
        return part
    array = np.load(io.BytesIO(part), allow_pickle=False)
    if array.dtype.names is None:
        return part
    cleared = np.zeros(array.shape, dtype=array.dtype)
    for name in array.dtype.names:
        cleared[name] = array[name]
    buffer = io.BytesIO()
    np.save(buffer, cleared, allow_pickle=False)
    return buffer.getvalue()


def _trees(part: Any, holder: Any, seen: set[int]) -> Iterator[tuple[Any, Any]]:
    """All trees inside an object, each with the estimator that holds it directly."""
    if id(part) in seen:
        return
    seen.add(id(part))
    kind = type(part)
    if f"{kind.__module__}.{kind.__name__}" in (_HISTOGRAM_TREE, "sklearn.tree._tree.Tree"):
        yield holder, part
        return
    inner: Any = ()
    if isinstance(part, dict):
        inner = part.values()
    elif isinstance(part, list | tuple | set) or (isinstance(part, np.ndarray) and part.dtype == object):
        inner = part.flat if isinstance(part, np.ndarray) else part
    elif hasattr(part, "__dict__"):
        # Boosting follows its trees itself, without asking the estimators around them.
        inner, holder = vars(part).values(), holder if type(holder).__name__ == _BOOSTED else part
    for one in inner:
        yield from _trees(one, holder, seen)


def _check_tree(holder: Any, tree: Any, width: int) -> None:
    """Refuse a tree whose nodes lead out of it, in a circle or to columns that rows do not have."""
    kind = type(holder).__name__
    if kind not in _HOLDERS or holder.n_features_in_ != width:
        raise ValueError(f"a tree of {kind} must see all {width} columns")
    if kind == _BOOSTED and holder.estimators_.shape[1] != 1:
        raise ValueError(f"{kind} has more than one tree a stage")
    if hasattr(tree, "nodes"):
        nodes = tree.nodes
        left, right, feature = (nodes[name].astype(np.int64) for name in ("left", "right", "feature_idx"))
        leaf = nodes["is_leaf"].astype(bool)
        whole = not nodes["is_categorical"].any()
    else:
        whole = tree.node_count == tree.capacity  # else its arrays end before its nodes
        left, right, feature = (tree.children_left, tree.children_right, tree.feature) if whole else ([np.zeros(0)] * 3)
        leaf = np.asarray(left) == -1
    place = np.arange(len(leaf))[~leaf]
    inside = all((place < side[~leaf]).all() and (side[~leaf] < len(leaf)).all() for side in (left, right))
    known = ((feature[~leaf] >= 0) & (feature[~leaf] < width)).all()
    if not (len(leaf) and whole and inside and known):
        raise ValueError(f"a tree of {kind} leads out of its nodes or its columns")
