"""The reference is generated, and every verb, option, signal and model has something to say there."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import click
import pytest

import forecast as fc
from cases import each
from forecast.cli.main import main
from forecast.models import MODELS

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_as_the_program_makes_it(generator):
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == generator.reference(), "run `make reference`"


@each("verb", sorted(main.commands))
def test_every_verb_says_what_it_does(verb):
    assert len((main.commands[verb].help or "").split()) >= 3
    for option in main.commands[verb].params:
        assert not isinstance(option, click.Option) or option.help, f"--{option.name}"


@pytest.mark.parametrize("model", MODELS)
def test_every_model_says_what_it_is(model):
    (description,) = fc.registry().set_index("name").loc[[model], "description"]
    assert len(description.split()) >= 3


def test_every_signal_says_what_it_is():
    listing = fc.catalogue()
    assert listing["description"].str.split().str.len().min() >= 3
    assert (listing["unit"] != "").all()


def test_pages_describe_only_verbs_that_exist(generator):
    assert set(generator.described()) <= set(main.commands)
