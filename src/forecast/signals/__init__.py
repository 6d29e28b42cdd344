"""Signals: what a row of a dyad and an as-of date knows, one file a family; the catalogue reads them all."""
