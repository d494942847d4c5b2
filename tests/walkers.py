"""Someone at a phone who walks from /start to the summary, and remembers what they said."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any, Literal

from content.loader import newest
from flows.model.canvas import UNKNOWN
from tests.kinds import ANY_OF, ONE_OF
from tests.phones import Phone
from tests.phones_view import bubble, screen
from tests.program import Look, Program
from tests.standin import StandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from flows.model.canvas import Depth
    from tests.phones_view import Bubble
    from tests.standin import Call

How = Literal["buttons", "words", "mixed"]

CANVAS = newest().guide.canvas
WAIT, QUIET, SWEPT = 60.0, 0.002, 0.2
UNCOUNTED = {
    "getUpdates", "deleteWebhook", "setWebhook", "setMyCommands", "deleteMyCommands",
    "setMyDescription", "setMyShortDescription", "getMe", "getWebhookInfo",
}  # fmt: skip
"""What the program does for itself, at its start and while it waits."""

TYPED = {
    "nl": (
        "Ouders in de wijk weten niet waar ze terecht kunnen.",
        "Dat de vaste begeleider blijft bellen, ook als het tegenzit.",
        "De school en het wijkteam doen mee, de corporatie twijfelt nog.",
        "We zien het vooral aan de verhalen van mensen zelf.",
    ),
    "en": (
        "Parents in the area do not know where to turn.",
        "That the same person keeps calling, also when it is hard.",
        "The school and the team take part, the housing company has doubts.",
        "We see it most in what people themselves tell us.",
    ),
}
"""Without a date and without a command in them."""

WORDS = {
    "nl": {"agree": "akkoord", "/done": "klaar", "/depth full": "uitgebreid"},
    "en": {"agree": "agree", "/done": "done", "/depth full": "full"},
}


@dataclass(frozen=True)
class Move:
    """One thing that the person did: at which question, and what the bot called because of it."""

    said: str
    at: str
    to: str
    calls: tuple[Call, ...]


async def undisturbed(_: Walker) -> None:
    """Nothing happens in between."""


@dataclass
class Walker:
    """`given` holds what was answered, by question; None is a skip.

    Without `skips` every question gets an answer, without `dates` no moment is named.
    `disturb` is awaited after each act, before the answer to it is waited for.
    """

    standin: StandIn
    phone: Phone
    look: Look
    how: How = "mixed"
    depth: Depth = "quick"
    seed: int = 1
    skips: bool = True
    dates: bool = True
    disturb: Callable[[Walker], Awaitable[None]] = undisturbed
    given: dict[str, Any] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    buttons: list[tuple[str, int]] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)
    at: str = "new"

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)  # noqa: S311 - a choice, repeatable
        self.texts = cycle(TYPED[self.phone.user["language_code"]])
        self.chat = str(self.phone.room.id)
        self.seen: dict[int, Bubble] = {}

    async def walk(self) -> Walker:
        """To the end of the last question, where the summary is told."""
        await self.begins()
        while self.key != "finished":
            await self.goes_on()
        return self

    async def begins(self) -> None:
        await self._does("/start", self.phone.starts())
        await self.chooses("agree")
        if self.depth == "full":
            await self.chooses("/depth full")

    # ------------------------------------------------------------ looking

    @property
    def shown(self) -> Bubble:
        """The bubble of what the guide believes to be asking."""
        ref = self.look.shown(self.chat)
        for message in reversed(self.phone.room.messages.values()):
            if message.buttons and message.buttons[0]["callback_data"].startswith(f"{ref}:"):
                return bubble(message)
        raise AssertionError(f"what is asked has no buttons:\n{self.phone.screen()}")

    @property
    def key(self) -> str:
        """The question or menu that is on the screen."""
        return self.look.asked(self.chat, self.shown.buttons[0][1].partition(":")[0])

    @property
    def choices(self) -> dict[str, str]:
        """Key -> label of what can be chosen now."""
        return {data.partition(":")[2]: label for label, data in self.shown.buttons}

    # ------------------------------------------------------------ answering

    async def goes_on(self) -> None:
        """One question or one menu further."""
        key, choices = self.key, self.choices
        if key == "welcome":
            await self.chooses("agree")
        elif key not in CANVAS or self.given.get(key) is not None:
            await self.chooses("/again" if "/again" in choices else "/next")
        elif CANVAS[key].kind in ANY_OF:
            await self.ticks(key, [c for c in choices if c in CANVAS[key].choices])
        elif CANVAS[key].kind in ONE_OF:
            self.given[key] = self.pick.choice(
                [*CANVAS[key].choices, *CANVAS[key].choices, UNKNOWN]
            )
            await self.chooses(self.given[key])
        else:
            await self.opens(key, [c for c in choices if not c.startswith("/")])

    async def opens(self, key: str, named: list[str]) -> None:
        """A question that may be typed: in words where the person types at all."""
        if CANVAS[key].kind == "when" and not self.dates:
            self.given[key] = await self._named(key, UNKNOWN)
        elif self.how == "buttons":
            chosen = self.pick.choice([*named, "/skip"] if self.skips else named)
            if chosen not in self.choices:
                chosen = UNKNOWN
            self.given[key] = await self._named(key, chosen)
        elif CANVAS[key].kind == "when":
            self.given[key] = "volgende week"
            await self.types(self.given[key])
        else:
            self.given[key] = "Jongeren aan zet" if key == "pilot.name" else next(self.texts)
            await self.types(self.given[key])

    async def _named(self, key: str, chosen: str) -> str | None:
        """A button under an open question; a moment is kept in the label's words."""
        label = self.choices[chosen]
        await self.chooses(chosen)
        if chosen == "/skip":
            return None
        return label if CANVAS[key].kind == "when" and chosen != UNKNOWN else chosen

    async def ticks(self, key: str, offered: list[str]) -> None:
        """One or two of them; in words sometimes as one line."""
        question = CANVAS[key]
        several = [c for c in offered if c != question.alone]
        picked = sorted(self.pick.sample(several, min(2, len(several))), key=offered.index)
        self.given[key] = sorted(picked, key=question.choices.index)
        if self.how == "words" and len(picked) > 1:
            numbers = [str(list(self.choices).index(c) + 1) for c in picked]
            await self.types(", ".join(numbers))
            return
        for choice in picked:
            await self.chooses(choice)
        await self.chooses("/done")

    # ------------------------------------------------------------ acting

    async def chooses(self, choice: str) -> None:
        """By a button or in words, as this person does."""
        turn = len(self.moves) % 2 == 0
        if self.how == "buttons" or (self.how == "mixed" and turn):
            await self.presses(choice)
        else:
            await self.types(self.worded(choice))

    def worded(self, choice: str) -> str:
        """What a person may type for a button: a word for it, its number, its key or its label."""
        words = WORDS[self.phone.user["language_code"]]
        word = words.get(choice) if self.key not in CANVAS or choice.startswith("/") else None
        number = list(self.choices).index(choice) + 1
        ways = [str(number), self.choices[choice].removeprefix("✓ ")]
        return word or self.pick.choice(ways if choice.startswith("/") else [*ways, choice])

    async def presses(self, choice: str) -> None:
        shown, label = self.shown, self.choices[choice]
        data = next(d for _, d in shown.buttons if d.partition(":")[2] == choice)
        await self._does(f"[{label}]", self.phone.presses(data, of=shown))

    async def types(self, text: str) -> None:
        await self._does(text, self.phone.types(text))

    async def presses_old(self) -> None:
        """Any button that was ever seen, as long ago as it may be."""
        data, message = self.pick.choice(self.buttons)
        key, choice = self.look.asked(self.chat, data.partition(":")[0]), data.partition(":")[2]
        if key in CANVAS and not choice.startswith("/") and self.given.get(key) is None:
            return  # that would be an answer
        if choice.startswith("/sure"):
            return  # and so would that
        await self._does(f"[old {key} {choice}]", self.phone.presses_raw(data, message))

    async def _does(self, said: str, act: Awaitable[object]) -> None:
        self.at = self.key if self.moves else "new"
        before, heard = len(self.standin.calls), self.look.heard(self.chat)
        await act
        await self.disturb(self)
        await self.phone.answered(WAIT, quiet=0)
        await until(lambda: self.look.heard(self.chat) != heard and not self.look.unsaid(self.chat))
        await self.phone.room.stirs(SWEPT if self.at == "welcome" else QUIET)
        calls = [c for c in self.standin.calls[before:] if c.method not in UNCOUNTED]
        self.moves.append(Move(said, self.at, self.key, tuple(calls)))
        self._remembers(said)

    def _remembers(self, said: str) -> None:
        new = [b for b in self.phone.view if self.seen.get(b.message_id) != b]
        self.seen |= {b.message_id: b for b in new}
        self.buttons += [(data, b.message_id) for b in new for _, data in b.buttons]
        pressed = [f"{said:>40}"] if said.startswith("[") else []
        self.screens.append("\n\n".join([*pressed, *(screen([b], 40) for b in new)]))


