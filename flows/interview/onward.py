"""Walking: from akkoord through the parts of the canvas to the advice and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.advice.advice import observe
from flows.exchange import NEW_WALK
from flows.interview.asking import Questioning
from flows.model.canvas import ANY_OF, UNKNOWN
from flows.model.papers import AUTHOR, WAITS
from flows.model.turn import Cursor, Walk

if TYPE_CHECKING:
    from flows.model.canvas import Question


class Walking(Questioning):
    """What comes next. Whatever a verb does, it goes on from here."""

    __slots__ = ()

    # ------------------------------------------------------------ before akkoord

    def welcome(self) -> None:
        self.menu("welcome", "agree", "/language", "/privacy")

    def welcome_again(self) -> None:
        self.say("agree_first", joins=True)
        self.welcome()

    def privacy_new(self) -> None:
        self.say("privacy", joins=True)
        self.menu("agree_or_not", "agree", "/language", key="welcome")

    def language_new(self) -> None:
        self.switch_language()
        self.welcome()

    def begin(self) -> None:
        self.opened = self.agrees = True
        self.walk = Walk(NEW_WALK, self.state, "quick", Cursor())
        self.say("agreed", joins=True)
        self.go_on()

    # ------------------------------------------------------------ going on

    def go_on(self) -> None:
        """Close what is finished, then ask what is missing, or give the advice, or end."""
        self._hand_over()
        self.point(question=None, picked=())
        upcoming = progress.next_question(self.guide.canvas, self.here)
        planned = upcoming is not None and upcoming.key in self.here.cursor.plan
        if not planned:
            self._look_back(upcoming)
        if upcoming is None:
            self._finish()
        elif upcoming.part == "closing" and not planned and "advice" not in self.here.cursor.told:
            self._give_advice()
        else:
            self._open(upcoming, planned=planned)

    def _hand_over(self) -> None:
        """The document that waited for its author's name, once that was answered or skipped."""
        waiting = [mark for mark in self.here.cursor.told if mark.startswith(WAITS)]
        if waiting and AUTHOR in self.here.given:
            self.point(told=tuple(m for m in self.here.cursor.told if m not in waiting))
            self.say("document", name=waiting[-1].removeprefix(WAITS))

    def _open(self, question: Question, *, planned: bool = False) -> None:
        self.trigger(f"open_{question.part}")
        self.point(question=question.key)
        if not planned and self.tell_once(f"opened {question.part}"):
            size = progress.part_size(self.guide.canvas, self.here, question.part)
            self.say("part_opened", joins=True, part=question.part, size=size)
        if question.kind == "step" and self._best_steps():
            self.say("steps_brief", joins=True)
        self.ask()

    def _visit(self, question: Question) -> None:
        self.trigger(f"open_{question.part}")
        kept = self.here.values.get(question.key) if question.kind in ANY_OF else ()
        offered = self._choices(question)
        picked = tuple(k for k in kept or () if k in offered) if kept != UNKNOWN else ()
        self.point(question=question.key, picked=picked)
        self.ask()

    def _look_back(self, upcoming: Question | None) -> None:
        """The middle of part 2, and the end of each part, give one sentence back."""
        values, part = self.here.values, self.state
        answered = sum(q.key in values and q.of is None for q in self.guide.canvas.of_part(part))
        if upcoming and upcoming.part == part:
            if answered >= 5 and self._observation(part, "middle"):  # noqa: PLR2004 - domain.md
                self._observe(part, "middle")
        elif part in self._parts and any(a.question.startswith(part) for a in self.answers):
            self._close(part)

    @property
    def _parts(self) -> tuple[str, ...]:
        return tuple(part.key for part in self.guide.canvas.parts)

    def _close(self, part: str) -> None:
        left = {q.part for q in progress.missing(self.guide.canvas, self.here)}
        if part in left or not self.tell_once(f"closed {part}") or part == "closing":
            return
        self._observe(part, "end")
        if self.here.depth == "full" and left - {"closing"}:
            self.menu("recap", f"/change {part}", part=part, key="recap")

    def _observation(self, part: str, at: str) -> Any:
        values = self.guide.canvas.relevant(self.here.values)
        return observe(self.guide.rules, part, at, values)

    def _observe(self, part: str, at: str) -> None:
        seen = self._observation(part, at)
        if seen and (at == "end" or self.tell_once(f"middle {part}")):
            self.say("observation", joins=True, key=seen.rule, because=seen.because)

    def _give_advice(self) -> None:
        self.trigger("give_advice")
        self.tell_renewed()
        self.say("gate")
        self.advice_menu()

    def _finish(self) -> None:
        first_time = self.tell_once("finished")
        self.trigger("finish")
        self.point(plan=())
        if first_time:
            self.tell_summary()
        elif not any(reply.name == "document" for reply in self.replies):
            self.say("updated", joins=True)
        self.done_menu()
