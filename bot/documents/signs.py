"""A status in office files: a sign, a colour, and never without its word beside it."""

from __future__ import annotations

GOOD, HALF, STOP, GREY = "#14506B", "#955600", "#A8321F", "#55606B"
"""The same as in templates/house.typ; not the house's colour, which may be red."""

MARKS = {
    "yes": ("●", GOOD), "fits": ("●", GOOD), "done": ("●", GOOD), "go": ("●", GOOD),
    "partly": ("◐", HALF), "first": ("◐", HALF), "go_first": ("◐", HALF),
    "possible": ("○", HALF), "find_out": ("○", HALF), "mild": ("△", HALF),
    "no": ("✕", STOP), "raised": ("▲", STOP),
    "not_now": ("–", GREY), "not_applicable": ("–", GREY), "small": ("–", GREY),
    "unknown": ("?", GREY), "open": ("?", GREY),
}  # fmt: skip
"""Status -> its sign and the colour of sign and word; others are not asked yet."""

NOT_ASKED = ("◌", GREY)


def sign_of(status: str) -> tuple[str, str]:
    return MARKS.get(status, NOT_ASKED)
