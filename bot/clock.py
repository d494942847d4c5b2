"""The one place that reads the clock."""

import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo


def now(zone: str) -> datetime:
    """The time in the house's zone; whose clock it is then, bot/engine/conversation.py decides."""
    return datetime.now(ZoneInfo(zone))  # noqa: TID251 - here and nowhere else


def steady() -> float:
    """Seconds that only pass, whoever sets the clock on the wall, also while the machine sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
