"""Kills the running program again and again while people answer, and looks what was lost.

python -m tests.prove_kills --kills 200
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from content.loader import newest
from tests.crossing import HOOKED, ON_PAGES, POINTS, Launched
from tests.desks import Room, link_in
from tests.phones import Phone
from tests.phones_view import bubble
from tests.program import Look, hook
from tests.standin import StandIn
from tests.standin_methods import OLD_PRESS, UNCHANGED
from tests.standin_world import PRESS_LIVES
from tests.visitor import Visitor
from tests.walkers import until
from tests.web_answerers import LaunchedWeb, WebAnswerer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.phones_view import Bubble

CONTENT = newest()
ANYTIME, STARTING, BETWEEN = "a random moment", "while starting", "no kill"
DECKS = {
    "polling": (*POINTS, ANYTIME, STARTING), "webhook": (*HOOKED, ANYTIME, STARTING),
    "web": (*ON_PAGES, ANYTIME, STARTING),
}  # fmt: skip
"""By intake, where it is killed."""

PEOPLE, ACTS = 50, 14
INVITED = 25
"""So many of the people on the web come in by a link of a kwartiermaker."""
GUEST, TOWN = "Gast ", "Ede"
"""By whose name, and of which municipality: joining answers that question."""
OFTEN, SELDOM = 20, 5
"""A point is met after at most so many; what is done for many people at once, sooner."""

ALONE = ("unknown", "none")
"""Choices that say nothing, or that answer at once where others are ticked."""

BATCHES = ("intake", "acknowledging", "fetching")
PATIENCE = 60.0
"""Seconds until a person who hears nothing is counted as forgotten."""


@dataclass
class Figures:
    """What deaths at one point came to."""

    kills: int = 0
    lost: int = 0
    repeated: int = 0
    doubled: int = 0
    restart: float = 0.0


@dataclass(frozen=True)
class Death:
    point: str
    at: float


@dataclass(frozen=True)
class Act:
    """One answer as it was given: to which asking, and how many deaths there were before."""

    ref: str
    value: Any
    deaths: int


# ---------------------------------------------------------------- people


@dataclass
class Answerer:
    """Someone who answers what is asked, once, and otherwise waits."""

    phone: Phone
    pick: random.Random
    deaths: list[Death]
    acts: list[Act] = field(default_factory=list)
    ticked: str = ""
    turns: int = ACTS
    joined: tuple[tuple[str, Any], ...] = ()

    @property
    def chat(self) -> str:
        return str(self.phone.room.id)

    async def answers(self) -> None:
        last = -1
        await self.phone.starts()
        for turn in range(self.turns):
            shown = await self._asked(last)
            last = number_of(shown)
            await asyncio.sleep(self.pick.random() * 0.05)
            await self._answers(shown, f"pilot {self.chat}-{turn}")
        await self._asked(last)

    async def _asked(self, last: int) -> Bubble:
        """The newest question, once it is a new one."""
        async with asyncio.timeout(PATIENCE):
            while True:
                shown = self.newest()
                if shown and number_of(shown) > last:
                    return shown
                await self.phone.room.stirs(1)

    def newest(self) -> Bubble | None:
        """By its reference, so that what comes a second time is nothing new."""
        asking = [bubble(m) for m in self.phone.room.messages.values() if m.buttons]
        return max(asking, key=number_of, default=None)

    async def _answers(self, shown: Bubble, unique: str) -> None:
        keys = [data.partition(":")[2] for _, data in shown.buttons]
        chosen = self.pick.choice([k for k in keys if k[0] != "/" and k not in ALONE] or [""])
        if "agree" in keys and "/privacy" in keys:
            await self.phone.presses(key="agree", of=shown)
        elif "/done" in keys:
            await self._ticks(shown, chosen)
        elif not chosen:
            self._notes(shown, unique)
            await self.phone.types(unique)
        elif self.pick.random() < 0.3:
            self._notes(shown, chosen)
            await self.phone.types(str(keys.index(chosen) + 1))
        else:
            self._notes(shown, chosen)
            await self.phone.presses(key=chosen, of=shown)

    async def _ticks(self, shown: Bubble, chosen: str) -> None:
        if self.ticked:
            self._notes(shown, [self.ticked])
            self.ticked = ""
            await self.phone.presses(key="/done", of=shown)
        else:
            self.ticked = chosen
            await self.phone.presses(key=chosen, of=shown)

    def _notes(self, shown: Bubble, value: Any) -> None:
        self.acts.append(Act(ref_of(shown), value, len(self.deaths)))


class Visiting(WebAnswerer):
    """The same on the web."""

    def __init__(
        self, visitor: Visitor, pick: random.Random, deaths: list[Death], door: str
    ) -> None:
        super().__init__(visitor, pick, self._notes, door)
        self.deaths, self.acts = deaths, list[Act]()
        self.joined = (("pilot.organisation", TOWN),) if door != "/" else ()

    async def answers(self) -> None:
        await self.talks(ACTS, ALONE)

    def _notes(self, ref: str, value: Any) -> None:
        self.acts.append(Act(ref, value, len(self.deaths)))


Someone = Answerer | Visiting


def ref_of(shown: Bubble) -> str:
    return shown.buttons[0][1].partition(":")[0]


def number_of(shown: Bubble) -> int:
    """The references of a chat's askings count up."""
    return int(ref_of(shown), 36)