@dataclass
class Stage:
    """The stand-in, the program, and those who walk there."""

    standin: StandIn
    program: Program
    look: Look

    def phone(self, number: int = 1001, language: str = "nl", name: str = "Anna") -> Phone:
        return Phone(self.standin, number, language, name)

    def walker(self, phone: Phone | None = None, **how: Any) -> Walker:
        return Walker(self.standin, phone or self.phone(), self.look, **how)

    async def canvas(self) -> dict[str, Any]:
        """The only one, as exported."""
        (canvas,) = await self.program.canvases()
        return dict(canvas)


@asynccontextmanager
async def stage(folder: Path, **settings: str) -> AsyncIterator[Stage]:
    """A running program with nobody there yet."""
    async with StandIn() as standin:
        program = Program(folder, standin, standin.token, settings)
        here = Stage(standin, program, Look(folder))
        try:
            async with program:
                yield here
        finally:
            here.look.close()


def problems(given: dict[str, Any], canvas: dict[str, Any]) -> Iterator[str]:
    """Where an export holds something else than what was answered."""
    for key in canvas["answers"]:
        if key not in given:
            yield f"{key}: never answered"
    for key, value in given.items():
        kept = exported(canvas, key)
        hidden = value == UNKNOWN and CANVAS[key].of is not None
        if kept != (None if hidden else value):
            yield f"{key}: answered {value!r}, exported {kept!r}"


def exported(canvas: dict[str, Any], key: str) -> Any:
    """What an export holds of a question; the fields of an action stand with their action."""
    if CANVAS[key].of is None:
        return canvas["answers"].get(key, {}).get("value")
    base, _, name = key.rpartition(".")
    about = base.replace("ingredients.actions.", "ingredients.")
    action: dict[str, Any] = next((a for a in canvas["actions"] if a["about"] == about), {})
    return action.get("when_text" if name == "when" else name)


def answers_every_press_once(standin: StandIn) -> None:
    answered = Counter(
        call.params["callback_query_id"] for call in standin.called("answerCallbackQuery")
    )
    assert answered == Counter(dict.fromkeys(standin.world.queries, 1))
    assert standin.refused == []


async def until(met: Callable[[], bool], seconds: float = WAIT) -> None:
    """For what no phone shows."""
    async with asyncio.timeout(seconds):
        while not met():  # noqa: ASYNC110 - it looks from outside
            await asyncio.sleep(0.003)
