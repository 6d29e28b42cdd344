"""Backtests: rolling origins, checkpoints of unfinished runs, and ablation of signal families."""
