"""Write docs/reference.md from the commands and registries of the program: `make reference`.

What only a person can say stands in the pages of docs/reference/: the section of a verb links to the heading
`## forecast VERB` there, if there is one.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

import forecast as fc
from forecast.cli.main import main
from forecast.errors import exit_codes

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "reference.md"

NOTICE = "<!-- Made by `make reference` from the commands and registries of the program: edit those, not this page. -->"

HEAD = """\
`forecast COMMAND --help` says the same. Tables fit the width of the terminal, and 80 columns elsewhere; they have
colour on a terminal alone, and none if `NO_COLOR` is set. `--root DIR`, before or after the verb, names the workspace;
without it the environment variable `FORECAST_ROOT` does, or else the current folder is meant. What the verbs compute
and write is described in the [pages beside this one](reference/index.md)."""

CODES = """\
With code 10 all else is done. Any other code with a traceback is a defect of the program."""

PYTHON = """\
`import forecast as fc` offers the verbs as functions. All options are keywords, and results are pandas objects or
show themselves as tables in a notebook; `help(fc.predict)` has the details. Nothing is tracked unless `track=True`.
`forecast.pictures` draws results with matplotlib, `forecast.verification` has the [scores](reference/scores.md)."""


def cell(text: str) -> str:
    """Text as it can stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", r"\|")


def prose(text: str) -> str:
    """Text wrapped as the other pages are."""
    return textwrap.fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell(one) for one in line)} |".replace("|  |", "| |") for line in lines)


def described() -> dict[str, str]:
    """Verb -> the address of the heading under which a page describes it."""
    return {
        verb: f"reference/{page.name}#forecast-{verb}"
        for page in sorted((DOCS / "reference").glob("*.md"))
        for verb in re.findall(r"^## forecast ([\w-]+)$", page.read_text(encoding="utf-8"), flags=re.M)
    }


def options(command: click.Command, context: click.Context) -> list[tuple[str, str, str]]:
    """Flags, default and help of each option of a verb."""
    rows = []
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if not isinstance(option, click.Option) or record is None or {"--help", "--root"} & set(option.opts):
            continue
        extra = option.get_help_extra(context)
        limits = f" ({extra['range']})" if "range" in extra else ""
        default = extra["required"] if "required" in extra else extra.get("default", "")
        rows.append((f"`{record[0]}`", f"`{default}`" if "default" in extra else default, (option.help or "") + limits))
    return rows


def verbs(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every verb with its context, those of a group below it."""
    for name in group.list_commands(context):
        command = group.commands[name]
        yield name, command, context
        if not isinstance(command, click.Group):
            continue
        below = click.Context(command, info_name=name, parent=context)
        yield from ((f"{name} {verb}", one, parent) for verb, one, parent in verbs(command, below))


def commands() -> Iterator[str]:
    """A section a verb."""
    pages = described()
    with click.Context(main, info_name="forecast", **main.context_settings) as top:
        for verb, command, parent in verbs(main, top):
            with click.Context(command, info_name=verb.split()[-1], parent=parent) as context:
                yield f"### forecast {verb}"
                yield prose(inspect.cleandoc(command.help or ""))
                yield f"```text\n{' '.join(context.get_usage().removeprefix('Usage: ').split())}\n```"
                if rows := options(command, context):
                    yield table(("option", "default", "meaning"), rows)
                if verb in pages:
                    yield f"[More about `{verb}`]({pages[verb]})."


def signals() -> Iterator[str]:
    """A section a family of signals."""
    for family, rows in fc.catalogue().groupby("family", sort=False):
        yield f"### {family}"
        yield table(
            ("signal", "unit", "meaning"), [(f"`{row.name}`", row.unit, row.description) for row in rows.itertuples()]
        )


def functions() -> list[tuple[str, str]]:
    """Name and first sentence of each public function."""
    public = [(name, getattr(fc, name)) for name in fc.__all__]
    return [
        (f"`{name}`", (inspect.getdoc(value) or "").splitlines()[0].replace("*", r"\*"))
        for name, value in public
        if inspect.isfunction(value)
    ]


def reference() -> str:
    """The page."""
    codes = {
        **exit_codes(),
        0: "Done.",
        1: "Another error that the message explains.",
        2: "Wrong use of the command's options.",
    }
    models = [
        (f"`{row.name}`", row.description.removesuffix(" (default)") + (" (the default)" if row.default else ""))
        for row in fc.registry().itertuples()
    ]
    parts = [
        NOTICE,
        "# Reference",
        prose(HEAD),
        "## Commands",
        *commands(),
        "## Models",
        "Names for `--model` and `model=`; [which of them answers](reference/forecasts.md#which-model-answers).",
        table(("model", "what it is"), models),
        "## Exit codes",
        table(("code", "meaning"), [(str(code), text) for code, text in sorted(codes.items())]),
        prose(CODES),
        "## In Python",
        prose(PYTHON),
        table(("function", "what it does"), functions()),
        "## Signals",
        prose("Each signal is one number about a dyad at an as-of date. Those of a family are taken or left together."),
        *signals(),
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
