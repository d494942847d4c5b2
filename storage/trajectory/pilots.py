"""Filling one canvas together: what joining, settling and leaving change."""

from __future__ import annotations

from storage.audit import PERSON
from storage.conversations.canvases import LAST
from storage.database.rows import COUNTED
from storage.sequences import Noted, Steps

# `shared`: the canvas of who made the link. It is one of several from the first who joins on.
JOINS: tuple[str | Noted, ...] = (
    """INSERT INTO pilots(made_at) SELECT :now FROM canvases WHERE id = :shared
    AND pilot IS NULL""",
    """UPDATE canvases SET pilot = (SELECT MAX(id) FROM pilots), role = 'owner'
    WHERE id = :shared AND pilot IS NULL""",
    f"""INSERT INTO canvases(id, person, content, depth, state, picked, plan, told, created_at,
    changed_at, pilot, role, called) SELECT (SELECT MAX(n) + 1 FROM (SELECT MAX(id) AS n
    FROM canvases UNION ALL SELECT CAST(value AS INTEGER) FROM facts WHERE name = '{LAST}')
    AS known), :doer, c.content, 'quick', 'pilot', '[]', '[]', '[]', :now, :now, c.pilot,
    'colleague', :name FROM canvases c WHERE c.id = :shared""",  # noqa: S608 - ours
    """UPDATE people SET canvas = (SELECT MAX(id) FROM canvases WHERE person = :doer)
    WHERE id = :doer""",
    Noted(PERSON, "joined p", ""),
)
SETTLES: Steps = (
    """SELECT pilot, id AS canvas FROM canvases WHERE id = :canvas AND person = :doer
    AND role = 'owner'""",
    COUNTED,
    """INSERT INTO settlements(pilot, id, question, how, person, voice, at)
    SELECT pilot, answered, :question, :how, person, :voice, :now
    FROM canvases WHERE id = :canvas""",
)
