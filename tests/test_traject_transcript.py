r"""A whole trajectory over three months, as its people would read it.

`Karin > typed`, `Karin [button]`, `Anna follows Karin` (the newest link that Karin
got), `Karin invites Ede_Cas` (all of joining) and
`Anna answers 12` without showing it, `-- 3 days`. What `Anna waited > typed` holds came an hour
late, with all of that below each other: nobody heard it; who is named in a line
`# On the web:` has the words and the buttons of a page. What is said
stands indented under each move. `pytest --update` writes it anew: read the diff.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.model.messages import Update
from tests.desks import LINK, OPERATOR, Member, Room
from tests.people import transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from storage.conversations.outbox import Outgoing

FOLDER = Path(__file__).parent / "trajectories"
PATH = FOLDER / "three_months.txt"
MOVE = re.compile(
    r"^(?P<who>\w+) (?:(?P<late>waited )?> (?P<typed>.*)|\[(?P<press>.+)\]"
    r"|(?P<verb>\w+) (?P<what>\w+))$"
)
MARK = re.compile(r"(kenmerk\s+(?:is\s+)?)[0-9a-f]{4}")
WEB = "# On the web: "
DAYS = re.compile(r"^-- (\d+) days?$")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_trajectory(path: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    written = path.read_text(encoding="utf-8")
    played = "\n".join(Player(tmp_path).play(written.splitlines())) + "\n"
    if pytestconfig.getoption("--update"):
        path.write_text(played, encoding="utf-8")
        return
    assert played == written, "run make transcripts, and read the diff"


def test_it_holds_what_was_promised() -> None:
    moves = [line for line in PATH.read_text(encoding="utf-8").splitlines() if line[:1].strip()]
    assert len({m for line in moves if (m := _town(line))}) == 8
    advisers = [m for m in moves if " invites " in m or "> /uitnodigen" in m]
    assert len(advisers) == 12
    assert sum(int(found[1]) for line in moves if (found := DAYS.match(line))) >= 90


def test_the_months_together_hold_what_was_promised() -> None:
    """Of those who answer half are on the web; a link's answer, a difference, then as now."""
    written = (FOLDER / "months_together.txt").read_text(encoding="utf-8")
    assert sum(map(int, re.findall(r"^-- (\d+) days$", written, re.MULTILINE))) >= 90
    assert f"{WEB}Bo, Faas\n" in written
    for move in ("Rea [same_pilot", "Faas [reply_is", "Anna [take_answer", "Anna [choose_voice",
                 "Anna [keep_both", "Anna > terugkijken", "Anna [/since meeting"):  # fmt: skip
        assert f"\n{move}" in written
    assert "In (inbedden): was “past”, nu “mogelijk”" in written


def _town(line: str) -> str:
    found = re.match(r"\w+ (?:> /uitnodigen|invites) ([^\W_]+)", line)
    return found[1] if found else ""


class Player:
    """Everybody at one clock, through the real database."""

    def __init__(self, folder: Path) -> None:
        self.room = Room(folder)
        self.now = self.room.operator.now
        self.away: datetime | None = None
        self.on_the_web: set[str] = set()

    def person(self, name: str) -> Member:
        channel = "web" if name in self.on_the_web else "test"
        return self.room.operator if name == "Operator" else self.room.person(f"{channel}:{name}")

    def play(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            if line.startswith(WEB):
                self.on_the_web |= {*line.removeprefix(WEB).split(", ")}
            if not line.startswith(" ") and line:
                yield line
                yield from self.said(line)

    def said(self, line: str) -> Iterator[str]:
        days, move = DAYS.match(line), MOVE.match(line)
        if days:
            self.now = self.room.until(self.now, int(days[1]), hours=1)
        elif move:
            actor = self.person(move["who"])
            actor.now = self.now = max(self.now, actor.now)
            said = self.does(actor, move)
            self.now = actor.now
            yield from self.shown(move["who"], said)
        for chat, person in self.room.people.items():
            name = "Operator" if chat == OPERATOR else chat.partition(":")[2]
            yield from self.shown(name, person.hears())
        yield ""

    def does(self, actor: Member, move: re.Match[str]) -> list[Outgoing]:
        if move["late"]:
            return self.comes_late(actor, move["typed"])
        self.away = None
        if move["typed"] is not None:
            return actor.types(move["typed"].replace("\\n", "\n"))
        if move["press"]:
            return self.presses(actor, move["press"])
        if move["verb"] == "follows":
            texts = [transcript([o]) for o in self.person(move["what"]).seen]
            return actor.types(next(found[0] for t in reversed(texts) if (found := LINK.search(t))))
        if move["verb"] == "invites":
            municipality, _, name = move["what"].partition("_")
            self.room.adviser(actor, municipality, name)
            for person in self.room.people.values():
                person.hears()
            return []
        return self.answers(actor, int(move["what"]))

    def comes_late(self, actor: Member, text: str) -> list[Outgoing]:
        """Typed a second after the one before, while the guide was away."""
        since = self.away = self.away or actor.now
        number, typed = f"w{len(actor.sent)}", since + timedelta(seconds=len(actor.sent))
        actor.now = came = since + timedelta(hours=1)
        return actor.gives(
            Update(number, actor.chat, typed, "text", text, message=number, came=came)
        )

    def presses(self, actor: Member, key: str) -> list[Outgoing]:
        """The newest button whose key begins so; `~` stands for any number."""
        wanted = re.compile(re.escape(key).replace(re.escape("~"), r"\d+"))
        for said in reversed(actor.seen):
            for choice in said.message.choices:
                if wanted.match(choice.key):
                    return actor.presses(choice.key, said)
        raise AssertionError(f"{actor.chat} has no button {key}")

    def answers(self, actor: Member, count: int) -> list[Outgoing]:
        actor.starts()
        for number in range(count):
            shown = actor.seen[-1].message
            first = shown.choices[number % 2].key if shown.choices else ""
            typed = first in ("unknown", "/skip") or not shown.choices
            actor.types(f"Antwoord {number} van {actor.chat[5:]}") if typed else actor.presses(
                first
            )
            if actor.seen[-1].message.key == shown.key:
                actor.types("/klaar")
        actor.hears()
        return []

    def shown(self, name: str, said: list[Outgoing]) -> Iterator[str]:
        if said:
            yield f"  → {name}"
            text = MARK.sub(r"\1…", LINK.sub("/start …", transcript(said)))
            yield from (f"    {line}".rstrip() or "    ·" for line in text.split("\n"))
