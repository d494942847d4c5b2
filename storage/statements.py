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
from storage.trajectory import forwards, merging, pilots, redeeming, remarks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.effects import Deed
    from storage.store import Store


# ---------------------------------------------------------------- what several effects need

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
    effects.MakeLink: redeeming.MAKES,
    effects.WithdrawLink: redeeming.WITHDRAWS,
    effects.Follow: "UPDATE people SET invitation = :link WHERE id = :doer",
    effects.Redeem: redeeming.REDEEMS,
    effects.GrantMove: redeeming.GRANTS_MOVE,
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
        redeeming.KEEPS,
        redeeming.GOES_TO,
    ),
    effects.ChangeTrajectory: (
        Cases("field", CHANGES),
        """DELETE FROM planned WHERE canvas IN
        (SELECT canvas FROM seats WHERE trajectory = :trajectory)""",
    ),
    effects.GoTo: redeeming.GOES_TO,
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
