"""What is known of each canvas at a glance, kept beside it: thousands are looked at at once."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flows.advice.comparison import stood
from flows.model.journey import Earlier, Landmark
from flows.trajectory.views import Facts, facts_of, since
from storage.database.rows import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.model.guidebook import Guide
    from flows.model.journey import Walk
    from storage.store import Store


log = logging.getLogger("opschaalgids.glances")

SEATED = """SELECT DISTINCT c.id, c.changed_at FROM seats s JOIN canvases c ON c.id = s.canvas
    LEFT JOIN glances g ON g.canvas = c.id WHERE s.left_at IS NULL"""
STALE = f"{SEATED} AND (g.canvas IS NULL OR g.changed_at <> c.changed_at)"
WHOSE = {
    # Whatever the times say: two answers within one second have the same.
    "person": f"{SEATED} AND s.person = (SELECT person FROM chats WHERE chat = ?)",  # noqa: S608 - ours
    "trajectory": f"{STALE} AND s.trajectory = ?",
    "anyone": f"{STALE} LIMIT ?",
}
MEETINGS = """SELECT m.starts_at FROM meetings m JOIN seats s ON s.trajectory = m.trajectory
    AND s.municipality = m.municipality WHERE s.canvas = ? AND s.left_at IS NULL
    AND m.cancelled_at IS NULL"""
NEWS = ("since", "moved", "revised", "because", "by_rule", "new_steps")
"""What a glance knows of the time since the last meeting."""

RENEWED = """INSERT INTO glances(canvas, changed_at, facts) VALUES (?, ?, ?) ON CONFLICT(canvas)
    DO UPDATE SET changed_at = excluded.changed_at, facts = excluded.facts"""


def renew(store: Store, guide_of: Callable[[int], Guide], whose: str, value: str | int) -> int:
    """Bring up to date what is seen of canvases; how many there were.

    Of a chat's "person" after their own turn, so that whoever looks at thousands need not
    wait; of a "trajectory" before somebody looks; and of "anyone", at most so many, what
    changed beside the turns, such as by a restored backup.
    """
    rows = store.rows(WHOSE[whose], value)
    for row in rows:
        facts = _facts(guide_of(row["id"]), store.walk(row["id"]), earlier_of(store, row))
        store.db.execute(RENEWED, [row["id"], row["changed_at"], as_json(facts)])
    return len(rows)


def earlier_of(store: Store, canvas: Mapping[str, Any]) -> Earlier | None:
    """How a canvas stood at its last meeting before it changed last; none where it had none.

    A meeting after that is one since which nothing changed.
    """
    changed_at = datetime.fromisoformat(canvas["changed_at"])
    found = [datetime.fromisoformat(at) for at in store.column(MEETINGS, canvas["id"])]
    last = max((at for at in found if at < changed_at), default=None)
    if last is None:
        return None
    return Earlier(Landmark("meeting", last), stood(store.past(canvas["id"]).given, last))


def _facts(guide: Guide, walk: Walk, earlier: Earlier | None = None) -> Facts:
    """Nothing to see where a canvas cannot be worked out: the others must not wait for it."""
    try:
        facts = facts_of(guide, walk)
        return replace(facts, **since(guide, walk, earlier)) if earlier else facts
    except Exception as error:  # noqa: BLE001 - its text may hold people's words
        name = type(error).__name__
        log.error("canvas %d cannot be looked at: %s", walk.id, name)  # noqa: TRY400 - no words
        return Facts()


def with_news(facts: Facts, text: str | None) -> Facts:
    """The same, with what a glance knows to be another since the last meeting."""
    seen = from_json(text)
    return replace(facts, **{name: getattr(seen, name) for name in NEWS})


def with_changes(store: Store, guide: Guide, walk: Walk, facts: Facts, day: datetime) -> Facts:
    """The same, with what became another since that moment instead."""
    earlier = Earlier(Landmark("day", day), stood(store.past(walk.id).given, day))
    return replace(facts, **since(guide, walk, earlier))


def as_json(facts: Facts) -> str:
    """Without the answers themselves: those are read where they are needed."""
    week = facts.week and facts.week.isoformat()
    left: dict[str, Any] = {"given": {}, "attempts": [], "week": week}
    return json.dumps({**vars(facts), **left}, ensure_ascii=False)


@lru_cache(maxsize=4096)
def from_json(text: str | None) -> Facts:
    """Remembered by their text, as one page after the other asks for the same thousands."""
    if text is None:
        return Facts()
    tree: dict[str, Any] = decoded(text)
    week = date.fromisoformat(tree["week"]) if tree["week"] else None
    pairs = {name: tuple(map(tuple, tree[name])) for name in ("routes", "attention")}
    names = ("steps", "open_points", "moved", "revised", "by_rule", "new_steps", "attempts")
    lists = {name: tuple(tree.get(name, ())) for name in names}
    because = {about: tuple(keys) for about, keys in tree.get("because", {}).items()}
    return Facts(**{**tree, **pairs, **lists, "because": because, "week": week})
