"""The report's template and its contents joined."""

from __future__ import annotations

from dataclasses import fields

from jinja2 import Environment, PackageLoader, StrictUndefined

from forecast.pages.contents import Report


def render(report: Report) -> str:
    """Write the page.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        HTML in itself: no file and no address is loaded when it is shown. Text is escaped, pictures are not.
    """
    environment = Environment(
        loader=PackageLoader("forecast.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.jinja")
    return template.render({field.name: getattr(report, field.name) for field in fields(report)}) + "\n"
