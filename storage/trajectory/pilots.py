"""Filling one canvas together: what joining, settling and leaving change."""

from __future__ import annotations

from storage.audit import PERSON
from storage.database import deletions
from storage.database.rows import COUNTED
from storage.sequences import Cases, Noted, Steps

# `shared`: the canvas of who made the link. It is one of several from the first who joins on.
JOINS: tuple[str | Noted, ...] = (
    """INSERT INTO pilots(made_at) SELECT :now FROM canvases WHERE id = :shared
    AND pilot IS NULL""",
    """UPDATE canvases SET pilot = (SELECT MAX(id) FROM pilots), role = 'owner'
    WHERE id = :shared AND pilot IS NULL""",
    """INSERT INTO canvases(id, person, content, depth, state, picked, plan, told, created_at,
    changed_at, pilot, role, called) SELECT (SELECT MAX(n) + 1 FROM (SELECT MAX(id) AS n
    FROM canvases UNION ALL SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'last_canvas')
    AS known), :doer, c.content, 'quick', 'pilot', '[]', '[]', '[]', :now, :now, c.pilot,
    'colleague', :name FROM canvases c WHERE c.id = :shared""",
    """UPDATE people SET canvas = (SELECT MAX(id) FROM canvases WHERE person = :doer)
    WHERE id = :doer""",
    Noted(PERSON, "joined p", ""),
)
ASKED_ALONG = """UPDATE links SET canvas = NULL WHERE id = :link AND kind = 's'
    AND used_by IS NOT NULL AND canvas IN (SELECT id FROM canvases WHERE person = :doer)
    RETURNING id AS seat"""
LETS_IN: Steps = (
    """SELECT l.canvas AS shared, l.used_by, l.name, c.person AS owner FROM links l
    JOIN canvases c ON c.id = l.canvas WHERE l.id = :link AND c.person = :doer
    AND EXISTS (SELECT 1 FROM people p WHERE p.id = l.used_by)""",
    ASKED_ALONG,
    Cases(
        "yes",
        {
            True: (
                "SELECT :used_by AS doer",
                *JOINS,
                """UPDATE seats SET canvas = (SELECT canvas FROM people WHERE id = :used_by)
                WHERE id = :link AND left_at IS NULL""",
            ),
            False: (),
        },
    ),
)
IS_OWNED = """SELECT o.pilot FROM canvases o JOIN canvases c ON c.pilot = o.pilot
    WHERE c.id = :canvas AND o.person = :doer AND o.role = 'owner' AND c.person <> o.person
    ORDER BY o.id LIMIT 1"""
# Who came to it in two chats and is one person has two canvases there, and one part.
SETS_PART: Steps = (
    IS_OWNED,
    """UPDATE canvases SET role = :part WHERE pilot = :pilot
    AND person = (SELECT person FROM canvases WHERE id = :canvas)""",
    """UPDATE canvases SET role = 'colleague' WHERE pilot = :pilot AND person = :doer
    AND :part = 'owner'""",
    Noted(PERSON, "part {part}", ""),
)
LEAVES: Steps = (
    """SELECT c.id AS gone FROM canvases c JOIN canvases o ON o.pilot = c.pilot
    WHERE c.id = :canvas AND o.person = :doer AND (o.id = c.id OR o.role = 'owner')""",
    # Who is no colleague any more is not found when somebody is erased later. That they go is
    # told in this turn, and stays.
    *(f"{blanked} AND created_at <> :now" for blanked in deletions.READ_OF_EACH_OTHER),
    """UPDATE links SET withdrawn_at = :now WHERE canvas = :canvas AND kind = 'p'
    AND used_at IS NULL AND withdrawn_at IS NULL""",  # they let in to what was left
    *deletions.LEAVES,
    Noted(PERSON, "left p", ""),
)
SETTLES: Steps = (
    """SELECT pilot, id AS canvas FROM canvases WHERE id = :canvas AND person = :doer
    AND role = 'owner'""",
    COUNTED,
    """INSERT INTO settlements(pilot, id, question, how, person, voice, at)
    SELECT pilot, answered, :question, :how, person, :voice, :now
    FROM canvases WHERE id = :canvas""",
)
