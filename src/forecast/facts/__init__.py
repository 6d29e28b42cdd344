"""Facts: the event schema, states, leaders, the calendar, coverage, and the history behind its time gate."""
