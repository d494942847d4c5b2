"""A due prompt: gone to its person, put off, or ended with a reason. Never silently nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.model.canvas import UNKNOWN
from flows.model.effects import EndPrompt, HandOver, PutOff
from flows.model.kinds import KIND
from flows.model.messages import STEER, Reply
from flows.prompts import schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from flows.exchange import Exchange
    from flows.model.context import DuePrompt
    from flows.model.guidebook import Guide
    from flows.model.journey import Agreed, Walk

    Composed = Callable[[DuePrompt, Guide, Walk, datetime], Reply | None]

BUTTONS = ("later", "less", "stop_prompts")


def hand_over(x: Exchange) -> None:
    """It goes; or waits for its moment; or ends where it is refused or does not matter any more."""
    reply, moment = None if x.due.refused else _composed(x), _moment(x)
    if reply is None:
        x.do(EndPrompt(x.due.id, x.due.refused or "no longer needed"))
    elif moment > x.now:
        x.do(PutOff(x.due.id, moment))
    else:
        x.reply(reply)
        x.do(HandOver(x.due.id, str(reply.data["about"])))


def _moment(x: Exchange) -> datetime:
    """When it may go; a reminder of a pause leaves more room after what went before."""
    due, now = x.due, x.now
    moment = schedule.when(now, due.handed, less=due.less)
    if due.kind == "pause" and due.handed and now - due.handed[-1] < schedule.REST:
        rested = (due.handed[-1] + schedule.REST).astimezone(now.tzinfo)
        moment = max(moment, schedule.next_moment(rested))
    return moment


def _composed(x: Exchange) -> Reply | None:
    """The message, or None where it does not matter any more."""
    due = x.due
    if due.kind == "text":
        return _reply("prompt_text", due, ())
    if due.walk is None or due.guide is None or not due.current:
        return None
    return COMPOSED[due.kind](due, due.guide, due.walk, x.now)


def _reply(name: str, due: DuePrompt, choices: tuple[str, ...], **data: Any) -> Reply:
    facts = {"about": due.about, "by": due.by, "text": due.text, "what": due.kind}
    return Reply(name, {**facts, **data}, f"{STEER}prompt", (*choices, *BUTTONS), at_desk=True)


def _open(due: DuePrompt, guide: Guide, walk: Walk, _: datetime) -> Reply | None:
    if due.about and not schedule.open_now(guide, walk, due.about):
        return None
    question = guide.canvas[due.about] if due.about else schedule.important(guide, walk)
    if question is None:
        return None
    kind = KIND[question.kind]
    answers = (*question.choices, UNKNOWN) if kind.one else ()
    keys = tuple(f"answer {key}" for key in answers)
    labels = dict.fromkeys(keys, question.key)
    return _reply(
        "prompt_open", due, (*keys, "take_up"), about=question.key, labels=labels, typed=kind.typed
    )


def _before(due: DuePrompt, guide: Guide, walk: Walk, now: datetime) -> Reply | None:
    """Three days before a meeting: the most important open question."""
    if due.starts is None or due.starts <= now:
        return None
    fresh = replace(due, about="") if due.about.startswith("meeting") else due
    reply = _open(fresh, guide, walk, now)
    at = due.starts.astimezone(now.tzinfo)
    return reply and replace(reply, name="prompt_before", data={**reply.data, "at": at})


def _actions(due: DuePrompt, guide: Guide, walk: Walk, _: datetime) -> Reply | None:
    """What was noted or agreed and is not done; also two days after a meeting."""
    noted = [(key, walk.values[key]) for key in schedule.actions(guide, walk)][:3]
    return _undone(due, noted, due.agreed)


def _agreed(due: DuePrompt, *_: object) -> Reply | None:
    """At the date of something that a meeting agreed."""
    return _undone(due, [], [one for one in due.agreed if str(one.id) == due.about])


def _undone(due: DuePrompt, noted: Sequence[Any], agreed: Sequence[Agreed]) -> Reply | None:
    if not noted and not agreed:
        return None
    labels = {f"done_action {one.id}": one.what for one in agreed}
    keys = (*list(labels)[:3], "fine")
    return _reply("prompt_actions", due, keys, noted=noted, agreed=agreed, labels=labels)


def _action(due: DuePrompt, guide: Guide, walk: Walk, now: datetime) -> Reply | None:
    """At the date of an action in the canvas, while that is still its date."""
    day = schedule.due_date(guide, walk, due.about)
    if day is None or day > now.date():
        return None
    what = walk.values.get(f"{due.about}.what", walk.values.get(due.about))
    return _reply("prompt_action", due, ("fine",), noted=what)


def _again(due: DuePrompt, *_: object) -> Reply | None:
    return _reply("prompt_again", due, ("take_up all",))


def _recheck(due: DuePrompt, _: Guide, walk: Walk, __: datetime) -> Reply | None:
    """At the date to look back that the person chose, while it is still chosen."""
    off = walk.values.get("closing.recheck") in (None, "never")
    return None if off else _reply("prompt_recheck", due, ("take_up all",))


def _pause(due: DuePrompt, guide: Guide, walk: Walk, now: datetime) -> Reply | None:
    """After a silence: the question where the person was."""
    return _open(due, guide, walk, now) if walk.cursor.question else None


COMPOSED: Mapping[str, Composed] = {
    "open": _open, "before": _before, "after": _actions, "actions": _actions,
    "agreed": _agreed, "action": _action, "again": _again, "recheck": _recheck, "pause": _pause,
}  # fmt: skip
"""Kind of prompt -> what it says."""
