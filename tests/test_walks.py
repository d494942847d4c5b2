"""Every way through the quick walk, and many through the full one, on the core alone."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from content.checks.guide import MOST
from content.checks.paths import walks
from content.loader import newest
from content.messages.html import plain
from content.messages.render import render
from flows.intents.heard import understand
from flows.machine import take_turn
from flows.model.canvas import UNKNOWN
from flows.model.context import Context
from flows.model.messages import Asking, Update
from flows.model.turn import Session
from tests.kinds import ANY_OF, ONE_OF
from tests.people import START
from tests.telegram_html import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.canvas import Depth
    from flows.model.messages import Language, Message
    from flows.model.turn import Turn

CONTENT = newest()
CANVAS = CONTENT.guide.canvas
SUMMARY = {"gate", "routes", "attention", "steps", "steps_brief", "summary", "summary_end", "done"}
LONGEST_TYPED = "Een eigen antwoord van ongeveer tien woorden dat precies past."


@dataclass
class Walker:
    """Answers by key from `wish`, or else as `pick` says; counts its own moves.

    `doubts`: how often a choice is answered with "I do not know yet".
    """

    wish: Mapping[str, str]
    longest: bool = True
    language: Language = "nl"
    depth: str = "quick"
    doubts: float = 0
    pick: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    moves: int = 0
    typed: int = 0
    asked: list[str] = field(default_factory=list)
    places: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = Session("test", self.language, agreed=False, walk=None)
        self.turns: list[tuple[Message, ...]] = []

    def walk(self) -> Walker:
        self.does("start", "")
        self.presses("agree")
        if self.depth == "full":
            self.presses("/depth full")
        while self.state != "done":
            self.goes_on()
        return self

    @property
    def state(self) -> str:
        return self.session.walk.state if self.session.walk else "new"

    def goes_on(self) -> None:
        key = self.session.shown.key if self.session.shown else ""
        if key not in CANVAS:
            self.presses("/next")
            return
        self.asked.append(key)
        self.answers(key)

    def answers(self, key: str) -> None:
        question, keys = CANVAS[key], [c.key for c in (self.session.shown or NOBODY).choices]
        if question.kind in ANY_OF:
            self.ticks(key, [k for k in keys if k in question.choices])
        elif question.kind in ONE_OF:
            chosen = UNKNOWN if self.pick.random() < self.doubts else None
            self.presses(chosen or self.wish.get(key) or self.pick.choice(question.choices))
        elif question.kind == "step" and self.longest:
            self.presses("/other")
            self.types(LONGEST_TYPED)
        elif question.kind in ("who", "when"):
            self.types("Fatima el Amrani" if question.kind == "who" else "volgende week")
        else:
            self.types(LONGEST_TYPED)

    def ticks(self, key: str, keys: list[str]) -> None:
        most = CANVAS[key].at_most or len(keys)
        for choice in [k for k in keys if k != CANVAS[key].alone][:most]:
            self.presses(choice)
        self.presses("/done")

    def presses(self, choice: str) -> None:
        self.moves += 1
        self.does("press", choice)

    def types(self, text: str) -> None:
        self.moves += 1
        self.typed += 1
        self.does("text", text)

    def does(self, kind: str, text: str) -> None:
        shown = self.session.shown
        at = START + timedelta(seconds=20 * len(self.turns))
        update = Update(str(len(self.turns)), "test", at, kind, text)  # type: ignore[arg-type]
        context = Context(replace(self.session, pressed=shown), CONTENT.guide, CONTENT.guide)
        intent = understand(CONTENT.guide, context.session, update)
        turn = take_turn(context, update, intent)
        messages = self.hears(turn)
        self.turns.append(messages)
        asking = next((m for m in reversed(messages) if m.choices), None)
        if asking:
            shown = Asking(str(len(self.turns)), -1, asking.key, asking.choices)
        self.session = replace(turn.session, shown=shown, pressed=None)
        self.notes(turn)

    def hears(self, turn: Turn) -> tuple[Message, ...]:
        return render(CONTENT, turn)

    def notes(self, turn: Turn) -> None:
        for reply in turn.replies:
            if "position" in reply.data:
                at_part = CANVAS[reply.data["key"]].part
                place = reply.data["position"]
                self.places.append((at_part, place.number, place.of))


NOBODY = Asking("", None, "")
OPENERS = ("pilot.origin", "routes.demand", "ingredients.collaboration")
WIDE = {"routes.more_here": "many", "routes.behaviour": "yes", "routes.purse": "yes"}
"""What else opens a question, whatever came before."""


def ways() -> list[dict[str, str]]:
    options = [(*CANVAS[key].choices, "unknown") for key in OPENERS]
    return [WIDE | dict(zip(OPENERS, way, strict=True)) for way in itertools.product(*options)]


@pytest.mark.parametrize("wish", ways(), ids=lambda wish: "-".join(map(wish.get, OPENERS)))
def test_a_quick_walk_is_short_on_every_path(wish: dict[str, str]) -> None:
    walker = Walker(wish).walk()
    assert walker.moves <= MOST["quick"][0]
    assert walker.typed <= MOST["quick"][1]
    assert len(walker.asked) == len(set(walker.asked)) + walker.asked.count("routes.anchored") - 1


LONGEST = WIDE | {
    "pilot.origin": "started", "impact.evidence": "stories", "impact.working_part": "yes",
    "routes.hinges": "no", "routes.demand": "concrete", "ingredients.collaboration": "partly",
    "ingredients.funding": "no", "ingredients.skills": "no", "pitfalls.conditions_without": "no",
}  # fmt: skip


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_the_longest_walk_is_as_long_as_check_proves(depth: Depth) -> None:
    walker, proved = Walker(LONGEST, depth=depth).walk(), walks(CANVAS, depth)
    longest = proved["longest"]
    assert (walker.moves, walker.typed) == (longest.moves, longest.typed)
    assert longest.moves <= MOST[depth][0]
    assert proved["most_typed"].typed <= MOST[depth][1]


@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize("seed", range(12))
def test_progress_never_goes_back_and_the_end_only_comes_nearer(seed: int, depth: str) -> None:
    walker = Walker({}, pick=random.Random(seed), depth=depth).walk()  # noqa: S311
    start = 1 if depth == "full" else 0  # the first place was said before the depth changed
    for before, after in itertools.pairwise(walker.places[start:]):
        if before[0] == after[0]:
            assert after[1] >= before[1]
            assert after[2] <= before[2]
        assert after[1] <= after[2]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize("seed", range(6))
def test_no_wall_of_text(seed: int, depth: str, language: Language) -> None:
    walker = Walker({}, pick=random.Random(seed), depth=depth, language=language).walk()  # noqa: S311
    for messages in walker.turns:
        spoken = [m for m in messages if m.kind not in SUMMARY]
        assert len(spoken) <= 2
        for message in messages:
            assert problem(message.html) is None
            words = len(re.findall(r"\w[\w'’-]*", plain(message.html).replace(LONGEST_TYPED, "")))
            assert words <= 90 or message.kind == "recap", message.html


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize("doubts", [0, 0.4, 1])
def test_the_summary_is_three_messages_and_short(
    doubts: float, depth: str, language: Language
) -> None:
    for seed in range(8):
        pick = random.Random(seed)  # noqa: S311 - a choice, repeatable
        walker = Walker({}, pick=pick, depth=depth, language=language, doubts=doubts)
        told = walker.walk().turns[-1]
        assert [m.kind for m in told] == ["summary", "attention", "done"]
        words = sum(len(re.findall(r"\w[\w'’-]*", plain(m.html))) for m in told)
        assert words <= 220, "\n\n".join(plain(m.html) for m in told)
