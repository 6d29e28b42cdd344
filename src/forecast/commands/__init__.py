"""Flags and help of the verbs that have a file of their own."""
