"""Leakage: executable proofs that nothing of the future touches a forecast."""
