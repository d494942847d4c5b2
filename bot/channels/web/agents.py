"""Which browser somebody has, in a few words that they know it by. It proves nothing."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
"""What a browser says of itself -> its name. Most say the names of others too: the first counts."""


def device_in(agent: str) -> str:
    """Such as "Firefox, Android"; nothing where it says nothing that is known."""
    found = (
        next((name for said, name in known if said in agent), "") for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, found))
