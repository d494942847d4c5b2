"""Time zones by the words that a person may type for them."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from flows.intents.choices import fold

REGIONS = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
NOWHERE = ("Etc/", "Factory")
"""Zones that are no place; in Etc/ a plus means what others write with a minus."""


@lru_cache(maxsize=1)
def named() -> dict[str, str]:
    """Words -> IANA zone: each zone's own name, and the place in it."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    known = [name for name in listed if not name.startswith(NOWHERE)]
    places = {fold(name.rpartition("/")[2]): name for name in known if name.startswith(REGIONS)}
    return places | {fold(name): name for name in known}
