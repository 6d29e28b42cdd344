"""Ingest files of events in a process of its own; whoever runs it kills it."""

from __future__ import annotations

import sys

import forecast as fc
from forecast.readers import event_store

if __name__ == "__main__":
    event_store.BATCH_FILES = int(sys.argv[3])
    fc.ingest("gdelt", sys.argv[2], root=sys.argv[1])
