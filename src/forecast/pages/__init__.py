"""The report as one page of HTML: contents are values, a template writes them, and all text from data is escaped."""
