"""Every page as it comes in some state of its conversation, for all that look at pages.

A visitor without script goes everywhere and keeps what came (`Sheet`): with one walk of a
minute's work a browser, a checker of HTML and the tests of weights look at the same pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from content.loader import newest
from tests.desks import LINK
from tests.kinds import ANY_OF
from tests.people import transcript
from tests.web_player import Player

if TYPE_CHECKING:
    from tests.sheet import Sheet
    from tests.visitor import Visitor
    from tests.web import Housed

CANVAS = newest().guide.canvas
READ = ("/hulp", "/privacy", "/toegankelijkheid", "/toestellen", "/samenvatting", "/gesprek/eerder")
VERBS = ("where", "summary", "document", "pause", "depth", "change", "pilots", "zone", "privacy",
         "my_data", "help", "forget")  # fmt: skip
TOWNS = ("Ede", "Zwolle", "Súdwest-Fryslân", "Nuenen, Gerwen en Nederwetten")
MOST = 120


@dataclass
class States:
    """`kept`: by name; the first of each name stays."""

    house: Housed
    language: str
    kept: dict[str, Sheet] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def keep(self, name: str, page: Sheet) -> None:
        assert page.status < 500, f"{name}: {page.status}"
        self.kept.setdefault(name, page)

    async def gather(self) -> States:
        async with self.house.visitor(self.language) as anna:
            await self._talk(Player(self.house, anna))
            await self._reading(anna)
            self.wrong += anna.wrong
        await self._trajectory()
        return self

    # ------------------------------------------------------------ a conversation

    async def _talk(self, player: Player) -> None:
        """From the front door to the end, with what may go wrong on the way."""
        anna = player.visitor
        self.keep("front", await anna.goes("/"))
        self.keep("welcome", await self.does(player, "[start]"))
        await self.does(player, "[press agree]")
        while self._key(player) != "finished" and len(anna.seen) < MOST:
            await self.answers(player)
        self.keep("finished", anna.page)
        for verb in VERBS:
            self.keep(f"verb {verb}", await self.asks(player, verb))
        self.keep("verb language", await self.asks(player, "language"))
        await self.asks(player, "language")

    def _key(self, player: Player) -> str:
        return player.asked.key if player.asked else ""

    async def answers(self, player: Player) -> None:
        """One question, and the pages that it has beside itself the first time."""
        key, anna = self._key(player), player.visitor
        kind = CANVAS[key].kind if key in CANVAS else "menu"
        name = f"asked {kind}" if key in CANVAS else f"menu {key}"
        first = name not in self.kept
        self.keep(name, anna.page)
        if key not in CANVAS:
            keys = [c.key for c in player.choices]
            await self.does(player, f"[press {'/next' if '/next' in keys else keys[0]}]")
            return
        choices = [c.key for c in player.choices if c.key[0] != "/" and c.key != "unknown"]
        if first:
            await self._around(player, kind, choices)
        elif kind in ANY_OF:
            anna.ticks(choices[0])
            await self.does(player, "[press /done]")
        elif player.writes_here:
            await player.writes('Dat de vaste begeleider <blijft> bellen & "luistert".')
            self.house.now += timedelta(seconds=20)
        else:
            await self.does(player, f"[press {choices[0]}]")

    async def _around(self, player: Player, kind: str, choices: list[str]) -> None:
        anna = player.visitor
        self.keep(f"explained {kind}", await self.does(player, "[press /explain]"))
        if player.writes_here:
            self.keep(f"empty {kind}", await anna.types(""))
        if kind in ANY_OF:
            for choice in choices:
                anna.ticks(choice)
            self.keep(f"many {kind}", await self.does(player, "[press /done]"))
        if player.refs.get("pilot.name") and kind in ANY_OF:
            self.keep("old text", await anna.goes(f"/gesprek/{player.refs['pilot.name'][0]}"))
            self.keep("old choice", await anna.goes(f"/gesprek/{player.refs['pilot.origin'][0]}"))
        await anna.goes("/gesprek")

    async def does(self, player: Player, line: str) -> Sheet:
        page = await player.plays(line)
        assert page, line
        return page

    async def asks(self, player: Player, verb: str) -> Sheet:
        self.house.now += timedelta(seconds=20)
        page = await player._asks(verb)  # noqa: SLF001 - its own other half
        assert page, verb
        return page

    # ------------------------------------------------------------ to read, and errors

    async def _reading(self, anna: Visitor) -> None:
        for path in READ:
            self.keep(f"read {path}", await anna.goes(path))
        async with self.house.visitor(self.language) as bob:
            for path in READ:
                self.keep(f"stranger {path}", await bob.goes(path))
            self.keep("error 404", await bob.goes("/niets"))
            self.keep("error 410", await bob.goes(f"/u/s{'x' * 30}"))
            self.wrong += bob.wrong
        post = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elders.example"}
        self.keep("error 403", await anna.asks("POST", "/gesprek", post, data={"once": "x" * 22}))
        own = {"Sec-Fetch-Site": "same-origin"}
        self.keep("error 400", await anna.asks("POST", "/gesprek", own, data={"once": "x"}))

    # ------------------------------------------------------------ a trajectory

    async def _trajectory(self) -> None:
        """A kwartiermaker and two advisers, on the web; every page of theirs."""
        operator = self.house.operator()
        async with self.house.visitor(self.language) as karin, \
                self.house.visitor(self.language) as cas:  # fmt: skip
            secret = secret_in(transcript(operator.types("/kwartiermaker Karin")))
            self.keep("invited keeper", await karin.goes(f"/u/{secret}"))
            await karin.presses("join")
            operator.flush()
            operator.presses_first("appoint_yes")
            self.keep("keeper none", await karin.goes("/traject"))
            karin.writes("name", "Deelmobiliteit & meer <b>")
            form = next(f for f in karin.page.forms if "name" in f.texts)
            self.keep("keeper made", await karin.sends(form, form.buttons[0]))
            await self._inviting(karin, cas)
            await self._home(karin)
            self.wrong += [*karin.wrong, *cas.wrong]

    async def _inviting(self, karin: Visitor, cas: Visitor) -> None:
        base = "/".join(karin.page.path.split("/")[:3])
        await karin.goes(f"{base}/uitnodigen")
        form = karin.writes(
            "lines", "\r\n".join(f"{town}; Cas {n}" for n, town in enumerate(TOWNS))
        )
        made = await karin.sends(form, form.buttons[0])
        self.keep("keeper invited", made)
        secret = re.search(r"/u/(s[\w-]{22,63})", made.html)
        assert secret, made.text
        self.keep("invited adviser", await cas.goes(f"/u/{secret[1]}"))
        self.keep("adviser waits", await cas.presses("join"))
        self.keep("keeper asked", await karin.goes("/traject"))
        self.keep("card", await karin.goes("/plak"))
        await self._pages(karin, base, "empty")
        self.keep("keeper admits", await self._first(karin, "/traject", "admit"))
        await self._shares(Player(self.house, cas))
        await self._pages(karin, base, "")
        await self._works(karin, base)

    async def _pages(self, karin: Visitor, base: str, name: str) -> None:
        paths = ("", "/uitnodigen", "/vraag", "/gesprek", "/meenemen", "/instellingen", "/logboek")
        for path in paths:
            self.keep(f"keeper{path} {name}", await karin.goes(f"{base}{path}"))

    async def _first(self, one: Visitor, path: str, begins: str) -> Sheet:
        """The first button of a page whose value begins so."""
        page = await one.goes(path)
        self.house.now += timedelta(seconds=20)
        return await one.presses(next(value for value in page.buttons if value.startswith(begins)))

    async def _shares(self, cas: Player) -> None:
        """An adviser who was let in answers some, and shares as they go."""
        self.keep("adviser in", await cas.visitor.goes("/gesprek"))
        for _ in range(24):
            await self.answers(cas)
        for verb in ("reminders", "logbook", "sharing"):
            self.keep(f"adviser {verb}", await self.asks(cas, verb))
        for key in ("summary", "all"):
            values = [v for v in cas.visitor.page.buttons if re.fullmatch(rf"share \d+ {key}", v)]
            for value in values[:1]:
                self.keep(f"adviser shares {key}", await self.does(cas, f"[press {value}]"))
            await self.asks(cas, "sharing")
        await self.asks(cas, "again")

    async def _works(self, karin: Visitor, base: str) -> None:
        """A kwartiermaker with somebody who shared: orders, a meeting, a question, mistakes."""
        page = await karin.goes(base)
        seats = [url for url in page.links if re.search(r"/gesprek/\d+$", url)]
        orders = [url for url in page.links if "?op=" in url]
        assert seats, page.text
        for order in orders:
            self.keep(f"keeper {order.rpartition('?')[2]}", await karin.goes(order))
        self.keep("keeper meeting", await karin.goes(seats[0]))
        self.keep("keeper meeting wrong", await self._fills(karin, {"day": "ooit"}))
        await karin.goes(seats[0])
        planned = {"day": "2026-12-14", "hour": "10:00", "place": "Stadhuis"}
        self.keep("keeper meeting planned", await self._fills(karin, planned))
        await karin.goes(f"{base}/vraag?soort=text&wie=all")
        self.keep("keeper asks nothing", await self._fills(karin, {"text": ""}))
        await karin.goes(f"{base}/vraag?soort=text&wie=all")
        self.keep("keeper asks", await self._fills(karin, {"text": "Hoe staat het er <voor>?"}))
        self.keep("keeper looked", await karin.goes(f"{base}/logboek"))
        await karin.goes(f"{base}/uitnodigen")
        self.keep("keeper invites nobody", await self._fills(karin, {"lines": ""}))

    async def _home(self, karin: Visitor) -> None:
        """All of a municipality by tapping, and back."""
        self.keep("home before", await karin.goes("/gesprek"))
        self.keep("home", await self.asks(Player(self.house, karin), "home"))
        self.keep("home municipality", await self._begins(karin, "municipality"))
        for verb in ("meeting_page", "shared_of", "ask_one", "plan", "reporting"):
            self.keep(f"home {verb}", await self._begins(karin, verb))
            await self._begins(karin, "there")

    async def _begins(self, one: Visitor, begins: str) -> Sheet:
        self.house.now += timedelta(seconds=20)
        values = (value for value in one.page.buttons if value.startswith(begins))
        return await one.presses(next(values))

    async def _fills(self, one: Visitor, said: dict[str, str]) -> Sheet:
        """The form that has these fields, and its first button."""
        self.house.now += timedelta(seconds=20)
        for name, text in said.items():
            form = one.writes(name, text)
        return await one.sends(form, form.buttons[0])


def secret_in(text: str) -> str:
    found = LINK.search(text) or re.search(r"/u/\S+", text)
    assert found, text
    return re.split(r"[ /]", found[0])[-1]
