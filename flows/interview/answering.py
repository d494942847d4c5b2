"""Answering: texts, choices and ticks, going back, changing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.intents import dates
from flows.intents.choices import FITS, LONG, Misfit, cut, open_text, units
from flows.interview.onward import go_on, pass_over, visit
from flows.interview.questions import LOOKING, ask, misfit, say_and_ask, stale, to_say
from flows.model.canvas import UNKNOWN, Question
from flows.model.effects import KeepAnswer
from flows.model.journey import Given
from flows.model.kinds import KIND, LONGEST

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.joint_canvas import JointCanvas

NOTED = "noted "
"""How a mark in the cursor begins that keeps a note until the choice is sure."""

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
    value = read(x, question, x.intent.argument)
    if isinstance(value, Misfit):
        say_and_ask(x, "refused", reason=value.reason)
    else:
        take(x, question, value)


def unknown(x: Exchange) -> None:
    question = x.question
    if question is None:
        ask(x)
    else:
        take(x, question, UNKNOWN)


def read(x: Exchange, question: Question, said: str) -> Any:
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


def take(x: Exchange, question: Question, value: Any, note: str = "") -> None:
    """Ask first where other answers would stop counting; else keep it and go on."""
    note = note or x.intent.note
    lost = progress.dropped(x.guide.canvas, x.here, question.key, value)
    if lost and x.intent.verb != "sure":
        several = isinstance(value, tuple)
        sure = f"/sure {question.key}" if several else f"/sure {question.key} {value}"
        waits = (f"{NOTED}{note}",) if note else ()
        told = (*x.here.cursor.told, *waits)
        x.point(question=question.key, picked=value if several else (), told=told)
        x.menu("drops", sure, "/next", key="drops", lost=lost, question=question.key)
        return
    keep(x, question, value, note=note)
    _note(x, question, value)
    if x.here.joint:
        note_difference(x, question, x.here.joint)
    go_on(x)


def keep(x: Exchange, question: Question, value: Any, *, message: str = "", note: str = "") -> None:
    kept = list(value) if isinstance(value, tuple) else value
    size, before = units(x.update.text), x.here.own.get(question.key)
    if not note and before and before.value == kept:
        note = before.note  # said again without a word: what was said with it still stands
    note = "" if KIND[question.kind].open else cut(note, LONGEST)
    given = Given(question.key, kept, x.update.at, message or x.update.message, size, note)
    x.answers.append(given)
    x.do(KeepAnswer(given))
    x.here = x.here.with_answer(given)
    plan = x.here.cursor.plan
    if plan:
        asked = x.here.opened(x.guide.canvas)[x.here.depth]
        left = tuple(key for key in plan if key in asked and key != question.key)
        x.point(plan=left)
        if not left and LOOKING not in x.here.cursor.told:
            x.say("five_ended", joins=True)


def _note(x: Exchange, question: Question, value: Any) -> None:
    """One line where the person may doubt what was understood."""
    if x.intent.guessed or (KIND[question.kind].reads == "date" and value != UNKNOWN):
        x.say("understood", joins=True, key=question.key, value=value, note=x.intent.note)
    pressed = x.update.kind == "press" and KIND[question.kind].one and not x.intent.note
    if pressed and question.part != "pilot" and x.tell_once("note_tip"):
        x.say("note_tip", joins=True)
    if value == UNKNOWN and question.open_point:
        # Whole the first time; after that a press shows by itself what was chosen.
        count = len(x.guide.canvas.open_points(x.here.values))
        if count in (1, MANY_OPEN) or x.update.kind != "press":
            x.say("open_point", joins=True, key=question.key, count=count)
    if isinstance(value, str) and max(len(value), len(x.update.text)) > FITS:
        note_length(x, question, value)


def note_difference(x: Exchange, question: Question, joint: JointCanvas) -> None:
    """Nobody's answer is overwritten unseen: who says otherwise hears who said what."""
    stand = joint.stands.get(question.key)
    if stand and any(voice.person == joint.me for voice in stand.against):
        x.say("differs", joins=True, key=question.key, voices=joint.newest(question.key))


