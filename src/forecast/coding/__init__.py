"""Coding: from text and records to events, by the rules of the codebook.

`people`, `offices`, `places` and `days` resolve what any text names; a folder holds what is one publisher's own.
"""
