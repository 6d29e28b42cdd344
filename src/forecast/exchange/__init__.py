"""Forecasts that travel: written so that others can score them, and set beside the forecasts of others."""
