"""What goes with a canvas or a person, as statements: put together here once, from each other.

Nothing that anybody typed is in them; numbers and chats are parameters.
"""

from __future__ import annotations

from storage.database.schema import NAME_A_CANVAS, NAME_A_CHAT, NAME_A_PERSON

PILOT = "(SELECT pilot FROM canvases WHERE id = :canvas)"
# One of several who fill a canvas goes, with what they said; whoever is left alone has a
# personal one again. The first who answers along owns it after its owner.
LEAVES = (
    f"""DELETE FROM settlements WHERE pilot = {PILOT}
    AND voice IN (SELECT id FROM answers WHERE canvas = :canvas)""",
    f"""UPDATE settlements SET person = NULL WHERE pilot = {PILOT}
    AND person = (SELECT person FROM canvases WHERE id = :canvas)""",
    f"""UPDATE canvases SET role = 'owner' WHERE pilot = {PILOT} AND id <> :canvas
    AND person = (SELECT n.person FROM canvases n
    WHERE n.pilot = {PILOT} AND n.id <> :canvas ORDER BY n.role = 'reader', n.id LIMIT 1)
    AND NOT EXISTS (SELECT 1 FROM canvases o WHERE o.pilot = {PILOT} AND o.id <> :canvas
    AND o.role = 'owner')""",
    "UPDATE canvases SET pilot = NULL, role = NULL, called = NULL WHERE id = :canvas",
    """UPDATE canvases SET pilot = NULL, role = NULL, called = NULL WHERE pilot IN
    (SELECT pilot FROM canvases WHERE pilot IS NOT NULL GROUP BY pilot HAVING COUNT(*) = 1)""",
    "DELETE FROM settlements WHERE pilot NOT IN (SELECT pilot FROM canvases WHERE pilot > 0)",
    "DELETE FROM pilots WHERE id NOT IN (SELECT pilot FROM canvases WHERE pilot > 0)",
)
SEATS_ON = "(SELECT id FROM seats WHERE canvas = :canvas)"
THEM = "(SELECT person FROM chats WHERE chat = :chat)"
THEIRS = f"chat = :chat OR chat IN (SELECT chat FROM chats WHERE person IN {THEM})"
SEATS_BY = "(SELECT id FROM seats WHERE person IN (SELECT person FROM chats WHERE chat = :chat))"

# A message to somebody else that names who goes; unsent it never goes out. A null in its body
# would take a key away: what reads a message wants all of them. Of the oldest no words are left.
BLANKED = """UPDATE outbox SET about = NULL, secret = NULL,
    failed = CASE WHEN sent_at IS NULL THEN COALESCE(failed, 'recalled') ELSE failed END,
    body = CASE WHEN body = '' THEN body ELSE json_patch(body, '{"html": "…", "file_text": "",
    "data": "", "document": "", "chosen": "", "choices": [], "trail": []}') END WHERE """
# A menu that names who goes: its buttons mean nothing any more.
INVITED = """key IN ('steer.invitations', 'steer.overview', 'steer.overview_empty',
    'steer.municipality', 'steer.remarks')"""
UNASKED = "UPDATE outbox SET key = NULL, choices = NULL WHERE "
READERS = """SELECT h.chat FROM chats h JOIN keepers k ON k.person = h.person
    JOIN seats s ON s.trajectory = k.trajectory WHERE """
BY_CANVAS, BY_PERSON = f"{READERS}s.canvas = :canvas", f"{READERS}s.person IN {THEM}"
# Whose messages may name them: who kept or sat in the same trajectories, ever.
WITH_KEEPER = f"""SELECT h.chat FROM chats h JOIN seats s ON s.person = h.person
    JOIN keepers k ON k.trajectory = s.trajectory WHERE k.person IN {THEM}
    UNION SELECT h.chat FROM chats h JOIN keepers o ON o.person = h.person
    JOIN keepers k ON k.trajectory = o.trajectory WHERE k.person IN {THEM}"""
# Other invitations of the same person, renewed or never used.
NAMESAKES = """UPDATE links SET name = '' WHERE (trajectory, municipality, name) IN
    (SELECT trajectory, municipality, name FROM seats WHERE """
MEMBERS = f"""SELECT h.chat FROM chats h JOIN canvases o ON o.person = h.person
    WHERE o.pilot = {PILOT}"""
