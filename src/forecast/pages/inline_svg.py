"""A picture as SVG that can stand inside a page, several beside one another."""

from __future__ import annotations

import io
import re
from html import escape

from markupsafe import Markup

from forecast.display.pictures import Picture


def inline_svg(picture: Picture, *, name: str, label: str) -> Markup:
    """Write a picture as an ``<svg>`` element.

    Parameters
    ----------
    picture : Picture
    name : str
        Head of the ids within: two pictures of one page need two names.
    label : str
        What a reader who does not see the picture is told.

    Returns
    -------
    markupsafe.Markup
        Letters are drawn as paths, so they look the same where the type is not installed; no text from data is in it
        but the label, which is escaped. The same picture gives the same text.
    """
    written = io.StringIO()
    picture.savefig(written, format="svg", metadata={"Date": None})
    text = written.getvalue()
    text = text[text.index("<svg") :]
    # Its style sheet would hold for the whole page; comments hold the texts once more.
    for needless in (r"<!--.*?-->", r"<metadata>.*?</metadata>", r"<style[^>]*>.*?</style>"):
        text = re.sub(needless, "", text, flags=re.DOTALL)
    ids = dict.fromkeys(re.findall(r'\bid="([^"]+)"', text))
    short = {one: f"{name}-{number}" for number, one in enumerate(ids)}
    text = re.sub(r'\bid="([^"]+)"', lambda found: f'id="{short[found[1]]}"', text)
    text = re.sub(r'href="#([^"]+)"', lambda found: f'href="#{short[found[1]]}"', text)
    text = re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{short[found[1]]})", text)
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1).strip())
