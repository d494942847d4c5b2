"""Bad weather and a long broadcast: what is lost, out of order, or sent too fast.

python -m tests.prove_storm --messages 2000 --chats 100 --broadcast 3000 --to 500
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import now
from flows.model.messages import Message, Passage
from storage.database.connection import open_database
from storage.store import Store
from tests.phones import Phone
from tests.program import Look, Program
from tests.standin import StandIn
from tests.standin_limits import Faults, Pace
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.standin import Call

OVERALL, PER_CHAT = 30, 1
"""Messages a second that Telegram allows."""

PATIENCE = 600.0
FIRST_CHAT = 5001
FAULTS = {"too_many": "429", "bad_gateway": "502", "cut_after": "cut after", "slow": "slow"}
LEFT = "SELECT COUNT(*) AS n FROM outbox WHERE sent_at IS NULL AND failed IS NULL"


@dataclass
class Result:
    """What came of one run; `wrong` is empty where all is well."""

    messages: int
    chats: int
    seconds: float = 0.0
    rate: float = 0.0
    doubled: int = 0
    too_fast: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    replies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def said(chat: int, turn: int) -> str:
    return f"bericht {chat}-{turn}"


def fill(folder: Path, messages: int, chats: int) -> None:
    """Into the outbox, chat after chat in turn, before the program starts."""
    store = Store(open_database(folder / "guide.db", folder / "key"))
    at = now("Europe/Amsterdam")
    with store.transaction():
        for count in range(messages):
            turn, chat = divmod(count, chats)
            text = said(FIRST_CHAT + chat, turn)
            store.say(str(FIRST_CHAT + chat), Message("news", "", (Passage("news", text),)), at)
    store.close()


class Weather:
    """A full outbox, and a stand-in that allows Telegram's pace, `scale` times as fast."""

    def __init__(self, folder: Path, messages: int, chats: int, scale: float) -> None:
        self.folder, self.scale = folder, scale
        self.result = Result(messages, chats)
        self.standin = StandIn(enforce_pace=Pace(OVERALL, PER_CHAT, scale=scale))
        self.clock = asyncio.get_running_loop().time

    async def run(self, faults: Faults, fresh: int = 0) -> Result:
        result = self.result
        fill(self.folder, result.messages, result.chats)
        async with self.standin as standin:
            standin.faults = faults
            for chat in range(result.chats):
                Phone(standin, FIRST_CHAT + chat).room.opened = True
            pace = f"{OVERALL * self.scale:g}/{PER_CHAT * self.scale:g}"
            program = Program(self.folder, standin, standin.token, {"OPSCHAALGIDS_PACE": pace})
            async with program:
                began = self.clock()
                for number in range(fresh):
                    share = result.messages * (number + 0.5) / fresh
                    await until(lambda share=share: len(self.sent) > share, PATIENCE)  # type: ignore[misc]
                    result.replies.append(await self._replied(number))
                await self._done()
                result.seconds = self.clock() - began
                assert await program.stop() == 0
        self._reads(program)
        return result

    async def _replied(self, number: int) -> float:
        """Seconds until somebody new gets a reply, while all others wait."""
        phone = Phone(self.standin, 1001 + number)
        began = self.clock()
        await phone.starts()
        await phone.asked(timeout=PATIENCE, quiet=0)
        return self.clock() - began

    async def _done(self) -> None:
        look = Look(self.folder)
        await until(lambda: not look.rows(LEFT)[0]["n"], PATIENCE)
        look.close()

    @property
    def sent(self) -> list[Call]:
        return self.standin.called("sendMessage")

    def _reads(self, program: Program) -> None:
        result, sent = self.result, self.sent
        result.faults = dict(self.standin.faults.done)
        result.rate = (len(sent) - 1) / (sent[-1].at - sent[0].at)
        refused = sum(call.code == 429 for call in self.standin.calls)
        result.too_fast = refused - result.faults.get("too_many", 0)
        chats = defaultdict(list)
        for call in sent:
            chats[call.chat].append(call)
        for chat in range(FIRST_CHAT, FIRST_CHAT + result.chats):
            result.wrong += self._in_order(chat, chats[chat])
        result.wrong += [f"429 caused by ourselves: {result.too_fast}"] if result.too_fast else []
        result.wrong += [call.description for call in self.standin.refused]
        result.wrong += sorted({line for line in program.said if line != "ready"})

    def _in_order(self, chat: int, calls: list[Call]) -> Iterator[str]:
        """Each text once, in order; again only where its answer was cut off."""
        texts = [str(call.params["text"]) for call in calls]
        once = [t for t, following in zip(texts, [*texts[1:], ""], strict=True) if t != following]
        turns = range(chat - FIRST_CHAT, self.result.messages, self.result.chats)
        if once != [said(chat, turn) for turn in range(len(turns))]:
            yield f"{chat} heard {texts}"
        self.result.doubled += len(texts) - len(once)
        cut = sum(call.code == 0 for call in calls)
        if len(texts) - len(once) > cut:
            yield f"{chat} heard more twice than was cut off: {texts}"


async def storm(messages: int, chats: int, scale: float = 10) -> Result:
    """20 % too many requests, 10 % bad gateway, 10 % accepted and then cut, 10 % slow."""
    faults = Faults(
        too_many=0.2, bad_gateway=0.1, cut_after=0.1, slow=0.1, seconds=0.3,
        methods=frozenset({"sendMessage"}),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        return await Weather(Path(folder), messages, chats, scale).run(faults)


async def broadcast(messages: int, chats: int, scale: float = 1, fresh: int = 5) -> Result:
    """At the whole pace that is allowed, while new people come in between."""
    with tempfile.TemporaryDirectory() as folder:
        return await Weather(Path(folder), messages, chats, scale).run(Faults(), fresh)


def storm_table(result: Result) -> str:
    """Markdown."""
    wrong = sum(" heard " in line for line in result.wrong)
    cells = {
        "messages": result.messages, "chats": result.chats,
        **{FAULTS[name]: result.faults.get(name, 0) for name in FAULTS},
        "chats with a loss or another order": wrong, "doubled": result.doubled,
        "429 of our own making": result.too_fast, "seconds": f"{result.seconds:.0f}",
    }  # fmt: skip
    return row_of(cells)


def broadcast_table(result: Result) -> str:
    """Markdown."""
    replies = sorted(1000 * seconds for seconds in result.replies)
    cells = {
        "messages": result.messages, "chats": result.chats, "seconds": f"{result.seconds:.0f}",
        "a second": f"{result.rate:.2f}", "429": result.too_fast,
        "reply to somebody new (ms)": f"{replies[len(replies) // 2]:.0f}",
        "the slowest (ms)": f"{replies[-1]:.0f}",
    }  # fmt: skip
    return row_of(cells)


def row_of(cells: dict[str, Any]) -> str:
    lines = (cells, ["--:"] * len(cells), map(str, cells.values()))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, standard in (("messages", 2000), ("chats", 100), ("broadcast", 3000), ("to", 500)):
        parser.add_argument(f"--{name}", type=int, default=standard)
    options = parser.parse_args()
    weather = asyncio.run(storm(options.messages, options.chats))
    sys.stdout.write(f"{storm_table(weather)}\n")
    pace = asyncio.run(broadcast(options.broadcast, options.to))
    sys.stdout.write(broadcast_table(pace))
    wrong = [*weather.wrong, *pace.wrong, *(["slower than 28 a second"] if pace.rate < 28 else [])]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
