"""The public surface: light to import, every name there, every function documented."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import forecast as fc
from cases import each
from forecast.cli.main import main

HEAVY = ("pandas", "sklearn", "scipy", "numpy", "click", "rich", "mlflow", "matplotlib")


def test_importing_the_package_imports_nothing_heavy(environment):
    program = f"import sys, forecast; print([name for name in {HEAVY!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert shown.stdout.strip() == "[]"
    assert shown.stderr == ""


MODULES = [name for name in fc.__all__ if inspect.ismodule(getattr(fc, name))]
NAMES = [(fc, name) for name in fc.__all__ if name not in MODULES]
NAMES += [(getattr(fc, module), name) for module in MODULES for name in getattr(fc, module).__all__]


def test_the_modules_of_the_package_that_are_public():
    assert MODULES == ["pictures"]


@each(("home", "name"), NAMES)
def test_every_public_name_is_a_class_of_its_own_or_a_documented_function(home, name):
    found = getattr(home, name)
    assert name in dir(home)
    text = inspect.getdoc(found)
    assert text
    assert text.splitlines()[0].endswith(".")
    if inspect.isclass(found):
        assert issubclass(found, Exception) or name == "Picture"
        return
    signature = inspect.signature(found)
    documented = text.partition("Parameters\n---")[2].partition("Returns\n---")[0]
    missing = [parameter for parameter in signature.parameters if parameter not in documented]
    assert missing == [], f"{name} does not document {', '.join(missing)}"
    if signature.return_annotation not in (None, "None"):
        assert "Returns\n-------" in text


@each(("home", "name"), [at for at in NAMES if not inspect.isclass(getattr(*at))])
def test_at_most_two_arguments_stand_in_a_fixed_order(home, name):
    kinds = [p.kind for p in inspect.signature(getattr(home, name)).parameters.values()]
    assert sum(kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for kind in kinds) <= 2


def test_the_list_is_sorted_and_complete():
    assert list(fc.__all__) == sorted(fc.__all__)
    namespace: dict = {}
    exec("from forecast import *", namespace)  # what a notebook may do
    assert set(fc.__all__) <= set(namespace)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'prophesy'"):
        fc.prophesy  # noqa: B018
    assert not hasattr(fc, "prophesy")


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert fc.__version__ == version("forecast")


VERBS = sorted(set(fc.__all__) - {"ForecastError", "find_workspace", "pictures"})


@pytest.mark.parametrize("verb", sorted(set(VERBS) & set(main.commands)))
def test_a_command_s_verb_stands_in_a_file_of_its_name(verb):
    assert getattr(fc, verb).__module__ == f"forecast.verbs.{verb}"


@pytest.mark.parametrize("verb", sorted(set(VERBS) - set(main.commands)))
def test_a_verb_without_a_command_stands_beside_one(verb):
    assert getattr(fc, verb).__module__.startswith("forecast.verbs.")


@each("name", sorted(main.commands))
def test_a_command_stands_in_a_file_of_its_name(name):
    callback = main.commands[name].callback
    assert callback is not None
    assert callback.__module__ == f"forecast.cli.{name}"
