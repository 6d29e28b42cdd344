"""Probabilities written for readers."""

from __future__ import annotations

import math


def percent(value: float) -> str:
    """Write a probability so that a possible event is never shown as 0% or 100%.

    Examples
    --------
    >>> percent(0.7331), percent(0.0002), percent(0.9999), percent(1.0)
    ('73.3%', '<0.1%', '>99.9%', '100.0%')
    """
    if 0.0 < value < 0.001:
        return "<0.1%"
    if 0.999 < value < 1.0:
        return ">99.9%"
    return f"{value:.1%}"


def surprise(probability: float, climatology: float) -> str:
    """Write what a forecast adds to climatology: relative entropy in bits, with the sign of the difference.

    With forecast p and climatology q it is ``p log2(p / q) + (1 - p) log2((1 - p) / (1 - q))``; see Roulston and Smith
    (2002), https://journals.ametsoc.org/view/journals/mwre/130/6/1520-0493_2002_130_1653_epfuit_2.0.co_2.xml

    Examples
    --------
    >>> surprise(0.9, 0.14), surprise(0.1, 0.3), surprise(0.2, 0.2)
    ('+2.11', '−0.17', '0.00')
    """
    terms = ((probability, climatology), (1.0 - probability, 1.0 - climatology))
    if any(p > 0.0 and q <= 0.0 for p, q in terms):
        return "infinite"
    bits = sum(p * math.log2(p / q) for p, q in terms if p > 0.0)
    sign = "+" if probability > climatology else "−"
    return f"{sign}{bits:.2f}" if bits >= 0.005 else "0.00"
