"""Answering: texts, choices and ticks, going back, changing, editing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.intents import dates
from flows.intents.choices import FITS, LONG, Misfit, fold, listed, match, open_text, units
from flows.interview.onward import ask, go_on, misfit, say_and_ask, stale, to_say, visit
from flows.model.canvas import UNKNOWN, Question
from flows.model.effects import KeepAnswer
from flows.model.journey import Given
from flows.model.kinds import KIND
from flows.model.messages import Asking

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.voices import JointCanvas

MANY_OPEN = 5  # open points at which a person hears that they may be many


def answer(x: Exchange) -> None:
    """A text, a choice's key or `unknown` for the question it was asked for."""
    key = x.intent.asking.key if x.intent.asking else x.here.cursor.question
    if key is None:
        misfit(x)
        return
    if key not in x.here.opened(x.guide.canvas)["paper"]:
        stale(x)
        return
    question = x.guide.canvas[key]
    value = _read(x, question, x.intent.argument)
    if isinstance(value, Misfit):
        say_and_ask(x, "refused", reason=value.reason)
    else:
        _take(x, question, value)


def unknown(x: Exchange) -> None:
    question = x.question
    if question is None:
        ask(x)
    else:
        _take(x, question, UNKNOWN)


def _read(x: Exchange, question: Question, said: str) -> Any:
    kind, asking = KIND[question.kind], x.intent.asking
    if kind.one:
        return said if said in question.choices or said == UNKNOWN else Misfit("no_choice")
    label = next((c.label for c in asking.choices if c.key == said), None) if asking else None
    if label is not None and (kind.reads != "date" or said == UNKNOWN):
        return said
    if label is not None:
        return dates.named(said, label, x.update.at.date())
    if kind.reads == "date":
        return dates.understand(said, x.update.at, x.guide.moments)
    return open_text(question, said)


def _take(x: Exchange, question: Question, value: Any) -> None:
    """Ask first where other answers would stop counting; else keep it and go on."""
    lost = progress.dropped(x.guide.canvas, x.here, question.key, value)
    if lost and x.intent.verb != "sure":
        ticked = isinstance(value, tuple)
        sure = f"/sure {question.key}" if ticked else f"/sure {question.key} {value}"
        x.point(question=question.key, picked=value if ticked else ())
        x.menu("drops", sure, "/next", key="drops", lost=lost, question=question.key)
        return
    _keep(x, question, value)
    _note(x, question, value)
    if x.here.joint:
        _note_difference(x, question, x.here.joint)
    go_on(x)


def _keep(x: Exchange, question: Question, value: Any, *, message: str = "") -> None:
    kept = list(value) if isinstance(value, tuple) else value
    size = units(x.update.text)
    given = Given(question.key, kept, x.update.at, message or x.update.message, size)
    x.answers.append(given)
    x.do(KeepAnswer(given))
    x.here = x.here.with_answer(given)
    plan = x.here.cursor.plan
    if plan:
        asked = x.here.opened(x.guide.canvas)[x.here.depth]
        left = tuple(key for key in plan if key in asked and key != question.key)
        x.point(plan=left)
        if not left:
            x.say("five_ended", joins=True)


def _note(x: Exchange, question: Question, value: Any) -> None:
    """One line where the person may doubt what was understood."""
    if x.intent.guessed or (KIND[question.kind].reads == "date" and value != UNKNOWN):
        x.say("understood", joins=True, key=question.key, value=value)
    if value == UNKNOWN and question.open_point:
        # Whole the first time; after that a press shows by itself what was chosen.
        count = len(x.guide.canvas.open_points(x.here.values))
        if count in (1, MANY_OPEN) or x.update.kind != "press":
            x.say("open_point", joins=True, key=question.key, count=count)
    if isinstance(value, str) and max(len(value), len(x.update.text)) > FITS:
        _note_length(x, question, value)


def _note_difference(x: Exchange, question: Question, joint: JointCanvas) -> None:
    """Nobody's answer is overwritten unseen: who says otherwise hears who said what."""
    stand = joint.stands.get(question.key)
    if stand and any(voice.person == joint.me for voice in stand.against):
        x.say("differs", joins=True, key=question.key, voices=joint.newest(question.key))


def _note_length(x: Exchange, question: Question, value: str) -> None:
    limit, length = KIND[question.kind].longest, units(value)
    if max(length, units(str(x.intent.argument))) > limit:
        x.say("too_long", joins=True, limit=limit)
    elif length > LONG:
        x.say("long", joins=True)


def sure(x: Exchange) -> None:
    """Yes, change it, although other answers stop counting. Ticks wait in the cursor."""
    key, _, said = str(x.intent.argument).partition(" ")
    question, picked = x.guide.canvas.get(key), x.here.cursor.picked
    if question is None or key != x.here.cursor.question:
        stale(x)
    elif said == UNKNOWN or (KIND[question.kind].one and said in question.choices):
        _take(x, question, said)
    elif KIND[question.kind].some and picked and not said:
        _take(x, question, picked)
    else:
        stale(x)


def tick(x: Exchange) -> None:
    """Toggle ticks; a choice that stands alone, or a whole list, is taken at once."""
    question = x.question
    if question is None or not KIND[question.kind].some:
        ask(x)
        return
    keys = tuple(x.intent.argument)
    picked = _toggled(x, question, keys)
    if question.alone in keys:
        _take(x, question, (question.alone,))
    elif question.at_most and len(picked) > question.at_most:
        say_and_ask(x, "too_many", most=question.at_most)
    elif len(keys) > 1:
        _take(x, question, picked)
    else:
        x.point(picked=picked)
        ask(x)


