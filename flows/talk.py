"""What each verb does to a walk, and what is said. The table in dialogue.py calls these.

One Talk lives for one turn. It changes its own copy of the walk and collects
replies and answers; nothing is sent or kept here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows import progress
from flows.advice import Advice, advise, observe
from flows.canvas import ONE_OF, UNKNOWN, Question
from flows.turn import LANGUAGES, Asking, Cursor, Given, Reply, Turn, Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.heard import Move
    from flows.turn import Erasure, Guide, Session, Update

STEPS_OFFERED = 3
NEW_WALK = -1
"""The id of a canvas that the store has yet to make."""

DOCUMENTS = ("card", "canvas", "summary", "word", "half_pages", "record", "odt", "markdown")
"""What can be made of a canvas, as /document names it; the first six have a button."""

ON_BUTTONS = 6
RENEWAL = ("agree", "/my_data", "/forget")
"""What can be done about a changed privacy text."""

SUMMARY_MENU = ("/look", "/half_pages", "/document", "/change")


class Talk:
    """The model of the state machine: light, made for one turn, then forgotten."""

    __slots__ = (
        "agrees", "answers", "erases", "guide", "language", "move", "opened", "replies", "session",
        "state", "switched", "trigger", "update", "walk",
    )  # fmt: skip

    def __init__(self, guide: Guide, session: Session, update: Update, move: Move) -> None:
        self.guide, self.session, self.update, self.move = guide, session, update, move
        self.walk = session.walk
        self.state = session.walk.state if session.walk and session.agreed else "new"
        self.language = session.language
        self.replies: list[Reply] = []
        self.answers: list[Given] = []
        self.opened = False
        self.switched: int | None = None
        self.erases: Erasure | None = None
        self.agrees = False
        self.trigger: Callable[[str], object] = str

    def turn(self) -> Turn:
        """All that this turn changed."""
        walk = replace(self.walk, state=self.state) if self.walk else None
        session = replace(
            self.session, language=self.language, walk=walk, agreed=self.state != "new"
        )
        return Turn(
            session, tuple(self.replies), tuple(self.answers), self.opened, self.switched,
            self.erases, self.agrees,
        )  # fmt: skip

    # ------------------------------------------------------------ small words

    @property
    def here(self) -> Walk:
        if self.walk is None:
            raise AssertionError("a state other than new has a walk")
        return self.walk

    @property
    def question(self) -> Question | None:
        key = self.here.cursor.question
        return self.guide.canvas[key] if key else None

    def say(self, name: str, /, *, joins: bool = False, **data: Any) -> None:
        self.replies.append(Reply(name, data, joins=joins))

    def menu(self, name: str, /, *choices: str, key: str = "", **data: Any) -> None:
        self.replies.append(Reply(name, data, key or name, choices))

    def point(self, **fields: Any) -> None:
        self.walk = replace(self.here, cursor=replace(self.here.cursor, **fields))

    def tell_once(self, mark: str) -> bool:
        if mark in self.here.cursor.told:
            return False
        self.point(told=(*self.here.cursor.told, mark))
        return True

    def advice(self) -> Advice:
        return advise(self.guide.canvas, self.guide.rules, self.here.values)

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

    def _open(self, question: Question, *, planned: bool = False) -> None:
        self.trigger(f"open_{question.part}")
        self.point(question=question.key)
        if not planned and self.tell_once(f"opened {question.part}"):
            size = progress.part_size(self.guide.canvas, self.here, question.part)
            self.say("part_opened", joins=True, part=question.part, size=size)
        if question.kind == "step" and self._best_steps():
            self.say("steps_brief", joins=True)
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
        self.say("gate")
        self.advice_menu()

    def advice_menu(self) -> None:
        deeper = () if self.here.depth == "full" else ("/depth full",)
        self.menu("routes", "/next", "/look", "/change", *deeper, key="advice")

    def _finish(self) -> None:
        first_time = self.tell_once("finished")
        self.trigger("finish")
        self.point(plan=())
        if first_time:
            self.tell_summary()
        else:
            self.say("updated", joins=True)
        self.done_menu()

    def done_menu(self) -> None:
        deeper = () if self.here.depth == "full" else ("/depth full",)
        self.menu("done", "/summary", *SUMMARY_MENU, *deeper, "/new", key="finished")

    # ------------------------------------------------------------ asking

    def ask(self) -> None:
        """The question under the cursor with its choices; what was answered is shown."""
        question = self.question
        if question is None:
            self._rest()
            return
        walk = self.here
        self.replies.append(
            Reply(
                "question",
                {
                    "key": question.key,
                    "position": progress.position(self.guide.canvas, walk, question),
                    "picked": walk.cursor.picked,
                    "old": walk.values.get(question.key),
                    "planned": self._planned(question),
                },
                question.key,
                (*self._choices(question), *self._extras(question)),
            )
        )

    def _planned(self, question: Question) -> int:
        plan = self.here.cursor.plan
        return len(plan) if question.key in plan else 0

    def _rest(self) -> None:
        """Outside the questions a person rests at the advice, or at the end."""
        if self.state == "advice":
            self.advice_menu()
        else:
            self.done_menu()

    def _choices(self, question: Question) -> tuple[str, ...]:
        if question.kind in ONE_OF:
            return (*question.choices, UNKNOWN)
        if question.kind == "any_of":
            return (*question.choices, "/done", UNKNOWN)
        if question.kind == "actions":
            weak = self.guide.canvas.not_arranged(self.here.values)
            return (*(key.partition(".")[2] for key in weak), "/done", "/skip")
        if question.kind == "step":
            return (*self._best_steps(), "/other", UNKNOWN)
        named = {"who": ("me",), "when": ("this_week", "this_month")}
        return (*named.get(question.kind, ()), UNKNOWN, "/skip")

    def _best_steps(self) -> list[str]:
        steps = [s.step for s in self.advice().next_steps if s.step != "small_win"]
        return steps[:STEPS_OFFERED]

    def _extras(self, question: Question) -> tuple[str, ...]:
        extras = ["/explain"]
        if question.key in self.here.values:
            extras.append("/next")
        if not self.here.given and not self.answers:
            other = "quick" if self.here.depth == "full" else "full"
            extras += [f"/depth {other}", "/five"]
        forward = self.answers[-1] if self.answers else None
        if forward and forward.value == UNKNOWN and self.guide.canvas[forward.question].open_point:
            extras.append(f"/forward {forward.question}")
        return tuple(extras)

    def again(self) -> None:
        self.ask()

    def go_back(self) -> None:
        """To where the person was; that waits while a changed privacy text does."""
        if self.session.outdated:
            self.menu("agree_anew", *RENEWAL, key="renew")
        else:
            self.ask()

    def misfit(self) -> None:
        """Not understood: one sentence, and the same choices again."""
        shown = self.session.shown
        open_menu = shown and shown.key not in self.guide.canvas
        self.say("misfit_menu" if open_menu else "misfit", joins=True)
        if open_menu and shown:
            self._repeat_menu(shown)
        else:
            self.ask()

    def _repeat_menu(self, shown: Asking) -> None:
        if shown.key in ("advice", "finished") or not shown.choices:
            self.ask()
        else:
            self.replies.append(
                Reply("menu_again", {}, shown.key, tuple(c.key for c in shown.choices))
            )

    def quiet(self) -> None:
        """The same press again under a new id: nothing happens, nothing is said."""

    def twice(self) -> None:
        """The second tap of two fell on a question that nobody can have read yet."""
        self.say("twice", joins=True)
        self.ask()

    def stale(self) -> None:
        self.say("stale", joins=True)
        self.ask()

    def tell_summary(self) -> None:
        """In several messages that each make sense; a menu must follow, in the last of them."""
        for name in ("summary", "routes", "attention"):
            self.say(name)
        self.say("steps", joins=True)

    def switch_language(self) -> None:
        wanted = str(self.move.argument)
        others = [code for code in LANGUAGES if code != self.language]
        self.language = next((c for c in LANGUAGES if c == wanted), others[0])
