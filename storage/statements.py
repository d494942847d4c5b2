"""What each effect changes: its statements, by its type.

They name the effect's own fields, and `:doer`, `:now` (the house's clock), `:utc` (the same
moment, to be compared as a text) and `:agreement`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.model import effects
from storage.audit import KEEPER, OPERATOR, PERSON
from storage.database.rows import ANSWER, COUNTED, answer_values, text_of, utc
from storage.privacy import retraction
from storage.sequences import Cases, Each, Noted, Steps, run
from storage.trajectory import forwards, merging, pilots, remarks
from storage.trajectory.seats import KNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.effects import Deed
    from storage.store import Store


# ---------------------------------------------------------------- what several effects need

# Whoever says yes to an invitation agreed with what stands under it.
AGREES = """UPDATE people SET agreed_at = COALESCE(agreed_at, :now),
    agreed_version = COALESCE(agreed_version, :agreement) WHERE id = :doer"""
KEEPS = """INSERT INTO keepers(trajectory, person, from_at) VALUES (:trajectory, :doer, :now)
    ON CONFLICT DO NOTHING"""
GOES_TO = "UPDATE people SET trajectory = :trajectory WHERE id = :doer"
NO_DRAFT = "DELETE FROM drafts WHERE person = :doer"
SENT = """INSERT INTO prompts(person, canvas, seat, kind, about, text, batch, made_by,
    made_at, due_at, promised_at) SELECT person, canvas, id, :kind, '', :text, :batch, :doer,
    :utc, :due, :promised FROM seats WHERE id = :seat"""
COUNTS = "UPDATE batches SET count = count + 1 WHERE batch = :batch AND CAST(:seat AS INTEGER) > 0"
# What is planned together; its planner hears what did not go.
BATCH = """INSERT INTO batches(batch, person, trajectory, kind, made_at, due_at)
    VALUES (:batch, :doer, :trajectory, :kind, :utc, :due)"""
# A plan of prompts that goes is worked out anew at the next minute.
OWN_PLANS = "DELETE FROM planned WHERE canvas IN (SELECT id FROM canvases WHERE person = :doer)"
PLANNED_ANEW = """DELETE FROM planned WHERE canvas IN
    (SELECT s.canvas FROM seats s JOIN agreed a ON a.seat = s.id WHERE a.id = :agreed)"""
NEWEST_ATTEMPT = """(SELECT MAX(t.id) FROM attempts t JOIN canvases c ON c.id = t.canvas
    WHERE t.canvas = :canvas AND t.action = :action AND c.person = :doer)"""
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
CHANGES: Mapping[str, Steps] = {
    field: f"UPDATE trajectories SET {field} = :value WHERE id = :trajectory"  # noqa: S608 - ours
    for field in ("name", "subject", "welcome", "language", "silence")
}
SETTLES: Mapping[str, Steps] = {
    how: f"UPDATE agreed SET {how} = :now WHERE id = :agreed"  # noqa: S608 - ours
    for how in ("confirmed_at", "refused_at")
} | {
    "done_at": "UPDATE agreed SET done_at = :now, failed_at = NULL WHERE id = :agreed",
    "failed_at": "UPDATE agreed SET failed_at = :now, done_at = NULL WHERE id = :agreed",
}
HUSHES: Mapping[str, Steps] = {
    "off": (
        """UPDATE prompts SET ended_at = :now, ended = 'stopped' WHERE person = :doer
        AND sent_at IS NULL AND ended_at IS NULL""",
        """UPDATE outbox SET failed = 'recalled' WHERE sent_at IS NULL AND failed IS NULL
        AND id IN (SELECT outbox FROM prompts WHERE person = :doer)""",
    ),
    "less": OWN_PLANS,
    "on": OWN_PLANS,
}

# ---------------------------------------------------------------- each effect

# Every effect that changes something; what is said to others goes through the outbox.
TABLE: Mapping[type[Deed], Steps] = {
    effects.MakeLink: (
        """INSERT INTO links(hash, kind, made_by, trajectory, municipality, name, seat, canvas,
        made_at, expires_at, granted_at) VALUES (:hash, :kind, NULLIF(:doer, 0), :trajectory,
        :municipality, :name, :seat, :canvas, :now, :expires_at, CASE WHEN :granted THEN :now END)
        RETURNING CASE kind WHEN 's' THEN id ELSE seat END AS seat,
        CASE WHEN kind = 'k' THEN 'operator' WHEN kind IN ('m', 'c', 'p') THEN 'person'
        ELSE 'keeper' END AS inviter""",
        Noted("{inviter}", "invited {kind}"),
    ),
    effects.WithdrawLink: (
        "UPDATE links SET withdrawn_at = :now WHERE id = :link AND used_at IS NULL",
        # Those before it that expired for the same person are over as well.
        """UPDATE links SET withdrawn_at = :now WHERE kind = 's' AND used_at IS NULL
        AND withdrawn_at IS NULL AND expires_at <= :utc AND (trajectory, municipality, name) =
        (SELECT trajectory, municipality, name FROM links WHERE id = :link)""",
        Noted(KEEPER, "withdrew", "link"),
    ),
    effects.Follow: "UPDATE people SET invitation = :link WHERE id = :doer",
    effects.Redeem: (
        # One of a hundred wins: the row changes once.
        """UPDATE links SET used_at = :now, used_by = :doer WHERE id = :link AND used_at IS NULL
        AND withdrawn_at IS NULL RETURNING kind, trajectory, municipality, name, seat, made_by,
        canvas AS shared""",
        Cases("kind", GIVES),
    ),
    effects.GrantMove: (
        """SELECT l.seat, l.used_by, s.canvas, s.person,
        CASE WHEN :keeper THEN 'keeper' ELSE 'person' END AS decider
        FROM links l LEFT JOIN seats s ON s.id = l.seat WHERE l.id = :link""",
        Cases("yes", GRANTS),
    ),
    effects.Connect: merging.DECIDES,
    effects.ConfirmKeeper: (
        """UPDATE kwartiermakers SET confirmed_at = CASE WHEN :yes THEN :now END,
        ended_at = CASE WHEN :yes THEN ended_at ELSE :now END
        WHERE person = :person AND confirmed_at IS NULL
        RETURNING CASE WHEN :yes THEN 'admitted k' ELSE 'refused k' END AS decision""",
        Noted(OPERATOR, "{decision}", ""),
    ),
    effects.Dismiss: (
        "UPDATE kwartiermakers SET ended_at = :now WHERE person = :person AND ended_at IS NULL",
        "UPDATE keepers SET until_at = :now WHERE person = :person AND until_at IS NULL",
        """UPDATE prompts SET ended_at = :now, ended = 'dismissed' WHERE made_by = :person
        AND sent_at IS NULL AND ended_at IS NULL""",
        Noted(OPERATOR, "dismissed", ""),
    ),
    effects.ConfirmSeat: (
        """UPDATE seats SET confirmed_at = CASE WHEN :yes THEN :now END,
        left_at = CASE WHEN :yes THEN left_at ELSE :now END
        WHERE id = :seat AND confirmed_at IS NULL AND left_at IS NULL
        RETURNING CASE WHEN :yes THEN 'admitted' ELSE 'refused' END AS decision""",
        Noted(KEEPER, "{decision}"),
        "DELETE FROM planned WHERE canvas IN (SELECT canvas FROM seats WHERE id = :seat)",
    ),
    effects.NewTrajectory: (
        """INSERT INTO trajectories(name, language, created_at) VALUES (:name, :language, :now)
        RETURNING id AS trajectory""",
        KEEPS,
        GOES_TO,
    ),
    effects.ChangeTrajectory: (
        Cases("field", CHANGES),
        """DELETE FROM planned WHERE canvas IN
        (SELECT canvas FROM seats WHERE trajectory = :trajectory)""",
    ),
    effects.GoTo: GOES_TO,
    effects.LeaveTrajectory: """UPDATE keepers SET until_at = :now
        WHERE trajectory = :trajectory AND person = :doer AND until_at IS NULL""",
    effects.Share: (
        """INSERT INTO shares(seat, what, at) VALUES (:seat, :what, :now)
        ON CONFLICT DO NOTHING RETURNING id""",
        Noted(PERSON, "shared {what}"),
    ),
    effects.TakeBack: (
        """UPDATE shares SET until_at = :now WHERE seat = :seat AND what = :what
        AND until_at IS NULL RETURNING id""",
        Noted(PERSON, "took_back {what}"),
    ),
    effects.LeaveSeat: (
        "UPDATE shares SET until_at = :now WHERE seat = :seat AND until_at IS NULL",
        Noted(PERSON, "took_back all"),
        "UPDATE seats SET left_at = :now WHERE id = :seat AND left_at IS NULL",
        """UPDATE prompts SET ended_at = :now, ended = 'left' WHERE seat = :seat
        AND sent_at IS NULL AND ended_at IS NULL""",
        Noted(PERSON, "left"),
    ),
    effects.Looked: (
        "SELECT CASE :what WHEN 'portfolio' THEN 'exported' ELSE 'looked' END AS way",
        Noted(KEEPER, "{way} {what}", "seats"),
    ),
    effects.ForwardQuestion: forwards.FORWARDS,
    effects.ShowName: "UPDATE forwarded SET shown = :shown WHERE id = :forwarded",
    effects.Recall: forwards.RECALLS,
    effects.KeepReply: forwards.KEEPS_REPLY,
    effects.DropReply: "DELETE FROM proposals WHERE receipt = :receipt AND settled IS NULL",
    effects.SettleProposal: forwards.SETTLES,
    effects.SendRemark: remarks.SENDS,
    effects.ReadRemark: remarks.READS,
    effects.TakeBackRemarks: retraction.TAKES_BACK,
    effects.PlanMeeting: (
        """INSERT INTO meetings(trajectory, municipality, starts_at, place, made_by, made_at)
        VALUES (:trajectory, :municipality, :at, :place, :doer, :now) RETURNING id AS meeting""",
        """INSERT INTO batches(batch, person, trajectory, kind, meeting, made_at, due_at)
        VALUES ('meeting ' || CAST(:meeting AS TEXT) || ' before', :doer, :trajectory, 'before',
        CAST(:meeting AS INTEGER), :utc, :before)""",
        """DELETE FROM planned WHERE canvas IN (SELECT canvas FROM seats
        WHERE trajectory = :trajectory AND municipality = :municipality)""",
    ),
    effects.CancelMeeting: (
        "UPDATE meetings SET cancelled_at = :now WHERE id = :meeting",
        "UPDATE batches SET told_at = :utc WHERE meeting = :meeting AND told_at IS NULL",
        """UPDATE prompts SET ended_at = :now, ended = 'meeting' WHERE sent_at IS NULL
        AND ended_at IS NULL AND mark IN ('meeting ' || CAST(:meeting AS TEXT) || ' before',
        'meeting ' || CAST(:meeting AS TEXT) || ' after')""",
    ),
    effects.NoteAgreed: """INSERT INTO agreed(seat, what, who, due_text, due, noted_by, noted_at)
        VALUES (:seat, :what, :who, :due_text, :due, :doer, :now)""",
    effects.SettleAgreed: (
        Cases("how", SETTLES),
        PLANNED_ANEW,
    ),
    effects.PostponeAgreed: (
        """UPDATE agreed SET later = :due, later_text = :due_text, done_at = NULL,
        failed_at = NULL WHERE id = :agreed""",
        PLANNED_ANEW,
    ),
    effects.KeepAttempt: (
        """SELECT id FROM canvases WHERE id = :canvas AND person = :doer
        AND COALESCE(role, '') <> 'reader'""",
        """INSERT INTO attempts(canvas, action, what, who, how, at)
        VALUES (:canvas, :action, :what, :who, :how, :now)""",
        """DELETE FROM planned WHERE canvas IN (SELECT o.id FROM canvases c JOIN canvases o
        ON o.id = c.id OR o.pilot = c.pilot WHERE c.id = :canvas)""",
    ),
    effects.NoteAttempt: f"UPDATE attempts SET note = :note WHERE id = {NEWEST_ATTEMPT}",  # noqa: S608 - ours
    effects.NoteDoor: f"UPDATE attempts SET door = :door WHERE id = {NEWEST_ATTEMPT}",  # noqa: S608 - ours
    effects.KeepDraft: (
        NO_DRAFT,
        "INSERT INTO drafts(person, kind, target, text) VALUES (:doer, :kind, :target, :text)",
    ),
    effects.DropDraft: NO_DRAFT,
    effects.SendPrompts: (BATCH, Each(SENT, "promised"), Each(COUNTS)),
    effects.CancelPrompts: """UPDATE prompts SET ended_at = :now, ended = 'called off'
        WHERE batch = :batch AND sent_at IS NULL AND ended_at IS NULL""",
    effects.PutOff: """UPDATE prompts SET sent_at = NULL, outbox = NULL, due_at = :due
        WHERE id = :prompt AND ended_at IS NULL""",
    effects.KeepWords: """INSERT INTO unplaced(key, chat, canvas, question, before, prompt, text,
        message, at) VALUES (:key, :chat, :canvas, :question, :before, :prompt, :text, :message,
        :utc) ON CONFLICT(key) DO UPDATE SET question = excluded.question,
        before = excluded.before, text = excluded.text""",
    effects.DropWords: """DELETE FROM unplaced WHERE key = :key
        AND chat IN (SELECT chat FROM chats WHERE person = :doer)""",
    effects.EndPrompt: """UPDATE prompts SET ended_at = :now, ended = :how WHERE id = :prompt
        AND ended_at IS NULL""",
    effects.SetPrompting: (
        """INSERT INTO prompting(person, stopped_at, less_at) VALUES (:doer,
        CASE :how WHEN 'off' THEN :now END, CASE :how WHEN 'less' THEN :now END)
        ON CONFLICT(person) DO UPDATE SET stopped_at = excluded.stopped_at,
        less_at = excluded.less_at""",
        Cases("how", HUSHES),
    ),
    effects.Settle: pilots.SETTLES,
    effects.LetIn: pilots.LETS_IN,
    effects.AskAlong: """UPDATE links SET canvas = :canvas WHERE id = :seat AND kind = 's'
        AND used_by = :doer""",
    effects.CallSelf: "UPDATE canvases SET called = :called WHERE id = :canvas AND person = :doer",
    effects.SetPart: pilots.SETS_PART,
    effects.LeavePilot: pilots.LEAVES,
    effects.SetZone: ("UPDATE people SET zone = :zone WHERE id = :doer", OWN_PLANS),
    effects.Answer: (
        """SELECT p.pseudonym AS by FROM canvases c JOIN people p ON p.id = c.person
        WHERE c.id = :canvas AND c.person = :doer AND COALESCE(c.role, '') <> 'reader'""",
        "UPDATE canvases SET changed_at = :now WHERE id = :canvas",
        COUNTED,
        ANSWER,
    ),
}


def apply(
    store: Store, effect: Deed, person: int, at: datetime, *, operator: bool = False
) -> set[str]:
    """What a person's effect changes, in the caller's transaction; chats where that shows.

    `operator`: somebody at the command line does it, in the place of that person.
    """
    told: set[str] = set()
    if isinstance(effect, effects.TakeBackRemarks):
        told = retraction.out_of_chats(store, effect, person, at)
    # Times are compared as texts: two clocks in one column would sort by their digits.
    values = {name: _compared(value) for name, value in vars(effect).items()}
    if isinstance(effect, effects.Answer):
        values |= answer_values(effect.given)
    values |= {"doer": person, "now": text_of(at), "utc": utc(at), "agreement": store.agreement}
    run(store, TABLE[type(effect)], values, OPERATOR if operator else "")
    return told


def _compared(value: Any) -> Any:
    """A moment as it is compared; also those of several."""
    if isinstance(value, dict):
        return {key: _compared(one) for key, one in value.items()}
    return utc(value) if isinstance(value, datetime) else value
