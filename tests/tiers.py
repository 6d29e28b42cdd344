"""How many examples of a law are drawn: all of them, or a fifth in `make test`, which sets FORECAST_TESTS."""

from __future__ import annotations

import os


def examples(most: int) -> int:
    return max(most // 5, 3) if os.environ.get("FORECAST_TESTS") == "quick" else most