def note_length(x: Exchange, question: Question, value: str) -> None:
    limit, length = KIND[question.kind].longest, units(value)
    if max(length, units(str(x.intent.argument))) > limit:
        x.say("too_long", joins=True, limit=limit)
    elif length > LONG:
        x.say("long", joins=True)


def sure(x: Exchange) -> None:
    """Yes, change it, although other answers stop counting. Ticks wait in the cursor."""
    key, _, said = str(x.intent.argument).partition(" ")
    note = _waiting(x)
    question, picked = x.guide.canvas.get(key), x.here.cursor.picked
    if question is None or key != x.here.cursor.question:
        stale(x)
    elif said == UNKNOWN or (KIND[question.kind].one and said in question.choices):
        take(x, question, said, note)
    elif KIND[question.kind].some and picked and not said:
        take(x, question, picked, note)
    else:
        stale(x)


def _waiting(x: Exchange) -> str:
    """The note that waits for a yes, once."""
    told = x.here.cursor.told
    notes = [mark for mark in told if mark.startswith(NOTED)]
    if notes:
        x.point(told=tuple(mark for mark in told if mark not in notes))
    return notes[-1].removeprefix(NOTED) if notes else ""


def tick(x: Exchange) -> None:
    """Toggle ticks; a choice that stands alone, or a whole list, is taken at once."""
    question = x.question
    if question is None or not KIND[question.kind].some:
        ask(x)
        return
    keys = tuple(x.intent.argument)
    picked = _toggled(x, question, keys)
    if question.alone in keys:
        take(x, question, (question.alone,))
    elif question.at_most and len(picked) > question.at_most:
        say_and_ask(x, "too_many", most=question.at_most)
    elif len(keys) > 1 or x.intent.note:
        take(x, question, picked)
    else:
        x.point(picked=picked)
        ask(x)


def _toggled(x: Exchange, question: Question, keys: tuple[str, ...]) -> tuple[str, ...]:
    """One key turns to what its button did not show, so that a double press does no harm."""
    shown = x.intent.asking.choices if x.intent.asking else ()
    off = {c.key for c in shown if c.ticked} if len(keys) == 1 else set()
    picked = {*x.here.cursor.picked, *keys} - off.intersection(keys) - {question.alone}
    return tuple(choice for choice in question.choices if choice in picked)


def choose(x: Exchange) -> None:
    """All at once: what is ticked now is the answer, whatever was before."""
    question, keys = x.question, x.intent.argument
    picked = ticked(question, keys) if question and keys else ()
    if question and isinstance(picked, Misfit):
        return say_and_ask(x, "too_many", most=question.at_most)
    x.point(picked=picked)
    return done(x)


def done(x: Exchange) -> None:
    question = x.question
    if question is None or not KIND[question.kind].some:
        ask(x)
    elif x.here.cursor.picked:
        take(x, question, x.here.cursor.picked)
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
    if question.key not in x.here.values or question.key not in x.here.asked_before:
        keep(x, question, None)
    pass_over(x)
    go_on(x)


def go_next(x: Exchange) -> None:
    if x.state == "advice":
        x.tell_once("advice")
    question = x.question
    if question and question.key not in x.here.values:
        ask(x)
        return
    if question and question.key not in x.here.asked_before:
        keep(x, question, None)  # a colleague does not know it, and neither do they
    pass_over(x)
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


def ticked(question: Question, keys: tuple[str | None, ...]) -> Any:
    """A whole list at once, under the same rules as ticks."""
    if keys == (UNKNOWN,):
        return UNKNOWN
    if not {None, UNKNOWN}.isdisjoint(keys):
        return Misfit("no_choice")
    if question.at_most and len(keys) > question.at_most:
        return Misfit("no_choice")
    picked = (question.alone,) if question.alone in keys else keys
    return tuple(choice for choice in question.choices if choice in picked)
