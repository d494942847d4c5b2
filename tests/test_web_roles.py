"""Roles, addresses and objects: every address of the web, asked for as each, about somebody's.

Who is served what stands in `TABLE`; an address of the site that is not in it fails the test.
"""

from __future__ import annotations

import logging
import os
import random
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, DummyCookieJar
from yarl import URL

from bot.channels.web.app import Web, app
from bot.operators import watch
from flows.intents.at_desk import FORMS
from flows.table import PRESSED
from storage.web import doors
from tests.leaving import text_in
from tests.web import Housed
from tests.web_addresses import TABLE, Row
from tests.web_roles import NAMES, ROLES, TOKENS, WHO_READS, Scene, cast

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from aiohttp import web

    from bot.channels.web.site import Site

EACH = None if "FORGED" in os.environ else 2  # noqa: TID251 - of several things in one place
FORGED = int(os.environ.get("FORGED", "300"))  # noqa: TID251 - how long `make prove` looks


# ---------------------------------------------------------------- asking


@dataclass(frozen=True)
class Reply:
    """What came back: `told` is every word of it, with where it leads to."""

    status: int
    to: str
    told: str
    file: bool

    def served(self, path: str) -> bool:
        """Whether it is what that address is for; not a refusal, nor a way to somewhere else."""
        return self.status == 200 or (self.to.startswith("/traject") and "/nu" in path)


