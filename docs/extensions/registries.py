"""Reference pages generated from the docstrings of the program: its public functions, pictures and scores."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import forecast as fc

#: Part of the API page -> its names, in the order in which a newcomer meets them. A test holds that none is left out.
PARTS = {
    "Forecasts": ("predict", "follow", "explain", "whatif", "rank", "report"),
    "What is known": ("engagements", "venues_ahead", "catalogue", "registry", "check", "uncoded"),
    "How good it is": ("backtest", "ablate", "verify", "verify_log", "questions", "audit", "drift", "export"),
    "Models": ("train", "build_panel"),
    "Operation": ("run", "retrain", "promote", "rollback", "status"),
    "Workspaces": ("init", "find_workspace", "ingest", "update"),
}


def parts() -> dict[str, list[str]]:
    """Names of the API by part; those that no part names stand in the last one."""
    named = {name for names in PARTS.values() for name in names}
    public = [name for name in fc.__all__ if not inspect.ismodule(getattr(fc, name))]
    other = [name for name in public if name not in named]
    return {**{part: list(names) for part, names in PARTS.items()}, "Others": other}


class Generated(SphinxDirective):
    """A directive that stands for text made from the program."""

    def lines(self) -> Iterable[str]:
        """Lines of reStructuredText."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse the lines as if they stood in the page."""
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)


class Functions(Generated):
    """All public functions with their docstrings."""

    def lines(self) -> Iterable[str]:
        """One section a part."""
        for part, names in parts().items():
            if not names:
                continue
            yield from (part, "-" * len(part), "")
            for name in names:
                found = getattr(fc, name)
                kind = "autoexception" if inspect.isclass(found) and issubclass(found, Exception) else "autofunction"
                kind = "autoclass" if inspect.isclass(found) and kind == "autofunction" else kind
                yield from (f".. {kind}:: forecast.{name}", "")


class Pictures(Generated):
    """All pictures with their docstrings."""

    def lines(self) -> Iterable[str]:
        """One entry a picture."""
        for name in fc.pictures.__all__:
            kind = "autoclass" if inspect.isclass(getattr(fc.pictures, name)) else "autofunction"
            yield from (f".. {kind}:: forecast.display.pictures.{name}", "")


class Scores(Generated):
    """The functions and classes of `forecast.verification`."""

    def lines(self) -> Iterable[str]:
        """One entry a name."""
        from forecast import verification

        for name in verification.__all__:
            found = getattr(verification, name)
            if callable(found):
                yield from (f".. auto{'class' if inspect.isclass(found) else 'function'}:: {_home(found, name)}", "")


def _home(found: Any, name: str) -> str:
    return f"{found.__module__}.{name}"


DIRECTIVES: dict[str, type[Generated]] = {
    "forecast-functions": Functions,
    "forecast-pictures": Pictures,
    "forecast-scores": Scores,
}


def inside(text: str, *, page: Path, top: Path) -> str:
    """Put the name of a file in the place of a link to it, where the file is no page of the site.

    Links between pages stay; those to other files of the repository lead somewhere only in the repository.
    """

    def named(link: re.Match[str]) -> str:
        words, target = link[1], (page.parent / link[2]).resolve()
        if target.is_relative_to(top) or not target.exists():
            return link[0]
        name = f"`{target.relative_to(top.parent)}`"
        return name if words.strip("`/") in name else f"{words} ({name})"

    return re.sub(r"\[([^\]]+)\]\(((?:\.\./)+[^)#\s]+)\)", named, text)


def _read(app: Sphinx, docname: str, content: list[str]) -> None:
    page = Path(app.env.doc2path(docname))
    if page.suffix == ".md":
        content[0] = inside(content[0], page=page.resolve(), top=Path(app.srcdir).resolve())


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives to Sphinx."""
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.connect("source-read", _read)
    return {"version": fc.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
