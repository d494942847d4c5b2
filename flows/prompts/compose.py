"""A due prompt: gone to its person, put off, or ended with a reason. Never silently nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice.offering import choices
from flows.advice.undertakings import AGREED, HOW, coded, undertakings
from flows.model.canvas import UNKNOWN
from flows.model.effects import EndPrompt, HandOver, PutOff
from flows.model.kinds import KIND
from flows.model.messages import STEER, Reply
from flows.prompts import schedule
from flows.timing import hours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from flows.advice.undertakings import Undertaking
    from flows.exchange import Exchange
    from flows.model.canvas import Question

HUSHING = ("less", "stop_prompts")
BUTTONS = ("later", *HUSHING)
ASKED_OF = 5  # actions that have a button of their own in one prompt


def hand_over(x: Exchange) -> None:
    """It goes; or waits for its moment; or ends where it is refused or does not matter any more."""
    reply, moment = None if x.due.refused else _composed(x), _moment(x)
    if reply is None:
        x.do(EndPrompt(x.due.id, x.due.refused or _passed(x)))
    elif x.due.starts and moment >= x.due.starts:
        x.do(EndPrompt(x.due.id, "missed"))
    elif moment > x.now:
        x.do(PutOff(x.due.id, moment))
    else:
        if x.due.elsewhere and COMPOSED[x.due.kind] is not _text:
            x.tell("prompt_elsewhere", joins=True, name=_pilot(x))
        x.reply(reply)
        x.do(HandOver(x.due.id, str(reply.data["about"])))


def _passed(x: Exchange) -> str:
    """Why there is nothing to ask any more."""
    if x.due.walk is None:
        return "not begun"
    return "missed" if x.due.starts and x.due.starts <= x.now else "no longer needed"


def matters(x: Exchange) -> bool:
    """Whether a prompt that was handed out and not read yet is still worth its reader's time."""
    return not x.due.refused and _composed(x) is not None


def _moment(x: Exchange) -> datetime:
    """When it may go; a reminder of a pause leaves more room after what went before."""
    due, now = x.due, x.now
    meets = due.kind == "before"
    moment = hours.when(now, due.handed, less=due.less, met=due.met, meets=meets)
    if due.kind == "pause" and due.handed and now - due.handed[-1] < schedule.REST:
        rested = (due.handed[-1] + schedule.REST).astimezone(now.tzinfo)
        moment = max(moment, hours.next_moment(rested))
    return moment


def _composed(x: Exchange) -> Reply | None:
    """The message, or None where it does not matter any more. A text needs no canvas."""
    compose = COMPOSED[x.due.kind]
    return compose(x) if x.due.walk is not None or compose is _text else None


def _pilot(x: Exchange) -> str:
    """What the pilot is called that it is about; nothing where it has no name yet."""
    name = x.here.values.get("pilot.name", UNKNOWN)
    return "" if name == UNKNOWN else str(name)


def _reply(x: Exchange, name: str, *keys: str, **data: Any) -> Reply:
    facts = {"about": x.due.about, "by": x.due.by, "text": x.due.text, "what": x.due.kind}
    goes = name == "prompt_text" or any(key.startswith("take_up") for key in keys)
    there = () if goes or not x.due.elsewhere else ("take_up pilot",)
    asks_when = any(key.startswith("went_later") for key in keys)
    buttons = (*keys, *there, *(HUSHING if asks_when else BUTTONS))
    return Reply(name, {**facts, **data}, f"{STEER}prompt", buttons, at_desk=True)


def _text(x: Exchange) -> Reply:
    return _reply(x, "prompt_text")


def _open(x: Exchange, about: str) -> Reply | None:
    """The question that it is about, or without one the most important that is open."""
    if about and not schedule.open_now(x.guide, x.here, about):
        return None
    question = x.guide.canvas[about] if about else schedule.important(x.guide, x.here)
    if question is None:
        return None
    kind = KIND[question.kind]
    labels = {f"answer {key}": question.key for key in _pressable(x, question)}
    facts = {"about": question.key, "labels": labels, "typed": kind.open}
    return _reply(x, "prompt_open", *labels, "take_up", **facts)


def _pressable(x: Exchange, question: Question) -> tuple[str, ...]:
    """What can be answered with one press; the best steps are those of its own canvas."""
    if KIND[question.kind].some:
        return ()
    found = tuple(key for key in choices(x.guide, x.here, question) if not key.startswith("/"))
    return found if found != (UNKNOWN,) else ()


def _asked(x: Exchange) -> Reply | None:
    return _open(x, x.due.about)


def _before(x: Exchange) -> Reply | None:
    """Three days before a meeting."""
    if x.due.starts is None or x.due.starts <= x.now:
        return None
    reply = _open(x, "" if x.due.about.startswith("meeting") else x.due.about)
    at = x.due.starts.astimezone(x.now.tzinfo)
    return reply and replace(reply, name="prompt_before", data={**reply.data, "at": at})


def _actions(x: Exchange) -> Reply | None:
    """What was noted or agreed and is not done; also two days after a meeting."""
    return _undone(x, [one for one in _open_here(x) if not one.agreed or _of_seat(x, one)])


def _agreed(x: Exchange) -> Reply | None:
    """At the date of something that a meeting agreed."""
    wanted = f"{AGREED}{x.due.about}"
    return _undone(x, [one for one in _open_here(x) if one.action == wanted])


def _open_here(x: Exchange) -> list[Undertaking]:
    return [one for one in undertakings(x.guide, x.here) if one.open]


def _of_seat(x: Exchange, one: Undertaking) -> bool:
    return any(f"{AGREED}{other.id}" == one.action for other in x.due.agreed)


def _undone(x: Exchange, found: Sequence[Undertaking]) -> Reply | None:
    """Of one action how it went; of several each has a button that asks it."""
    if not found:
        return None
    if len(found) == 1:
        return _reply(x, "prompt_actions", *_how(x, found[0]), found=found)
    labels = {f"action {x.here.id} {coded(one.action)}": one for one in found[:ASKED_OF]}
    return _reply(x, "prompt_actions", *labels, "fine", found=found, labels=labels)


def _how(x: Exchange, one: Undertaking) -> tuple[str, ...]:
    return tuple(f"{verb} {x.here.id} {coded(one.action)}" for verb in HOW)


def _action(x: Exchange) -> Reply | None:
    """At the date of an action in the canvas, while that is still its date."""
    one = next((one for one in _open_here(x) if one.action == x.due.about), None)
    if one is None or not one.date or one.date > x.now.date().isoformat():
        return None
    return _reply(x, "prompt_action", *_how(x, one), one=one)


def _again(x: Exchange) -> Reply | None:
    return _reply(x, "prompt_again", "take_up look_back")


def _recheck(x: Exchange) -> Reply | None:
    """At the date to look back that the person chose, while it is still chosen."""
    off = x.here.values.get("closing.recheck") in (None, "never")
    return None if off else _reply(x, "prompt_recheck", "take_up look_back")


def _pause(x: Exchange) -> Reply | None:
    """After a silence: the question where the person was."""
    return _asked(x) if x.here.cursor.question else None


COMPOSED: Mapping[str, Callable[[Exchange], Reply | None]] = {
    "open": _asked, "before": _before, "after": _actions, "actions": _actions, "text": _text,
    "agreed": _agreed, "action": _action, "again": _again, "recheck": _recheck, "pause": _pause,
}  # fmt: skip
"""Kind of prompt -> what it says."""
