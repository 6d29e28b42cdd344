"""Coding: from text and records to events, by the rules of the codebook."""
