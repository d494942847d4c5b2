"""A link made, withdrawn and used up: what it gives, by its kind, and a place that moves by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.audit import KEEPER, PERSON
from storage.sequences import Cases, Noted, Steps
from storage.trajectory import pilots
from storage.trajectory.seats import KNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

# Whoever says yes to an invitation agreed with what stands under it.
AGREES = """UPDATE people SET agreed_at = COALESCE(agreed_at, :now),
    agreed_version = COALESCE(agreed_version, :agreement) WHERE id = :doer"""
KEEPS = """INSERT INTO keepers(trajectory, person, from_at) VALUES (:trajectory, :doer, :now)
    ON CONFLICT DO NOTHING"""
GOES_TO = "UPDATE people SET trajectory = :trajectory WHERE id = :doer"
MAKES: Steps = (
    """INSERT INTO links(hash, kind, made_by, trajectory, municipality, name, seat, canvas,
    made_at, expires_at, granted_at) VALUES (:hash, :kind, NULLIF(:doer, 0), :trajectory,
    :municipality, :name, :seat, :canvas, :now, :expires_at, CASE WHEN :granted THEN :now END)
    RETURNING CASE kind WHEN 's' THEN id ELSE seat END AS seat,
    CASE WHEN kind = 'k' THEN 'operator' WHEN kind IN ('m', 'c', 'p') THEN 'person'
    ELSE 'keeper' END AS inviter""",
    Noted("{inviter}", "invited {kind}"),
)
WITHDRAWS: Steps = (
    "UPDATE links SET withdrawn_at = :now WHERE id = :link AND used_at IS NULL",
    # Those before it that expired for the same person are over as well.
    """UPDATE links SET withdrawn_at = :now WHERE kind = 's' AND used_at IS NULL
    AND withdrawn_at IS NULL AND expires_at <= :utc AND (trajectory, municipality, name) =
    (SELECT trajectory, municipality, name FROM links WHERE id = :link)""",
    Noted(KEEPER, "withdrew", "link"),
)
# What a link gives, by its kind.
GIVES: Mapping[str, Steps] = {
    "k": (
        """INSERT INTO kwartiermakers(person, name, link, joined_at, confirmed_at)
        SELECT :doer, :name, id, :now, granted_at FROM links WHERE id = :link
        ON CONFLICT(person) DO UPDATE SET
        name = excluded.name, link = excluded.link, joined_at = excluded.joined_at,
        confirmed_at = excluded.confirmed_at, ended_at = NULL""",
        AGREES,
        Noted(PERSON, "joined k"),
    ),
    # A seat has its link's number. Who was confirmed before by who invites, is again. Where an
    # invitation was for nobody by name, whoever used it has a name all the same.
    "s": (
        KNOWN,
        """INSERT INTO seats(id, trajectory, municipality, name, person, canvas, joined_at,
        confirmed_at, screen_name, channel) VALUES (:link, :trajectory, :municipality,
        COALESCE(NULLIF(:name, ''), :screen_name), :doer, :canvas, :now,
        CASE WHEN :known THEN :now END, :screen_name, :channel)""",
        "UPDATE links SET canvas = :along WHERE id = :link",
        Noted(PERSON, "joined s", "link"),
    ),
    "t": (KEEPS, GOES_TO, Noted(PERSON, "joined t")),
    "h": (
        KEEPS,
        GOES_TO,
        """UPDATE keepers SET until_at = :now WHERE trajectory = :trajectory AND person = :made_by
        AND until_at IS NULL""",
        Noted(PERSON, "joined h"),
    ),
    # Nothing moves yet: that takes a yes of somebody else.
    "m": AGREES,
    "c": (),
    "p": (AGREES, *pilots.JOINS),
}
GRANTS: Mapping[bool, Steps] = {
    # The seat with its canvas goes to the new account; the old one keeps the rest.
    True: (
        """UPDATE links SET granted_at = :now WHERE id = :link AND used_by IS NOT NULL
        AND granted_at IS NULL AND withdrawn_at IS NULL RETURNING id""",
        "UPDATE seats SET person = :used_by WHERE id = :seat",
        "UPDATE canvases SET person = :used_by WHERE id = :canvas",
        "UPDATE prompts SET person = :used_by WHERE canvas = :canvas",
        # What named the old account names the new one too: either's erasing reaches it.
        "UPDATE outbox SET about = 0 WHERE about = :person",
        """UPDATE people SET canvas = (SELECT MAX(id) FROM canvases WHERE person = people.id)
        WHERE id = :person AND canvas = :canvas""",
        "UPDATE people SET canvas = COALESCE(:canvas, canvas) WHERE id = :used_by",
        "UPDATE chats SET shows = NULL WHERE person = :used_by",
        # No older link moves the place again.
        """UPDATE links SET withdrawn_at = :now WHERE kind = 'm' AND seat = :seat
        AND granted_at IS NULL AND withdrawn_at IS NULL""",
        Noted("{decider}", "admitted m"),
    ),
    False: (
        "UPDATE links SET withdrawn_at = :now WHERE id = :link AND granted_at IS NULL",
        Noted("{decider}", "refused m"),
    ),
}
REDEEMS: Steps = (
    # One of a hundred wins: the row changes once.
    """UPDATE links SET used_at = :now, used_by = :doer WHERE id = :link AND used_at IS NULL
    AND withdrawn_at IS NULL RETURNING kind, trajectory, municipality, name, seat, made_by,
    canvas AS shared""",
    Cases("kind", GIVES),
)
GRANTS_MOVE: Steps = (
    """SELECT l.seat, l.used_by, s.canvas, s.person,
    CASE WHEN :keeper THEN 'keeper' ELSE 'person' END AS decider
    FROM links l LEFT JOIN seats s ON s.id = l.seat WHERE l.id = :link""",
    Cases("yes", GRANTS),
)
