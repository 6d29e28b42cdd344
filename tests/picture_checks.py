"""What holds of every picture: measured on the drawn page, not compared with a stored image."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

#: Deuteranopia in linear RGB (Machado, Oliveira and Fernandes 2009, https://doi.org/10.1109/TVCG.2009.113, severity 1).
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def texts(picture: Figure) -> list[Text]:
    """Texts that a reader sees."""
    picture.draw_without_rendering()
    kept: set[int] = set()
    for axis in picture.findobj(Axis):
        # matplotlib keeps labels of ticks beyond the ends of an axis, and does not draw them.
        drawn = axis._update_ticks()
        kept |= {
            id(label)
            for tick in [*axis.majorTicks, *axis.minorTicks]
            if not any(tick is one for one in drawn)
            for label in (tick.label1, tick.label2)
        }
    return [
        artist
        for artist in picture.findobj(Text)
        if artist.get_visible() and artist.get_text().strip() and id(artist) not in kept
    ]


def words(picture: Figure) -> str:
    return "\n".join(artist.get_text() for artist in texts(picture))


def overlapping(picture: Figure) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than the touch of a line."""
    boxes = [(artist.get_text(), artist.get_window_extent()) for artist in texts(picture)]
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 0.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5
    ]


def outside(picture: Figure) -> list[str]:
    """Texts that the sheet cuts off."""
    width, height = picture.get_size_inches() * picture.dpi
    return [
        artist.get_text()
        for artist in texts(picture)
        if (box := artist.get_window_extent()).x0 < -0.5
        or box.y0 < -0.5
        or box.x1 > width + 0.5
        or box.y1 > height + 0.5
    ]


def smallest_type(picture: Figure) -> float:
    return min(artist.get_fontsize() for artist in texts(picture))


def check_picture(picture: Figure) -> None:
    """Nothing overlaps, is cut off or too small to read, and all axes say what they measure."""
    assert overlapping(picture) == []
    assert outside(picture) == []
    assert smallest_type(picture) >= 8.0
    assert picture.get_size_inches()[0] <= 6.7
    assert picture.get_suptitle()
    told = [axes.get_xlabel() + axes.get_ylabel() for axes in picture.axes]
    assert all(told)
    assert tuple(picture.get_facecolor()[:3]) == (1.0, 1.0, 1.0)


def difference(one: str, other: str, *, seen_by: np.ndarray | None = None) -> float:
    """CIE 1976 difference of two colours, as they are or as a vision sees them."""
    lab = [
        _lab(_linear(colour) if seen_by is None else np.clip(seen_by @ _linear(colour), 0, 1))
        for colour in (one, other)
    ]
    return float(np.linalg.norm(lab[0] - lab[1]))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as the Web Content Accessibility Guidelines define it, 1 to 21."""
    light = sorted(float(_linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    ratio = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
