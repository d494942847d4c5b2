"""Colours by what an eye sees of them: how light, how far apart, and those between."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls

Colour = tuple[float, float, float]
"""Red, green, blue of sRGB, each 0 to 1."""

WHITE: Colour = (1, 1, 1)
BLACK: Colour = (0, 0, 0)


def from_hex(said: str) -> Colour:
    """`#14506b`."""
    red, green, blue = (int(said[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def to_hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def contrast(one: Colour, other: Colour) -> float:
    """1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`share`: 0 to 1, of the other."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(colour: Colour, ground: Colour, least: float) -> Colour:
    """Of the same hue, as little lighter as makes it stand out from a dark ground by `least`."""
    hue, light, saturation = rgb_to_hls(*colour)
    shares = (light + (1 - light) * share / 50 for share in range(51))
    tried = (hls_to_rgb(hue, share, saturation) for share in shares)
    return next((one for one in tried if contrast(one, ground) >= least), WHITE)


def _luminance(colour: Colour) -> float:
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour)  # noqa: PLR2004 - sRGB
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