# What the members of a canvas read of each other, where one of them goes. The buttons of what
# differs hold what they said, and those of who fills it their name.
READ_OF_EACH_OTHER = (
    f"{UNASKED}about = -2 AND key LIKE 'steer.%' AND chat IN ({MEMBERS})",
    f"{BLANKED}about = -2 AND chat IN ({MEMBERS})",
)
# Of whoever was asked whether theirs is the same pilot: its name stands there and on the button.
SAME = """key IN ('steer.joining', 'steer.same_too')
    AND choices LIKE '%"same_pilot ' || CAST(:canvas AS TEXT) || '"%'"""
# What goes with a canvas, in this order.
OF_CANVAS = (
    *READ_OF_EACH_OTHER,
    f"{BLANKED}{SAME}",
    f"{UNASKED}{SAME}",
    """UPDATE links SET name = '' WHERE kind = 'p'
    AND used_by = (SELECT person FROM canvases WHERE id = :canvas)""",
    *LEAVES,
    "UPDATE links SET canvas = NULL WHERE canvas = :canvas",
    f"{BLANKED}about = 0 AND chat IN ({BY_CANVAS})",
    f"{UNASKED}{INVITED} AND chat IN ({BY_CANVAS})",
    f"{NAMESAKES}canvas = :canvas)",
    f"DELETE FROM agreed WHERE seat IN {SEATS_ON}",
    f"DELETE FROM shares WHERE seat IN {SEATS_ON}",
    f"DELETE FROM remarks WHERE seat IN {SEATS_ON}",
    # When they were asked stays: another pilot must not be asked more often for it.
    f"""UPDATE handed SET prompt = 0 WHERE prompt IN
        (SELECT id FROM prompts WHERE canvas = :canvas OR seat IN {SEATS_ON})""",
    f"DELETE FROM prompts WHERE canvas = :canvas OR seat IN {SEATS_ON}",
    "DELETE FROM doors WHERE outbox IN (SELECT id FROM outbox WHERE canvas = :canvas)",
    *(f"DELETE FROM {table} WHERE canvas = :canvas" for table in NAME_A_CANVAS),
    # Their ids stay: an update that comes again must not be taken again.
    """UPDATE updates SET kind = NULL, text = NULL, message = NULL, canvas = NULL
        WHERE canvas = :canvas""",
    "DELETE FROM canvases WHERE id = :canvas",
)
# What goes with a person after all canvases.
OF_PERSON = (
    # The number in the button may be the next person's.
    f"""{UNASKED}key = 'steer.appoint_waits' AND choices LIKE
        '%"appoint_yes ' || (SELECT person FROM kwartiermakers WHERE person IN {THEM}) || '"%'""",
    f"{BLANKED}about IN {THEM}",
    f"{BLANKED}about = 0 AND chat IN ({BY_PERSON} UNION {WITH_KEEPER})",
    f"{BLANKED}about = -1 AND EXISTS (SELECT 1 FROM kwartiermakers WHERE person IN {THEM})",
    f"{UNASKED}{INVITED} AND chat IN ({BY_PERSON})",
    f"{NAMESAKES}person IN {THEM})",
    f"""UPDATE links SET name = '' WHERE kind = 'k' AND name IN
        (SELECT name FROM kwartiermakers WHERE person IN {THEM})""",
    f"DELETE FROM agreed WHERE seat IN {SEATS_BY}",
    f"DELETE FROM shares WHERE seat IN {SEATS_BY}",
    f"DELETE FROM remarks WHERE seat IN {SEATS_BY}",
    *(f"DELETE FROM {table} WHERE person IN {THEM}" for table in NAME_A_PERSON),
    # What they did for others stays, without them; what they wrote to others does not.
    f"UPDATE agreed SET noted_by = 0 WHERE noted_by IN {THEM}",
    f"UPDATE meetings SET made_by = 0 WHERE made_by IN {THEM}",
    f"""UPDATE prompts SET made_by = NULL, text = '', ended = COALESCE(ended, 'gone'),
        ended_at = COALESCE(ended_at, sent_at, due_at) WHERE made_by IN {THEM}""",
    f"UPDATE settlements SET person = NULL WHERE person IN {THEM}",
    f"UPDATE links SET made_by = NULL WHERE made_by IN {THEM}",
    f"UPDATE links SET used_by = NULL, name = '' WHERE used_by IN {THEM}",
    *(f"DELETE FROM {table} WHERE {THEIRS}" for table in NAME_A_CHAT),
    # Their chats go along with them.
    f"DELETE FROM people WHERE id IN {THEM}",
)
