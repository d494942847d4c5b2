"""Prompted: a prompt's buttons, and a reply to it. Where the person is stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.intents.choices import Refused, fold, match, open_text, units
from flows.model.canvas import ONE_OF, UNKNOWN
from flows.model.effects import Answer, EndPrompt, PutOff, SetPrompting, SettleAgreed, SetZone
from flows.model.turn import Given
from flows.prompts.schedule import LATER, next_moment, open_now
from flows.steer import Steer

if TYPE_CHECKING:
    from flows.model.canvas import Question
    from flows.model.trajectory import Asked
    from flows.model.turn import Guide, Walk

TYPED = ("line", "text")

ZONES = ("Europe/Amsterdam", "America/Kralendijk", "America/Curacao", "America/Paramaribo")
OFFERED = tuple(f"zone_is {zone}" for zone in ZONES)


class Prompted(Steer):
    """What an adviser does with a prompt."""

    def _asked(self) -> Asked | None:
        asked = self.desk.asked
        if asked is None:
            self.tell("settled")
        return asked

    def _question(self, asked: Asked) -> tuple[Guide, Walk, Question] | None:
        """What it asks, on its own canvas; None where that is no question any more."""
        if asked.walk is None or asked.guide is None or asked.about not in asked.guide.canvas:
            return None
        return asked.guide, asked.walk, asked.guide.canvas[asked.about]

    # ------------------------------------------------------------ answering

    def answer(self) -> None:
        """A choice under the prompt answers that question on that canvas."""
        asked = self._asked()
        found = self._question(asked) if asked else None
        if asked is None:
            return
        if found is None or self.argument not in (*found[2].choices, UNKNOWN):
            self.tell("settled")
        else:
            self._answer(asked, found, self.argument)

    def replied(self) -> None:
        """Words in reply to a prompt are the answer to its question."""
        asked = self._asked()
        found = self._question(asked) if asked else None
        if asked is None:
            return
        if found is None:
            self.tell("reply_heard")
            return
        value = self._read(found[2])
        if isinstance(value, Refused) or value is None:
            self.tell("reply_unclear")
        else:
            self._answer(asked, found, value)

    def _read(self, question: Question) -> Any:
        if question.kind in TYPED:
            return open_text(question, self.argument)
        shown = self.wish.asking.choices if self.wish.asking else ()
        key = match(self.argument, [c for c in shown if c.key.startswith("answer ")])
        return key.removeprefix("answer ") if key and question.kind in ONE_OF else None

    def _answer(self, asked: Asked, found: tuple[Guide, Walk, Question], value: Any) -> None:
        guide, walk, question = found
        if not open_now(guide, walk, question.key):
            self.do(EndPrompt(asked.id, "answered before"))
            self.tell("answered_before", question=question.key, given=walk.values.get(question.key))
            return
        if progress.dropped(guide.canvas, walk.values, question.key, value):
            self._take_up(asked)
            return
        given = Given(question.key, value, self.now, self.update.message, units(self.update.text))
        self.do(Answer(walk.id, given), EndPrompt(asked.id, "answered"))
        self.tell("answer_kept", question=question.key, given=value)
        here = self.session.walk
        if here and here.id == walk.id and here.cursor.question == question.key:
            self.then = "/next"

    def take_up(self) -> None:
        asked = self._asked()
        if asked:
            self._take_up(asked)

    def _take_up(self, asked: Asked) -> None:
        """On to that canvas and that question, as if the person had gone there."""
        self.do(EndPrompt(asked.id, "taken up"))
        if asked.canvas is None:
            self.tell("settled")
            return
        self.switched = asked.canvas
        self.then = f"/change {asked.about}" if self._question(asked) else "start"

    # ------------------------------------------------------------ later, less, stop

    def later(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        if not asked.open:
            self.tell("settled")
            return
        due = next_moment(self.now + LATER)
        self.do(PutOff(asked.id, due))
        self.tell("put_off", due=due)

    def less(self) -> None:
        self.do(SetPrompting("less"))
        self.tell("prompts_less", "normal", "stop_prompts", key="reminders")

    def stop_prompts(self) -> None:
        self.do(SetPrompting("stop"))
        self.tell("prompts_off", "normal", key="reminders")

    def normal(self) -> None:
        self.do(SetPrompting("normal"))
        self.tell("prompts_on", "less", "stop_prompts", key="reminders")

    def reminders(self) -> None:
        """How often the guide writes by itself, and how to change that."""
        how = "off" if self.desk.stopped else "less" if self.desk.less else "on"
        choices = {"off": ("normal",), "less": ("normal", "stop_prompts"),
                   "on": ("less", "stop_prompts")}[how]  # fmt: skip
        self.tell(f"reminders_{how}", *choices, key="reminders")

    # ------------------------------------------------------------ the clock

    def zone(self) -> None:
        """Which clock counts for this person; with a place, that one from now on."""
        if self.argument:
            self.zone_is()
        else:
            self.tell("zone", *OFFERED, key="zone", zone=str(self.now.tzinfo), at=self.now)

    def zone_is(self) -> None:
        """Only a zone that content knows; the question comes again, so that its menu has passed."""
        found = self.guide.steering["zones"].get(fold(self.argument))
        if found is None:
            self.tell("zone_unknown", *OFFERED, key="zone")
            return
        self.do(SetZone(found))
        self.tell("zone_set", zone=found, at=self.now)
        self.then = "/again" if self.session.walk else ""

    # ------------------------------------------------------------ actions

    def done_action(self) -> None:
        """An action that a meeting agreed is done."""
        own = {one.id for seat in self.desk.own for one in seat.agreed}
        if self.number not in own:
            self.tell("settled")
            return
        self.do(SettleAgreed(self.number, "done_at"))
        self.tell("action_done")

    def fine(self) -> None:
        """It goes on as agreed; nothing to note."""
        asked = self._asked()
        if asked:
            self.do(EndPrompt(asked.id, "fine"))
            self.tell("action_fine")
