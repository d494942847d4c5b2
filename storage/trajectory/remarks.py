"""What advisers say to who keeps their trajectory: kept, read, and taken back wherever it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.model.trajectory import Remark
from storage.audit import PERSON
from storage.sequences import Noted, Steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store

SENDS: Steps = (
    """INSERT INTO remarks(seat, prompt, text, at) SELECT id, :prompt, :text, :utc FROM seats
    WHERE id = :seat AND person = :doer AND left_at IS NULL AND confirmed_at IS NOT NULL
    RETURNING id AS remark""",
    Noted(PERSON, "shared remarks"),
)
READS: Steps = "UPDATE remarks SET read_at = :utc WHERE id = :remark AND read_at IS NULL"
REMARKS = """SELECT r.id, r.seat, s.trajectory, s.municipality, s.name, r.text, r.at, r.read_at,
    COALESCE(p.text, '') AS asked FROM remarks r JOIN seats s ON s.id = r.seat
    LEFT JOIN prompts p ON p.id = r.prompt WHERE s.left_at IS NULL AND """
OF_OWN = f"{REMARKS}s.person = ? ORDER BY r.id DESC"
TO_KEEPER = f"""{REMARKS}s.confirmed_at IS NOT NULL AND s.trajectory IN (SELECT k.trajectory
    FROM keepers k WHERE k.person = ? AND k.until_at IS NULL) ORDER BY r.id DESC"""  # noqa: S608 - ours


def of_own(store: Store, person: int, local: Callable[[str], datetime]) -> tuple[Remark, ...]:
    """What somebody said, newest first. `local`: a kept moment on their clock."""
    return tuple(_remark(row, local) for row in store.rows(OF_OWN, person))


def to_keeper(store: Store, person: int, local: Callable[[str], datetime]) -> tuple[Remark, ...]:
    """What was said to somebody in all trajectories that they keep now, newest first."""
    return tuple(_remark(row, local) for row in store.rows(TO_KEEPER, person))


def _remark(row: dict[str, Any], local: Callable[[str], datetime]) -> Remark:
    return Remark(
        row["id"], row["seat"], row["trajectory"], row["municipality"],
        row["name"] or row["municipality"], row["text"], local(row["at"]),
        row["read_at"] is not None, row["asked"],
    )  # fmt: skip
