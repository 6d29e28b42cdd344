"""Readers: one a publisher, from bytes to events. What cannot be coded is reported, never dropped in silence."""