def _toggled(x: Exchange, question: Question, keys: tuple[str, ...]) -> tuple[str, ...]:
    """One key turns to what its button did not show, so that a double press does no harm."""
    shown = x.intent.asking.choices if x.intent.asking else ()
    off = {c.key for c in shown if c.ticked} if len(keys) == 1 else set()
    ticked = {*x.here.cursor.picked, *keys} - off.intersection(keys) - {question.alone}
    return tuple(choice for choice in question.choices if choice in ticked)


def choose(x: Exchange) -> None:
    """All at once: what is ticked now is the answer, whatever was before."""
    question, keys = x.question, x.intent.argument
    picked = _ticked(question, keys) if question and keys else ()
    if question and isinstance(picked, Misfit):
        return say_and_ask(x, "too_many", most=question.at_most)
    x.point(picked=picked)
    return done(x)


def done(x: Exchange) -> None:
    question = x.question
    if question is None or not KIND[question.kind].some:
        ask(x)
    elif x.here.cursor.picked:
        _take(x, question, x.here.cursor.picked)
    elif question.key in x.here.values or "/skip" in KIND[question.kind].beside:
        skip(x)
    else:
        say_and_ask(x, "pick_one")


def skip(x: Exchange) -> None:
    """On to the next; what was answered before stays."""
    question = x.question
    if question is None:
        go_next(x)
        return
    if question.key not in x.here.values:
        _keep(x, question, None)
    go_on(x)


def go_next(x: Exchange) -> None:
    if x.state == "advice":
        x.tell_once("advice")
    question = x.question
    if question and question.key not in x.here.values:
        ask(x)
    else:
        go_on(x)


other = to_say("type_it")


def back(x: Exchange) -> None:
    previous = progress.previous_question(x.guide.canvas, x.here)
    if previous is None:
        say_and_ask(x, "at_the_start")
    else:
        visit(x, previous)


# ------------------------------------------------------------ changing


def change(x: Exchange) -> None:
    """A part, then a question; the old answer is shown and asked again."""
    argument, canvas = str(x.intent.argument), x.guide.canvas
    answered = canvas.relevant(x.here.values)
    if argument in answered or argument in canvas.asked_keys(answered, x.here.depth):
        visit(x, canvas[argument])
        return
    parts = [part for part in canvas.by_part if any(canvas[k].part == part for k in answered)]
    if argument in parts:
        keys = [k for k in answered if canvas[k].part == argument]
        x.menu("change_question", *(f"/change {k}" for k in keys), "/again", key="change")
    elif parts:
        x.menu("change_part", *(f"/change {p}" for p in parts), "/again", key="change")
    else:
        say_and_ask(x, "nothing_yet")


def edit(x: Exchange) -> None:
    """The own message was edited: its answer follows while it is the newest."""
    found = x.session.edited
    if found is None or found[0] != x.here.id:
        x.say("edit_not_here" if found else "edit_no_answer")
        return
    question = x.guide.canvas[found[1].question]
    current = x.here.own.get(question.key)
    if current is None or current.message != x.update.message:
        x.say("edit_too_late", key=question.key)
        return
    value = _read_edit(x, question)
    if isinstance(value, Misfit):
        x.say("edit_refused", key=question.key, reason=value.reason)
    else:
        _apply_edit(x, question, value)


def _apply_edit(x: Exchange, question: Question, value: Any) -> None:
    lost = progress.dropped(x.guide.canvas, x.here, question.key, value)
    _keep(x, question, value)
    counts = question.key in x.here.opened(x.guide.canvas)["paper"]
    name = "edited" if counts else "edited_aside"
    x.say(name, key=question.key, value=value, lost=lost)
    if x.here.joint:
        _note_difference(x, question, x.here.joint)
    if isinstance(value, str):
        _note_length(x, question, value)
    upcoming = progress.next_question(x.guide.canvas, x.here)
    if x.question is None or (upcoming and upcoming.key != x.here.cursor.question):
        go_on(x)


def _read_edit(x: Exchange, question: Question) -> Any:
    said = str(x.intent.argument)
    choices = tuple(c for c in x.session.edited_choices if not c.key.startswith("/"))
    command = x.guide.commands.get(fold(said))
    if command == UNKNOWN:
        return UNKNOWN
    if not said or command or said.startswith("/"):
        return Misfit("command" if said else "empty")
    if KIND[question.kind].some:
        return _ticked(question, listed(said, choices) or (match(said, choices),))
    if KIND[question.kind].one:
        return match(said, choices) or Misfit("no_choice")
    x.intent = replace(x.intent, asking=Asking("", None, question.key, choices))
    return _read(x, question, said)


def _ticked(question: Question, keys: tuple[str | None, ...]) -> Any:
    """A whole list at once, under the same rules as ticks."""
    if keys == (UNKNOWN,):
        return UNKNOWN
    if not {None, UNKNOWN}.isdisjoint(keys):
        return Misfit("no_choice")
    if question.at_most and len(keys) > question.at_most:
        return Misfit("no_choice")
    picked = (question.alone,) if question.alone in keys else keys
    return tuple(choice for choice in question.choices if choice in picked)


def piece(x: Exchange) -> None:
    """A long paste arrives in several messages: one answer."""
    last = x.session.last
    if last is None or last.question not in x.guide.canvas:
        ask(x)
        return
    question = x.guide.canvas[last.question]
    glue = "" if units(last.value) >= 4_096 else " "  # noqa: PLR2004 - cut inside a word
    whole = open_text(question, f"{last.value}{glue}{x.intent.argument}")
    if isinstance(whole, str):
        limit = KIND[question.kind].longest
        _keep(x, question, whole, message=last.message)
        x.say("joined", key=question.key, full=units(whole) >= limit, limit=limit)
