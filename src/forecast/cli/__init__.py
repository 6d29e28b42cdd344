"""Verbs and options of the command, a noun a file."""
