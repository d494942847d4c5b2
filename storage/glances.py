"""What is known of each canvas at a glance, kept beside it: thousands are looked at at once."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flows.sharing import Facts, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.turn import Guide
    from storage.store import Store


def renew(
    store: Store, guide_of: Callable[[int], Guide], trajectory: int | None = None, most: int = -1
) -> None:
    """Bring the glances of a trajectory's canvases, or of everybody's, up to date."""
    rows = store.rows(
        "SELECT DISTINCT c.id, c.changed_at FROM seats s JOIN canvases c ON c.id = s.canvas "
        "LEFT JOIN glances g ON g.canvas = c.id WHERE s.left_at IS NULL AND "
        "(? IS NULL OR s.trajectory = ?) AND (g.canvas IS NULL OR g.changed_at <> c.changed_at) "
        "LIMIT ?",
        trajectory,
        trajectory,
        most,
    )
    for row in rows:
        facts = facts_of(guide_of(row["id"]), store.walk(row["id"]))
        store.db.execute(
            "INSERT OR REPLACE INTO glances(canvas, changed_at, facts) VALUES (?, ?, ?)",
            [row["id"], row["changed_at"], as_json(facts)],
        )


def as_json(facts: Facts) -> str:
    """Without the answers themselves: those are read where they are needed."""
    tree = asdict(replace(facts, given={}))
    return json.dumps({**tree, "week": facts.week and facts.week.isoformat()}, ensure_ascii=False)


def from_json(text: str | None) -> Facts:
    if text is None:
        return Facts()
    tree: dict[str, Any] = json.loads(text)
    week = date.fromisoformat(tree["week"]) if tree["week"] else None
    pairs = {name: tuple(map(tuple, tree[name])) for name in ("routes", "attention")}
    lists = {name: tuple(tree[name]) for name in ("steps", "open_points")}
    return Facts(**{**tree, **pairs, **lists, "week": week})
