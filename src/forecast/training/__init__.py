"""Training: from a history and a day to a fitted model, and which model answers at a date."""
