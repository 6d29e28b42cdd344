"""Families of signals that the default model does not use: computed when a model or the user names them."""