# ---------------------------------------------------------------- one round


@dataclass
class Round:
    """Fifty people and a new database; the program dies until they are done or it has enough."""

    folder: Path
    standin: StandIn
    intake: str
    deck: list[str]
    pick: random.Random
    deaths: list[Death] = field(default_factory=list)
    restarts: list[tuple[str, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = hook() if self.intake == "webhook" else {}
        self.program: Launched | LaunchedWeb = (
            LaunchedWeb(self.folder) if self.intake == "web"
            else Launched(self.folder, self.standin, self.standin.token, settings)
        )  # fmt: skip
        self.doors = ["/"] * (PEOPLE - INVITED)
        self.doors += invitations(self.folder, INVITED) if self.intake == "web" else []
        self.clock = asyncio.get_running_loop().time
        self.people = [self._person(n) for n in range(PEOPLE)]

    def _person(self, number: int) -> Someone:
        pick = random.Random(self.pick.random())  # noqa: S311 - repeatable
        if isinstance(self.program, LaunchedWeb):
            visitor = Visitor(self.program.site, place=f"127.0.1.{number + 1}")
            return Visiting(visitor, pick, self.deaths, self.doors[number])
        return Answerer(Phone(self.standin, 1001 + number), pick, self.deaths)

    async def run(self) -> None:
        answering = asyncio.gather(*(p.answers() for p in self.people), return_exceptions=True)
        while self.deck and not answering.done():
            if await self._dies(self.deck[-1], answering):
                self.deaths.append(Death(self.deck.pop(), self.clock()))
        await self._launch("", 0)
        await self._ready()
        for person, trouble in zip(self.people, await answering, strict=True):
            if trouble:
                self.wrong.append(f"{person.chat} heard nothing more: {trouble!r}")
        await self._settles()
        self.exported = await self.program.canvases()
        if await self.program.stop():
            self.wrong.append("SIGTERM was no good end")
        self.wrong += {line for line in self.program.said if line != "ready"}

    async def _launch(self, point: str, count: int) -> None:
        self.program.settings["CROSSING"] = f"{point}#{count}"
        self.began, self.lives = self.clock(), self.program.said.count("ready")
        await self.program.launch()

    async def _ready(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.program.ready.wait()
        if self.deaths and self.program.said.count("ready") > self.lives:
            self.restarts.append((self.deaths[-1].point, self.clock() - self.began))

    async def _dies(self, point: str, answering: asyncio.Future[Any]) -> bool:
        """Whether it did, before the people were done."""
        batch = self.intake == "polling" and point.endswith(BATCHES)
        most = SELDOM if batch else OFTEN
        await self._launch(point, self.pick.randint(1, most))
        if point == STARTING:
            await asyncio.sleep(self.pick.random() * 0.6)
        else:
            await self._ready()
        if point == ANYTIME:
            await asyncio.sleep(self.pick.random() * 0.3)
        if point in (ANYTIME, STARTING):
            await self.program.kill()
            return True
        ended = asyncio.ensure_future(self.program.running.wait())
        await asyncio.wait({ended, answering}, return_when=asyncio.FIRST_COMPLETED)
        code = await self.program.stop()
        if code not in (0, -signal.SIGKILL):
            self.wrong.append(f"it ended by itself with {code}")
        return code == -signal.SIGKILL

    async def _settles(self) -> None:
        """Until nothing is left to say and every press has its answer."""
        look = Look(self.folder)
        left = "SELECT CAST(id AS TEXT) FROM outbox WHERE sent_at IS NULL AND failed IS NULL"
        left += " AND chat NOT LIKE 'test:%'"  # the kwartiermaker is not there
        left += " UNION SELECT press FROM updates WHERE press IS NOT NULL AND answered_at IS NULL"
        with suppress(TimeoutError):
            await until(lambda: not look.rows(left), PATIENCE)
        self.wrong += [f"left undone: {row}" for row in look.rows(left)]
        look.close()


def invitations(folder: Path, count: int) -> list[str]:
    """Addresses of pages, each for one person; the links are made by a kwartiermaker."""
    room = Room(folder)
    room.operator.now = now("Europe/Amsterdam")
    keeper = room.kwartiermaker("Karin", "Jongeren")
    found = [
        f"/u/{link_in(keeper.types(f'/uitnodigen {TOWN}, {GUEST}{n}')).split()[1]}"
        for n in range(count)
    ]
    for person in room.people.values():
        person.store.close()
    return found


# ---------------------------------------------------------------- what it came to


class Campaign:
    """Rounds until the program died so often; figures by point of death."""

    def __init__(self, kills: int, intake: str = "polling", seed: int = 1) -> None:
        self.pick, self.intake = random.Random(seed), intake  # noqa: S311 - repeatable
        points = DECKS[intake]
        whole, rest = divmod(kills, len(points))
        self.deck = [*points * whole, *self.pick.sample(points, rest)]
        self.pick.shuffle(self.deck)
        self.figures = {point: Figures() for point in (*points, BETWEEN)}
        self.wrong: list[str] = []
        self.rounds, self.answers, self.presses, self.seconds = 0, 0, 0, 0.0

    async def run(self) -> Campaign:
        began = asyncio.get_running_loop().time()
        while self.deck:
            left = len(self.deck)
            await self._round()
            if left == len(self.deck):
                self.wrong.append(f"never came by: {self.deck[-1]}")
                break
        self.seconds = asyncio.get_running_loop().time() - began
        return self

    async def _round(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with StandIn() as standin:
                found = Round(Path(folder), standin, self.intake, self.deck, self.pick)
                await found.run()
            look = Look(Path(folder))
            self._counts(found)
            for person in found.people:
                self._compares(found, look, person)
            self.wrong += seated(look, found)
            look.close()
        self.wrong += [*found.wrong, *calls(found.standin), *exports(found.people, found.exported)]
        self.rounds += 1

    def _counts(self, found: Round) -> None:
        self.presses += len(found.standin.world.queries)
        for death in found.deaths:
            self.figures[death.point].kills += 1
        for point, seconds in found.restarts:
            self.figures[point].restart = max(self.figures[point].restart, seconds)
        doubled: Counter[tuple[str, int]] = Counter()
        for chat, at in doubles(found.standin):
            before = sum(death.at < at for death in found.deaths)
            self.figures[point_of(found, before - 1)].doubled += 1
            doubled[chat, before] += 1
        self.wrong += [f"doubled {n} times in {key}" for key, n in doubled.items() if n > 1]

    def _compares(self, found: Round, look: Look, person: Someone) -> None:
        """What the person answered with what was kept, in order, and where both stand."""
        given = list(person.joined)
        given += [(look.asked(person.chat, act.ref), act.value) for act in person.acts]
        kept = history(look, person.chat)
        self.answers += len(given)
        deaths = {
            key: act.deaths
            for (key, _), act in zip(given[len(person.joined) :], person.acts, strict=True)
        }
        for key in Counter(map(str, given)) - Counter(map(str, kept)):
            self.wrong.append(f"{person.chat} lost {key}")
        for answer in missing(given, kept):
            self.figures[point_of(found, deaths[answer[0]])].lost += 1
        for answer in missing(kept, given):
            self.figures[point_of(found, deaths.get(answer[0], -1))].repeated += 1
        if given != kept:
            self.wrong.append(f"{person.chat} answered {given}, kept is {kept}")
        self.wrong += place(look, person)


def point_of(found: Round, death: int) -> str:
    return found.deaths[death].point if 0 <= death < len(found.deaths) else BETWEEN


def missing(these: list[Any], those: list[Any]) -> list[Any]:
    """What is in these and not, or less often, in those."""
    left = list(those)
    return [x for x in these if x not in left or left.remove(x)]  # type: ignore[func-returns-value]


def history(look: Look, chat: str) -> list[tuple[str, Any]]:
    """Every answer of a person, in the order of keeping."""
    rows = look.rows(
        "SELECT a.question, a.value FROM answers a JOIN canvases c ON c.id = a.canvas "
        "JOIN people p ON p.id = c.person WHERE p.chat = ? ORDER BY a.id",
        chat,
    )
    return [(row["question"], json.loads(row["value"] or "null")) for row in rows]


def place(look: Look, person: Someone) -> Iterator[str]:
    """The phone shows the question where the database says that the person is."""
    shown = person.newest()
    found = look.rows(
        "SELECT h.shows, c.question FROM chats h JOIN people p ON p.id = h.person "
        "JOIN canvases c ON c.id = p.canvas WHERE h.chat = ?",
        person.chat,
    )
    kept: dict[str, Any] = found[0] if found else {"shows": 0, "question": ""}
    if not shown or not ref_of(shown) or number_of(shown) != kept["shows"]:
        yield f"{person.chat} sees {shown}, the database says {kept}"
        return
    words = CONTENT.words["nl"]["questions"][kept["question"]]
    texts = [text for name, text in words.items() if isinstance(text, str) and name != "short"]
    if not any(text in shown.text for text in texts):
        yield f"{person.chat} reads {shown.text!r} at {kept['question']}"


def seated(look: Look, found: Round) -> Iterator[str]:
    """Each link is used once, by who opened it, who has one seat; and nobody else has one."""
    links = look.rows("SELECT name, used_by FROM links WHERE kind = 's' ORDER BY id")
    seats = "SELECT s.name, s.person, p.chat FROM seats s JOIN people p ON p.id = s.person"
    has = Counter((row["name"], row["person"], row["chat"]) for row in look.rows(seats))
    invited = found.people[len(found.people) - len(links) :]
    if len(links) != (INVITED if found.intake == "web" else 0):
        yield f"{len(links)} people were invited"
    wanted = Counter((link["name"], link["used_by"], person.chat)
                     for link, person in zip(links, invited, strict=True))  # fmt: skip
    for seat, count in (has - wanted).items():
        yield f"{count} times a seat too many: {seat}"
    for seat in wanted - has:
        yield f"a link without its seat: {seat}"


def doubles(standin: StandIn) -> Iterator[tuple[str, float]]:
    """(chat, time) of each message that was there already, sent or by an edit."""
    seen = set()
    for call in standin.called("sendMessage", "editMessageText"):
        buttons = call.params.get("reply_markup", {}).get("inline_keyboard", [])
        said = buttons[0][0]["callback_data"].partition(":")[0] if buttons else call.params["text"]
        if call.method == "sendMessage" and (call.chat, said) in seen:
            yield str(call.chat), call.at
        seen.add((call.chat, said))


def calls(standin: StandIn) -> Iterator[str]:
    """What a bot never asks, and presses that spin for ever."""
    for query in standin.world.queries.values():
        if not query.answered and standin.clock() - query.born < PRESS_LIVES:
            yield f"a press in {query.chat} was never answered"
    for call in standin.calls:
        expected = call.description.endswith((OLD_PRESS, UNCHANGED))
        if call.form or (call.code == 400 and not expected):
            yield f"{call.method}: {call.description}"


def exports(people: Sequence[Someone], exported: list[Any]) -> Iterator[str]:
    """The export tells each answer once, and nothing that was not answered."""
    given = {str(act.value) for person in people for act in person.acts}
    given |= {str(value) for person in people for _, value in person.joined}
    begun = [canvas for canvas in exported if canvas["answers"]]
    if len(begun) != len(people):
        yield f"{len(begun)} canvases of {len(people)} people"
    for canvas in exported:
        for key, answer in canvas["answers"].items():
            if len(answer["history"]) != 1 or str(answer["value"]) not in given:
                yield f"exported {key}: {answer}"


def table(campaign: Campaign) -> str:
    """Markdown."""
    lines = ["| killed | kills | lost | repeated | doubled messages | worst restart (s) |"]
    lines.append("|:--|--:|--:|--:|--:|--:|")
    total = Figures()
    for point, f in campaign.figures.items():
        for name in ("kills", "lost", "repeated", "doubled"):
            setattr(total, name, getattr(total, name) + getattr(f, name))
        total.restart = max(total.restart, f.restart)
        if point != BETWEEN or f.lost or f.repeated or f.doubled:
            lines.append(row(point, f))
    return "\n".join([*lines, row("**all**", total), ""])


def row(name: str, f: Figures) -> str:
    cells = (name, f.kills, f.lost, f.repeated, f.doubled, f"{f.restart:.2f}" if f.restart else "")
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="by each intake")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wrong: list[str] = []
    for intake in DECKS:
        campaign = asyncio.run(Campaign(options.kills, intake, options.seed).run())
        sys.stdout.write(f"by {intake}\n\n{table(campaign)}")
        sys.stdout.write(
            f"{campaign.rounds} rounds of {PEOPLE} people, {campaign.answers} answers, "
            f"{campaign.presses} presses, {campaign.seconds:.0f} s\n\n"
        )
        wrong += campaign.wrong
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
