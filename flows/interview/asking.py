"""Questioning: what is asked with which choices, and asked again where it must."""

from __future__ import annotations

from flows.advice import progress
from flows.exchange import RENEWAL, Talk
from flows.model.canvas import ONE_OF, UNKNOWN, Question
from flows.model.turn import Asking, Reply


class Questioning(Talk):
    """What shows where the person is, and changes nothing."""

    __slots__ = ()

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
        return [s.step for s in self.advice().first_steps]

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

    # ------------------------------------------------------------ asking again

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
