"""Own words that change or go on once sent: an edited message, a long paste's next piece."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.intents.choices import Misfit, fold, listed, match, open_text, said_with_more, units
from flows.interview import unplaced
from flows.interview.answering import keep, note_difference, note_length, read, ticked
from flows.interview.onward import go_on
from flows.interview.questions import ask, say_and_ask
from flows.model.canvas import UNKNOWN, Question
from flows.model.kinds import KIND
from flows.model.messages import Asking

if TYPE_CHECKING:
    from flows.exchange import Exchange


def edit(x: Exchange) -> None:
    """The own message was edited: its answer follows while it is the newest.

    Whatever comes of it, the current question stands after it, with its buttons.
    """
    waits = unplaced.edited(x)
    if waits:
        unplaced.change(x, waits)
        return
    found = x.session.edited
    if found is None or found[0] != x.here.id:
        say_and_ask(x, "edit_not_here" if found else "edit_no_answer")
        return
    question = x.guide.canvas[found[1].question]
    current = x.here.own.get(question.key)
    if current is None or current.message != x.update.message:
        say_and_ask(x, "edit_too_late", key=question.key)
        return
    value = _read_edit(x, question)
    if isinstance(value, Misfit):
        say_and_ask(x, "edit_refused", key=question.key, reason=value.reason)
    else:
        _apply_edit(x, question, value)


def _apply_edit(x: Exchange, question: Question, value: Any) -> None:
    lost = progress.dropped(x.guide.canvas, x.here, question.key, value)
    keep(x, question, value, note=x.intent.note)
    counts = question.key in x.here.opened(x.guide.canvas)["paper"]
    name = "edited" if counts else "edited_aside"
    x.say(name, joins=True, key=question.key, value=value, lost=lost)
    if x.here.joint:
        note_difference(x, question, x.here.joint)
    if isinstance(value, str):
        note_length(x, question, value)
    upcoming = progress.next_question(x.guide.canvas, x.here)
    if x.question is None or (upcoming and upcoming.key != x.here.cursor.question):
        go_on(x)
    else:
        ask(x)


def _read_edit(x: Exchange, question: Question) -> Any:
    said = str(x.intent.argument)
    choices = tuple(c for c in x.session.edited_choices if not c.key.startswith("/"))
    command = x.guide.commands.get(fold(said))
    if command == UNKNOWN:
        return UNKNOWN
    if not said or command or said.startswith("/"):
        return Misfit("command" if said else "empty")
    if KIND[question.kind].some:
        return ticked(question, listed(said, choices) or (match(said, choices),))
    if KIND[question.kind].one:
        found = said_with_more(said, choices)
        x.intent = replace(x.intent, note=found[1] if found else "")
        return found[0] if found else Misfit("no_choice")
    x.intent = replace(x.intent, asking=Asking("", None, question.key, choices))
    return read(x, question, said)


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
        keep(x, question, whole, message=last.message)
        x.say("joined", key=question.key, full=units(whole) >= limit, limit=limit)
