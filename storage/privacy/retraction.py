"""What an adviser said to a kwartiermaker and takes back: gone wherever it was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit
from storage.database.rows import text_of
from storage.privacy import erasure
from storage.sequences import Noted

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.effects import TakeBackRemarks
    from storage.sequences import Steps
    from storage.store import Store

THESE = """SELECT r.id FROM remarks r JOIN seats s ON s.id = r.seat WHERE r.seat = :seat
    AND s.person = :doer AND (CAST(:remark AS INTEGER) IS NULL OR r.id = :remark)"""
# Each message that shows a remark has a button that answers it, with its number. Who kept the
# trajectory and does not any more loses it as well.
SHOWN = f"""SELECT o.id FROM outbox o WHERE o.chat IN (SELECT h.chat FROM chats h
    JOIN keepers k ON k.person = h.person JOIN seats s ON s.trajectory = k.trajectory
    WHERE s.id = :seat) AND EXISTS (SELECT 1 FROM remarks r WHERE r.id IN ({THESE})
    AND o.choices LIKE '%"answer_remark ' || CAST(r.id AS TEXT) || '"%')"""  # noqa: S608 - ours
PLACES = f"""SELECT chat, message FROM outbox WHERE message IS NOT NULL AND sent_at > :since
    AND id IN ({SHOWN}) ORDER BY chat, message"""  # noqa: S608 - ours
TAKES_BACK: Steps = (
    f"UPDATE chats SET shows = NULL WHERE shows IN ({SHOWN})",  # noqa: S608 - ours
    f"DELETE FROM outbox WHERE id IN ({SHOWN})",  # noqa: S608 - ours
    f"DELETE FROM remarks WHERE id IN ({THESE}) RETURNING id",  # noqa: S608 - ours
    Noted(audit.PERSON, "took_back remarks"),
)


def out_of_chats(store: Store, what: TakeBackRemarks, person: int, at: datetime) -> set[str]:
    """Where it was read it goes, as far as a channel can; those chats."""
    values = {"seat": what.seat, "remark": what.remark, "doer": person}
    places: dict[str, list[int]] = {}
    for row in store.rows(PLACES, **values, since=text_of(at - erasure.REACHABLE)):
        places.setdefault(row["chat"], []).append(row["message"])
    for chat, messages in places.items():
        erasure.take_away(store, chat, messages, at)
    return {*places}