@dataclass
class Asking:
    """Whoever asks, from one program without cookies of its own."""

    scene: Scene
    session: ClientSession
    count: int = 0

    async def asks(
        self, cookie: str, method: str, path: str, fields: list[tuple[str, str]] | None = None
    ) -> Reply:
        """`fields`: of a form; each form has a number of its own."""
        self.count += 1
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "nl"}
        headers |= {"Cookie": f"gids={cookie}"} if cookie else {}
        data = None if fields is None else [("once", f"{self.count:x}".rjust(24, "-")), *fields]
        async with self.session.request(
            method, URL(f"{self.scene.house.site}{path}", encoded=True), headers=headers, data=data,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            name = answer.headers.get("Content-Disposition", "")
            to = answer.headers.get("Location", "")
            told = f"{text_in(await answer.read(), name)} {to}"
            return Reply(answer.status, to, told, bool(name))

    async def does(
        self, role: str, address: str, row: Row, what: tuple[str, ...], cookie: str | None = None
    ) -> Reply:
        """One of the addresses that a row stands for; with a cookie that is not theirs."""
        method, _, path = address.partition(" ")
        parts = row.about.split()
        for name, value in zip(re.findall(NAMED, path), what, strict=False):
            path = path.replace(name, quote(value, safe=""), 1)
        fields = [(name, value) for (name, _), value in
                  zip(row.fields, what[len(parts):], strict=True)]  # fmt: skip
        own = TOKENS[role] if cookie is None else cookie
        return await self.asks(own, method, path, fields if method == "POST" else None)


NAMED = re.compile(r"\{(?:[^{}]|\{[^{}]*\})+\}")


def meant(scene: Scene, row: Row) -> Iterator[tuple[str, ...]]:
    """Each way to fill in what it names: the parts of the path, then the fields."""
    parts = [_each(scene, name) for name in row.about.split()]
    fields = [_filled(scene, said) for _, said in row.fields]
    return product(*parts, *fields)


def _each(scene: Scene, name: str) -> tuple[str, ...]:
    return scene.things.get(name, (name,))


def _filled(scene: Scene, said: str) -> tuple[str, ...]:
    """A thing may stand after the word that it is for."""
    word, blank, name = said.rpartition(" ")
    return tuple(f"{word}{blank}{one}" for one in _each(scene, name))


STATE = (
    "SELECT id, person, pilot, role FROM canvases ORDER BY id",
    *(f"SELECT * FROM {table} ORDER BY 1, 2" for table in (  # noqa: S608 - ours
        "pilots", "settlements", "answers", "forwarded", "proposals", "links", "seats", "shares",
        "keepers", "kwartiermakers", "trajectories", "meetings", "agreed", "drafts", "batches",
        "passkeys", "attempts",
    )),
    "SELECT id, person, text, ended FROM prompts WHERE batch <> '' ORDER BY id",  # not by itself
    "SELECT id, seat, text FROM remarks ORDER BY id",
    "SELECT * FROM addresses WHERE address LIKE 'kanpost%'",
    "SELECT hash, kind FROM doors WHERE outbox IS NOT NULL ORDER BY hash",
    "SELECT hash, chat FROM sessions WHERE device LIKE 'KanToestel%'",
)  # fmt: skip
"""What nobody changes of somebody else."""


def state(scene: Scene) -> list[list[dict[str, Any]]]:
    return [scene.rows(sql) for sql in STATE]


def strange(reply: Reply, role: str, shows: tuple[str, ...] = ()) -> list[str]:
    """The words in it that are not this reader's."""
    found = [mark for mark, who in WHO_READS.items() if mark in reply.told and role not in who]
    return [mark for mark in found if mark not in shows]


@pytest.fixture
async def asking(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Asking]:
    """Nobody is refused for asking often: that is another test's.

    Whatever was asked: no log and no figure of the program holds a word or a token.
    """
    caplog.set_level(logging.DEBUG, "opschaalgids")
    async with Housed(tmp_path) as house, ClientSession(cookie_jar=DummyCookieJar()) as session:
        site = site_of(house)
        for one in (site.entering, site.addressing, site.mailbox.per_place):
            one.most = 10**9
        yield Asking(cast(house), session)
        told = [record.getMessage() for record in caplog.get_records("call")]
        for route in watch.app(house.program.figures).router.routes():
            asked: Any = route.handler
            told.append((await asked(None)).body.decode())
    opens = (*WHO_READS, *(token for token in TOKENS.values() if token))
    assert not [one for one in opens if one in " ".join(told)]


def site_of(house: Housed) -> Site:
    (branch,) = house.program.branches
    assert isinstance(branch.channel, Web)
    return branch.channel.site


# ---------------------------------------------------------------- the table


def addresses(made: web.Application) -> set[str]:
    """As the program serves them, with the names and forms of their parts."""
    found = set()
    for route in made.router.routes():
        known = route.resource.get_info() if route.resource else {}
        path = known["pattern"].pattern if "pattern" in known else known["path"]
        path = re.sub(r"\(\?P<(\w+)>\[\^\{\}/\]\+\)", r"{\1}", path)
        path = re.sub(r"\(\?P<(\w+)>([^()]+)\)", r"{\1:\2}", path)
        found.add(f"{route.method} {path.replace(chr(92), '')}")
    return found


async def test_every_address_of_the_program_is_in_the_table(asking: Asking) -> None:
    served = {one for one in addresses(await app(site_of(asking.scene.house))) if one[:4] != "HEAD"}
    assert served == set(TABLE)


async def test_each_address_serves_who_may_and_nobody_else(asking: Asking) -> None:
    """Read by all, and filled in by who may not: then by who may, which does something."""
    scene, wrong, before = asking.scene, list[tuple[Any, ...]](), state(asking.scene)
    for address, rows in sorted(TABLE.items()):  # what is read before what is filled in
        for row in rows:
            roles = ROLES if address[:3] == "GET" else [r for r in ROLES if r not in row.may]
            for role, what in product(roles, list(meant(scene, row))[:EACH]):
                reply = await asking.does(role, address, row, what)
                wrong += _wrong(reply, role, address, row, what)
        now = state(scene)
        wrong += [(address, sql) for sql, *two in zip(STATE, before, now, strict=True)
                  if two[0] != two[1]]  # fmt: skip
        before = now
    assert not wrong
    await _done_by_who_may(asking)


def _wrong(reply: Reply, role: str, address: str, row: Row, what: Any) -> Iterator[Any]:
    if marks := strange(reply, role, row.shows):
        yield role, address, what, marks
    if reply.status >= 500:
        yield role, address, what, reply.status
    if address[:3] == "GET" and reply.served(address) != (role in row.may):
        yield role, address, what, reply.status, "served" if role not in row.may else "refused"
    elif address[:4] == "POST" and reply.file:
        yield role, address, what, "a file"


async def _done_by_who_may(asking: Asking) -> None:
    """What was refused to the others is what a page of theirs does."""
    for address, rows in TABLE.items():
        filled = [row for row in rows if row.may and address[:4] == "POST"]
        for row in (row for row in filled if "ref" not in dict(row.fields)):  # of then, not of now
            role, what = min(row.may), next(iter(meant(asking.scene, row)))
            before = state(asking.scene)
            reply = await asking.does(role, address, row, what)
            assert reply.status < 400, (role, address, what, reply.told)
            assert reply.status == 200 or state(asking.scene) != before, (role, address, what)
            assert not strange(reply, role, row.shows), (role, address, what)


# ---------------------------------------------------------------- forged


SECRETS = ("{secret", "{token")
"""Parts of an address that open something for whoever has them."""

VERBS = sorted(set(PRESSED) | FORMS)


async def test_forged_tokens_numbers_fields_and_cookies_serve_nobody(asking: Asking) -> None:
    """By anybody: others' things, turned ones, each in the place of another, and bent cookies."""
    scene, dice = asking.scene, random.Random(17)  # noqa: S311 - the same forgeries every time
    before, pool = state(scene), _pool(scene)
    for _ in range(FORGED):
        role, address, row = _target(dice)
        what = [_forged(dice, pool, one) for one in dice.choice([*meant(scene, row)])]
        if role in _opened(address):
            what[0] = _turned(dice, what[0])
        cookie = TOKENS[role] if dice.random() < 0.7 else _bent(dice)
        as_role = _in_as(scene, role, cookie)
        reply = await asking.does(role, address, row, tuple(what), cookie)
        asked = (role, cookie, address, what)
        assert not strange(reply, as_role), asked
        assert reply.status < 500, asked
        assert not reply.file, asked
        assert as_role in _opened(address) or not reply.served(address), asked
    assert state(scene) == before


def _in_as(scene: Scene, role: str, cookie: str) -> str:
    """As this role; as somebody new, whom a form forged before made of just that; as nobody.

    Who sent that they leave is out.
    """
    found = scene.rows("SELECT chat FROM sessions WHERE hash = ?", doors.hash_of(cookie))
    if cookie == TOKENS[role] and role in NAMES:
        return role if found else "stranger"
    assert all(row["chat"] not in {scene.person(role).chat for role in NAMES} for row in found)
    return "new" if found else "stranger"


def _opened(address: str) -> frozenset[str]:
    """Who may be served anything there."""
    return frozenset().union(*(row.may for row in TABLE[address]))


def _target(dice: random.Random) -> tuple[str, str, Row]:
    """Somebody, and an address that is not for them; or one for who has its secret."""
    while True:
        role, address = dice.choice(ROLES), dice.choice(list(TABLE))
        row, secret = dice.choice(TABLE[address]), any(one in address for one in SECRETS)
        if role not in _opened(address) or (secret and not row.may):
            return role, address, row


def _pool(scene: Scene) -> list[str]:
    """Whatever is somebody's, but what opens something for anybody."""
    opens = ("open_", "door_", "q_", "fresh")
    return [one for name, some in scene.things.items() if not name.startswith(opens)
            for one in some]  # fmt: skip


def _forged(dice: random.Random, pool: list[str], said: str) -> str:
    word, blank, _ = said.rpartition(" ")
    other = dice.choice([said, _turned(dice, said), f"{word}{blank}{dice.choice(pool)}"])
    return other if dice.random() < 0.7 else f"{dice.choice(VERBS)} {dice.choice(pool)}"


def _turned(dice: random.Random, text: str) -> str:
    """One letter another, one more, or one less."""
    at = dice.randrange(max(len(text), 1))
    other = dice.choice([one for one in "abcdefgh0123456789" if one != text[at : at + 1]])
    return dice.choice([f"{text[:at]}{other}{text[at + 1 :]}", f"{text}{other}", f"{other}{text}",
                        text[:-1] or other])  # fmt: skip


def _bent(dice: random.Random) -> str:
    """No cookie that the guide ever gave, however like one."""
    one = TOKENS[dice.choice(sorted(NAMES))]
    like = (one[:-1], one.swapcase(), doors.hash_of(one), doors.chat_of(one), "A" * 5000, "<é>")
    return dice.choice([*like, _turned(dice, one)])
