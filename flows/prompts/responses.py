"""Prompted: a prompt's buttons, and a reply to it. Where the person is stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.intents import dates
from flows.intents.choices import Misfit, fold, match, match_exactly, open_text, units
from flows.intents.heard import WORDS
from flows.model import effects
from flows.model.canvas import UNKNOWN, Question
from flows.model.journey import Given, Walk
from flows.model.kinds import KIND
from flows.prompts.schedule import LATER, open_now
from flows.timing.hours import next_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.exchange import Exchange
    from flows.model.effects import Prompted
    from flows.model.guidebook import Guide
    from flows.model.trajectory import Asked

ZONES = ("Europe/Amsterdam", "America/Kralendijk", "America/Curacao", "America/Paramaribo")
HOW: Mapping[str, tuple[Prompted, tuple[str, ...]]] = {
    "normal": ("on", ("less", "stop_prompts")),
    "less": ("less", ("normal", "stop_prompts")),
    "stop_prompts": ("off", ("normal",)),
}
"""Verb -> how often it lets the guide write by itself, and the verbs that change that again."""

OFFERED = tuple(f"zone_is {zone}" for zone in ZONES)


def asked(x: Exchange) -> Asked | None:
    """The prompt under which this was pressed or replied."""
    return x.desk.asked


def still_asked(x: Exchange) -> Asked | None:
    return x.desk.asked if x.desk.asked and x.desk.asked.open else None


def offered(x: Exchange) -> Asked | None:
    """The prompt whose question has this choice; what it offers itself, its message shows."""
    found = _question(x.desk.asked) if x.desk.asked else None
    if found is None:
        return None
    own = KIND[found[2].kind].open or x.argument in (*found[2].choices, UNKNOWN)
    return x.desk.asked if own else None


def _question(asked: Asked) -> tuple[Guide, Walk, Question] | None:
    """What it asks, on its own canvas; None where that is no question any more."""
    if asked.walk is None or asked.guide is None or asked.about not in asked.guide.canvas:
        return None
    return asked.guide, asked.walk, asked.guide.canvas[asked.about]


def replied(x: Exchange, asked: Asked) -> None:
    """A choice under a prompt, or words in reply to it, answer its question on its canvas."""
    found, pressed = _question(asked), x.intent.verb == "answer_prompt"
    read = _pressed if pressed else _read
    value = read(x, found[2]) if found else None
    unread = isinstance(value, Misfit) or value is None
    if unread and not pressed and x.desk.heard_at(asked.contact):
        x.intent = replace(x.intent, verb="unplaced")
        x.trigger("unplaced")
    elif found is None:
        x.tell("reply_heard")
    elif unread:
        x.tell("reply_unclear")
    else:
        _answer(x, asked, found, value)


def _pressed(x: Exchange, question: Question) -> Any:
    if KIND[question.kind].reads != "date" or x.argument == UNKNOWN:
        return x.argument
    shown = x.intent.asking.choices if x.intent.asking else ()
    label = next((c.label for c in shown if c.key == f"answer {x.argument}"), x.argument)
    return dates.named(x.argument, label, x.now.date())


def _read(x: Exchange, question: Question) -> Any:
    """Words are an answer where any are; else they mean one of the choices."""
    kind, shown = KIND[question.kind], x.intent.asking.choices if x.intent.asking else ()
    offered = [c for c in shown if c.key.startswith("answer ")]
    key = (match_exactly if kind.open else match)(x.argument, offered)
    if key:
        x.intent = replace(x.intent, argument=key.removeprefix("answer "))
        return _pressed(x, question)
    if kind.reads == "date":
        return dates.understand(x.argument, x.now, x.newest.moments)
    return open_text(question, x.argument) if kind.open else None


def _answer(x: Exchange, asked: Asked, found: tuple[Guide, Walk, Question], value: Any) -> None:
    guide, walk, question = found
    if not open_now(guide, walk, question.key):
        x.do(effects.EndPrompt(asked.id, "answered before"))
        x.tell("answered_before", question=question.key, given=walk.values.get(question.key))
        return
    if progress.dropped(guide.canvas, walk, question.key, value):
        take_up(x, asked)
        return
    given = Given(question.key, value, x.now, x.update.message, units(x.update.text))
    x.do(effects.Answer(walk.id, given), effects.EndPrompt(asked.id, "answered"))
    x.tell("answer_kept", question=question.key, given=value)
    here = x.session.walk
    if here and here.id == walk.id and here.cursor.question == question.key:
        x.go("next")
    elif x.session.shown and x.session.shown.key == WORDS:
        x.go("again")


def take_up(x: Exchange, asked: Asked) -> None:
    """On to that canvas and that question, as if the person had gone there."""
    x.do(effects.EndPrompt(asked.id, "taken up"))
    if asked.canvas is None:
        x.tell("settled")
        return
    x.do(effects.Switch(asked.canvas))
    if _question(asked) and x.argument != "pilot":
        x.go("change", asked.about)
    elif x.argument == "look_back":
        x.go("look_back")
    else:
        x.go("start")


def later(x: Exchange, asked: Asked) -> None:
    due = next_moment(x.now + LATER)
    x.do(effects.PutOff(asked.id, due))
    x.tell("put_off", due=due)


def prompting(x: Exchange) -> None:
    """How often the guide writes by itself, from now on."""
    how, others = HOW[x.intent.verb]
    x.do(effects.SetPrompting(how))
    x.tell(f"prompts_{how}", *others, key="reminders")


def reminders(x: Exchange) -> None:
    """How often the guide writes by itself, and how to change that."""
    verb = "stop_prompts" if x.desk.stopped else "less" if x.desk.less else "normal"
    how, others = HOW[verb]
    x.tell(f"reminders_{how}", *others, key="reminders")


def zone(x: Exchange) -> None:
    """Which clock counts for this person; with a place, that one from now on."""
    if x.argument:
        zone_is(x)
    else:
        x.tell("zone", *OFFERED, key="zone", zone=str(x.now.tzinfo), at=x.now)


def zone_is(x: Exchange) -> None:
    """Only a zone that content knows; the question comes again, so that its menu has passed."""
    found = x.newest.steering["zones"].get(fold(x.argument))
    if found is None:
        x.tell("zone_unknown", *OFFERED, key="zone")
        return
    x.do(effects.SetZone(found))
    x.tell("zone_set", zone=found, at=x.now)
    if x.session.walk:
        x.go("again")


def fine(x: Exchange, asked: Asked) -> None:
    """It goes on as agreed; nothing to note."""
    x.do(effects.EndPrompt(asked.id, "fine"))
    x.tell("action_fine")
