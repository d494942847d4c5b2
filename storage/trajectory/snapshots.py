"""What is known of each canvas at a glance, kept beside it: thousands are looked at at once."""

from __future__ import annotations

import json
import logging
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flows.trajectory.views import Facts, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.model.turn import Guide, Walk
    from storage.store import Store


log = logging.getLogger("opschaalgids.glances")

SEATED = (
    "SELECT DISTINCT c.id, c.changed_at FROM seats s JOIN canvases c ON c.id = s.canvas "
    "LEFT JOIN glances g ON g.canvas = c.id WHERE s.left_at IS NULL"
)
OF_PERSON = f"{SEATED} AND s.person = (SELECT person FROM chats WHERE chat = ?)"  # noqa: S608 - ours
STALE = f"{SEATED} AND (g.canvas IS NULL OR g.changed_at <> c.changed_at)"
OF_TRAJECTORY, OF_ANYONE = f"{STALE} AND s.trajectory = ?", f"{STALE} LIMIT ?"

RENEWED = (
    "INSERT INTO glances(canvas, changed_at, facts) VALUES (?, ?, ?) ON CONFLICT(canvas) "
    "DO UPDATE SET changed_at = excluded.changed_at, facts = excluded.facts"
)


def of_person(store: Store, guide_of: Callable[[int], Guide], chat: str) -> None:
    """After somebody's own turn: whoever looks at thousands finds them all up to date.

    Whatever the times say: two answers within one second have the same.
    """
    _renew(store, guide_of, OF_PERSON, chat)


def of_trajectory(store: Store, guide_of: Callable[[int], Guide], trajectory: int) -> None:
    """Before somebody looks: nothing that they see is older than its canvas."""
    _renew(store, guide_of, OF_TRAJECTORY, trajectory)


def of_anyone(store: Store, guide_of: Callable[[int], Guide], most: int) -> int:
    """What changed beside the turns, such as by a restored backup; how many there were."""
    return _renew(store, guide_of, OF_ANYONE, most)


def _renew(store: Store, guide_of: Callable[[int], Guide], sql: str, value: str | int) -> int:
    rows = store.rows(sql, value)
    for row in rows:
        facts = _facts(guide_of(row["id"]), store.walk(row["id"]))
        store.db.execute(RENEWED, [row["id"], row["changed_at"], as_json(facts)])
    return len(rows)


def _facts(guide: Guide, walk: Walk) -> Facts:
    """Nothing to see where a canvas cannot be worked out: the others must not wait for it."""
    try:
        return facts_of(guide, walk)
    except Exception as error:  # noqa: BLE001 - its text may hold people's words
        name = type(error).__name__
        log.error("canvas %d cannot be looked at: %s", walk.id, name)  # noqa: TRY400 - no words
        return Facts()


def as_json(facts: Facts) -> str:
    """Without the answers themselves: those are read where they are needed."""
    week = facts.week and facts.week.isoformat()
    return json.dumps({**vars(facts), "given": {}, "week": week}, ensure_ascii=False)


@lru_cache(maxsize=4096)
def from_json(text: str | None) -> Facts:
    """Remembered by their text, as one page after the other asks for the same thousands."""
    if text is None:
        return Facts()
    tree: dict[str, Any] = json.loads(text)
    week = date.fromisoformat(tree["week"]) if tree["week"] else None
    pairs = {name: tuple(map(tuple, tree[name])) for name in ("routes", "attention")}
    lists = {name: tuple(tree[name]) for name in ("steps", "open_points")}
    return Facts(**{**tree, **pairs, **lists, "week": week})
