"""Verbs of the command, each with its flags in a file of its own."""
