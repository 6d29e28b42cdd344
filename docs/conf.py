"""Configuration of the documentation's site, built by ``make docs``."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "forecast"
author = "The forecast maintainers"
project_copyright = "the forecast maintainers, MIT licence"
release = metadata.version("forecast")
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "registries"]
exclude_patterns = ["_build", "extensions"]

# Anchors for headings, so that pages read the same here and where the repository is shown.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

default_role = "code"  # names in docstrings stand in single backticks
autodoc_typehints = "none"  # numpydoc's sections hold the types in words
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "forecast"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
templates_path: list[str] = []
pygments_style = "friendly"
