"""Answering: texts, choices and ticks, going back, changing, editing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flows.advice import progress
from flows.intents import dates
from flows.intents.choices import (
    LONG,
    Refused,
    fold,
    listed,
    match,
    open_text,
    units,
)
from flows.interview.onward import Walking
from flows.model.canvas import ANY_OF, ONE_OF, UNKNOWN, Question
from flows.model.kinds import KIND
from flows.model.turn import Asking, Given

MANY_OPEN = 5
"""Open points at which a person hears that they may be many."""


class Answering(Walking):
    """What changes answers."""

    __slots__ = ()

    def answer(self) -> None:
        """A text, a choice's key or `unknown` for the question it was asked for."""
        key = self.move.asking.key if self.move.asking else self.here.cursor.question
        if key is None:
            self.misfit()
            return
        question = self.guide.canvas[key]
        if key not in self.guide.canvas.asked_keys(self.here.values, "paper"):
            self.stale()
            return
        value = self._read(question, self.move.argument)
        if isinstance(value, Refused):
            self.say("refused", joins=True, reason=value.reason)
            self.ask()
        else:
            self._take(question, value)

    def unknown(self) -> None:
        question = self.question
        if question is None:
            self.again()
        else:
            self._take(question, UNKNOWN)

    def _read(self, question: Question, said: str) -> Any:
        asking = self.move.asking
        labels = {c.key: c.label for c in asking.choices} if asking else {}
        if question.kind in ONE_OF:
            return said if said in (*question.choices, UNKNOWN) else Refused("no_choice")
        if said in labels and question.kind == "when" and said != UNKNOWN:
            return dates.named(said, labels[said], self.update.at.date())
        if said in labels:
            return said
        if question.kind == "when":
            return dates.understand(said, self.update.at, self.guide.moments)
        return open_text(question, said)

    def _take(self, question: Question, value: Any) -> None:
        """Ask first where other answers would stop counting; else keep it and go on."""
        lost = progress.dropped(self.guide.canvas, self.here.values, question.key, value)
        if lost and self.move.verb != "sure":
            ticked = isinstance(value, tuple)
            sure = f"/sure {question.key}" if ticked else f"/sure {question.key} {value}"
            self.point(question=question.key, picked=value if ticked else ())
            self.menu("drops", sure, "/next", key="drops", lost=lost, question=question.key)
            return
        self._keep(question, value)
        self._note(question, value)
        self.go_on()

    def _keep(self, question: Question, value: Any, *, message: str = "") -> None:
        kept = list(value) if isinstance(value, tuple) else value
        size = units(self.update.text)
        given = Given(question.key, kept, self.update.at, message or self.update.message, size)
        self.answers.append(given)
        self.walk = replace(self.here, given={**self.here.given, question.key: given})
        plan = self.here.cursor.plan
        if plan:
            asked = self.guide.canvas.asked_keys(self.here.values, self.here.depth)
            left = tuple(key for key in plan if key in asked and key != question.key)
            self.point(plan=left)
            if not left:
                self.say("five_ended", joins=True)

    def _note(self, question: Question, value: Any) -> None:
        """One line where the person may doubt what was understood."""
        if self.move.guessed or (question.kind == "when" and value != UNKNOWN):
            self.say("understood", joins=True, key=question.key, value=value)
        if value == UNKNOWN and question.open_point:
            self._note_open(question)
        self._note_length(question, value)

    def _note_open(self, question: Question) -> None:
        """Whole the first time; after that a press shows by itself what was chosen."""
        count = len(self.guide.canvas.open_points(self.here.values))
        if count in (1, MANY_OPEN) or self.update.kind != "press":
            self.say("open_point", joins=True, key=question.key, count=count)

    def _note_length(self, question: Question, value: Any) -> None:
        limit = KIND[question.kind].longest
        said = units(self.move.argument) if isinstance(self.move.argument, str) else 0
        if isinstance(value, str) and max(said, units(value)) > limit:
            self.say("too_long", joins=True, limit=limit)
        elif isinstance(value, str) and units(value) > LONG:
            self.say("long", joins=True)

    def sure(self) -> None:
        """Yes, change it, although other answers stop counting. Ticks wait in the cursor."""
        key, _, said = str(self.move.argument).partition(" ")
        question, picked = self.guide.canvas.get(key), self.here.cursor.picked
        if question is None or key != self.here.cursor.question:
            self.stale()
        elif said in (*question.choices, UNKNOWN) and (question.kind in ONE_OF or said == UNKNOWN):
            self._take(question, said)
        elif question.kind in ANY_OF and picked and not said:
            self._take(question, picked)
        else:
            self.stale()

    def tick(self) -> None:
        """Toggle ticks; a choice that stands alone, or a whole list, is taken at once."""
        question = self.question
        if question is None or question.kind not in ANY_OF:
            self.again()
            return
        keys = tuple(self.move.argument)
        if question.alone in keys:
            self._take(question, (question.alone,))
            return
        picked = self._toggled(question, keys)
        if question.at_most and len(picked) > question.at_most:
            self.say("too_many", joins=True, most=question.at_most)
            self.ask()
        elif len(keys) > 1:
            self._take(question, picked)
        else:
            self.point(picked=picked)
            self.ask()

    def _toggled(self, question: Question, keys: tuple[str, ...]) -> tuple[str, ...]:
        """One key turns to what its button did not show, so that a double press does no harm."""
        picked = set(self.here.cursor.picked)
        shown = self.move.asking.choices if self.move.asking else ()
        off = {c.key for c in shown if c.ticked} if len(keys) == 1 else set()
        ticked = (picked | set(keys)) - (off & set(keys)) - {question.alone}
        return tuple(choice for choice in question.choices if choice in ticked)

    def done(self) -> None:
        question = self.question
        if question is None or question.kind not in ANY_OF:
            self.again()
        elif self.here.cursor.picked:
            self._take(question, self.here.cursor.picked)
        elif question.key in self.here.values or question.kind == "actions":
            self.skip()
        else:
            self.say("pick_one", joins=True)
            self.ask()

    def skip(self) -> None:
        """On to the next; what was answered before stays."""
        question = self.question
        if question is None:
            self.next()
            return
        if question.key not in self.here.values:
            self._keep(question, None)
        self.go_on()

    def next(self) -> None:
        if self.state == "advice":
            self.tell_once("advice")
        question = self.question
        if question and question.key not in self.here.values:
            self.again()
        else:
            self.go_on()

    def other(self) -> None:
        self.say("type_it", joins=True)
        self.ask()

    def back(self) -> None:
        previous = progress.previous_question(self.guide.canvas, self.here)
        if previous is None:
            self.say("at_the_start", joins=True)
            self.ask()
        else:
            self._visit(previous)

    # ------------------------------------------------------------ changing

    def change(self) -> None:
        """A part, then a question; the old answer is shown and asked again."""
        argument = str(self.move.argument)
        answered = self.guide.canvas.relevant(self.here.values)
        asked = self.guide.canvas.asked_keys(answered, self.here.depth)
        if argument in answered or argument in asked:
            self._visit(self.guide.canvas[argument])
            return
        parts = [p for p in self._parts if any(self.guide.canvas[k].part == p for k in answered)]
        if argument in parts:
            keys = [k for k in answered if self.guide.canvas[k].part == argument]
            self.menu("change_question", *(f"/change {k}" for k in keys), "/again", key="change")
        elif parts:
            self.menu("change_part", *(f"/change {p}" for p in parts), "/again", key="change")
        else:
            self.say("nothing_yet", joins=True)
            self.ask()

    def edit(self) -> None:
        """The own message was edited: its answer follows while it is the newest."""
        found = self.session.edited
        if found is None or found[0] != self.here.id:
            self.say("edit_not_here" if found else "edit_no_answer")
            return
        question = self.guide.canvas[found[1].question]
        current = self.here.given.get(question.key)
        if current is None or current.message != self.update.message:
            self.say("edit_too_late", key=question.key)
            return
        self._apply_edit(question)

    def _apply_edit(self, question: Question) -> None:
        value = self._read_edit(question)
        if isinstance(value, Refused):
            self.say("edit_refused", key=question.key, reason=value.reason)
            return
        lost = progress.dropped(self.guide.canvas, self.here.values, question.key, value)
        self._keep(question, value)
        counts = question.key in self.guide.canvas.asked_keys(self.here.values, "paper")
        name = "edited" if counts else "edited_aside"
        self.say(name, key=question.key, value=value, lost=lost)
        self._note_length(question, value)
        upcoming = progress.next_question(self.guide.canvas, self.here)
        if self.question is None or (upcoming and upcoming.key != self.here.cursor.question):
            self.go_on()

    def _read_edit(self, question: Question) -> Any:
        said = str(self.move.argument)
        if not said:
            return Refused("empty")
        choices = tuple(c for c in self.session.edited_choices if not c.key.startswith("/"))
        command = self.guide.commands.get(fold(said))
        if command == UNKNOWN:
            return UNKNOWN
        if command or said.startswith("/"):
            return Refused("command")
        if question.kind in ANY_OF:
            return self._ticked(question, listed(said, choices) or (match(said, choices),))
        if question.kind in ONE_OF:
            return match(said, choices) or Refused("no_choice")
        self.move = replace(self.move, asking=Asking("", None, question.key, choices))
        return self._read(question, said)

    def _ticked(self, question: Question, keys: tuple[str | None, ...]) -> Any:
        """A whole list at once, under the same rules as ticks."""
        if None in keys or (UNKNOWN in keys and len(keys) > 1):
            return Refused("no_choice")
        if UNKNOWN in keys:
            return UNKNOWN
        if question.at_most and len(keys) > question.at_most:
            return Refused("no_choice")
        picked = (question.alone,) if question.alone in keys else keys
        return tuple(choice for choice in question.choices if choice in picked)

    def piece(self) -> None:
        """A long paste arrives in several messages: one answer."""
        last = self.session.last
        if last is None or last.question not in self.guide.canvas:
            self.again()
            return
        question = self.guide.canvas[last.question]
        glue = "" if units(last.value) >= 4_096 else " "  # noqa: PLR2004 - cut inside a word
        whole = open_text(question, f"{last.value}{glue}{self.move.argument}")
        if isinstance(whole, str):
            limit = KIND[question.kind].longest
            self._keep(question, whole, message=last.message)
            self.say("joined", key=question.key, full=units(whole) >= limit, limit=limit)
