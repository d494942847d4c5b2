"""Two people who are one: all that the second has becomes the first's, and nothing of it is lost.

`:keeps` made the link, `:joins` used it. What both have of what there is one of stays the first's.
"""

from __future__ import annotations

from storage.audit import PERSON
from storage.sequences import Cases, Noted, Steps

GRANTED = """UPDATE links SET granted_at = :now WHERE id = :link AND kind = 'c'
    AND made_by = :doer AND used_by IS NOT NULL AND used_by <> made_by AND granted_at IS NULL
    AND withdrawn_at IS NULL RETURNING made_by AS keeps, used_by AS joins"""
# As whom they are in backups, and in lines that never change.
KNOWN_BEFORE = (
    "UPDATE aliases SET person = :keeps WHERE person = :joins",
    """INSERT INTO aliases(pseudonym, person)
    SELECT pseudonym, :keeps FROM people WHERE id = :joins""",
)
# Who comes in by a browser goes on where that person's other browsers are.
ONE_SCREEN = """UPDATE sessions SET chat = COALESCE((SELECT h.chat FROM chats h
    WHERE h.person = :keeps AND h.chat LIKE 'web:%' ORDER BY h.seen_at DESC LIMIT 1), chat)
    WHERE chat IN (SELECT chat FROM chats WHERE person = :joins)"""
# Each shows from now on what was said there of it, and nothing of before.
CHATS = """UPDATE chats SET person = :keeps, shows = (SELECT MAX(o.id) FROM outbox o
    WHERE o.chat = chats.chat AND o.key = 'steer.connecting' AND o.sent_at IS NULL)
    WHERE person = :joins"""
WORK = (
    "UPDATE canvases SET person = :keeps WHERE person = :joins",
    # On a canvas that both filled they have one part from now on: what either might do.
    """UPDATE canvases SET role = (SELECT o.role FROM canvases o
    WHERE o.pilot = canvases.pilot AND o.person = :keeps
    ORDER BY o.role <> 'owner', o.role <> 'colleague' LIMIT 1)
    WHERE person = :keeps AND pilot IS NOT NULL""",
    "UPDATE seats SET person = :keeps WHERE person = :joins",
    """UPDATE people SET canvas = COALESCE(canvas, (SELECT canvas FROM people WHERE id = :joins)),
    trajectory = COALESCE(trajectory, (SELECT trajectory FROM people WHERE id = :joins))
    WHERE id = :keeps""",
)
# About the same meeting one is asked once.
PROMPTS = (
    """DELETE FROM prompts WHERE person = :joins AND sent_at IS NULL
    AND mark IN (SELECT r.mark FROM prompts r WHERE r.person = :keeps)""",
    """UPDATE prompts SET mark = NULL WHERE person = :joins
    AND mark IN (SELECT r.mark FROM prompts r WHERE r.person = :keeps)""",
    "UPDATE prompts SET person = :keeps WHERE person = :joins",
    "UPDATE handed SET person = :keeps WHERE person = :joins",
    # Whoever stopped them anywhere stopped them.
    """UPDATE prompting SET stopped_at = COALESCE(stopped_at, (SELECT o.stopped_at
    FROM prompting o WHERE o.person = :joins)), less_at = COALESCE(less_at,
    (SELECT o.less_at FROM prompting o WHERE o.person = :joins)) WHERE person = :keeps""",
    """UPDATE prompting SET person = :keeps WHERE person = :joins
    AND NOT EXISTS (SELECT 1 FROM prompting o WHERE o.person = :keeps)""",
    "DELETE FROM prompting WHERE person = :joins",
    "DELETE FROM planned WHERE canvas IN (SELECT id FROM canvases WHERE person = :keeps)",
)
KEEPING = (
    """DELETE FROM kwartiermakers WHERE person = :keeps
    AND (confirmed_at IS NULL OR ended_at IS NOT NULL)
    AND EXISTS (SELECT 1 FROM kwartiermakers q WHERE q.person = :joins)""",
    """UPDATE kwartiermakers SET person = :keeps WHERE person = :joins
    AND NOT EXISTS (SELECT 1 FROM kwartiermakers q WHERE q.person = :keeps)""",
    "DELETE FROM kwartiermakers WHERE person = :joins",
    """UPDATE keepers SET until_at = :now WHERE person = :joins AND until_at IS NULL
    AND trajectory IN (SELECT k.trajectory FROM keepers k
    WHERE k.person = :keeps AND k.until_at IS NULL)""",
    "UPDATE keepers SET person = :keeps WHERE person = :joins",
    """UPDATE drafts SET person = :keeps WHERE person = :joins
    AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.person = :keeps)""",
    "DELETE FROM drafts WHERE person = :joins",
)
# What they did, and what names them.
DID = (
    "UPDATE prompts SET made_by = :keeps WHERE made_by = :joins",
    "UPDATE meetings SET made_by = :keeps WHERE made_by = :joins",
    "UPDATE batches SET person = :keeps WHERE person = :joins",
    "UPDATE agreed SET noted_by = :keeps WHERE noted_by = :joins",
    "UPDATE links SET made_by = :keeps WHERE made_by = :joins",
    "UPDATE links SET used_by = :keeps WHERE used_by = :joins",
    "UPDATE settlements SET person = :keeps WHERE person = :joins",
    "UPDATE outbox SET about = :keeps WHERE about = :joins",
    "UPDATE proposals SET person = :keeps WHERE person = :joins",
)
WAYS_IN = (
    """UPDATE addresses SET person = :keeps WHERE person = :joins
    AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.person = :keeps)""",
    "UPDATE passkeys SET person = :keeps WHERE person = :joins",
)
# Their own address and doors go along, where the first has an address.
GONE = "DELETE FROM people WHERE id = :joins"
# A line for each pilot of either.
LINES = """INSERT INTO audit(at, who, what, canvas)
    SELECT :now, 'person', 'connected', id FROM canvases WHERE person = :keeps ORDER BY id"""

CONNECTS: Steps = (
    GRANTED,
    *KNOWN_BEFORE,
    ONE_SCREEN,
    CHATS,
    *WORK,
    *PROMPTS,
    *KEEPING,
    *DID,
    *WAYS_IN,
    GONE,
    LINES,
    Noted(PERSON, "connected", ""),
)
"""After the yes of who made the link."""

REFUSES: Steps = (
    """UPDATE links SET withdrawn_at = :now WHERE id = :link AND kind = 'c' AND made_by = :doer
    AND granted_at IS NULL""",
    Noted(PERSON, "refused c", ""),
)

DECIDES: Steps = Cases("yes", {True: CONNECTS, False: REFUSES})
