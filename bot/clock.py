"""The one place that reads the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo


def now(zone: str) -> datetime:
    """The time in the house's zone; whose clock it is then, bot/conversation.py decides."""
    return datetime.now(ZoneInfo(zone))  # noqa: TID251 - here and nowhere else
