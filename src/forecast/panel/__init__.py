"""The panel: rows of (dyad, as-of date), with signals and outcomes."""
