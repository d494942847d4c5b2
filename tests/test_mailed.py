"""The pages behind the links of a mail, over real HTTP, beside a real mail server."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from flows.model.messages import Update
from storage.web.addresses import Addresses, Entered
from tests.mailing import FROM, Mailed, MailHost, MailRoom, mail_host, texts
from tests.test_mail import AT, asks
from tests.walkers import until
from tests.web import Housed, Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.visitor import Visitor

ADDRESS = "anna@example.nl"


@dataclass
class Post:
    """The guide at work, its mail server, and who opens the links."""

    house: Housed
    host: MailHost
    visitor: Visitor

    @property
    def store(self) -> Addresses:
        return Addresses(self.house.store)

    def links(self, number: int = -1) -> list[str]:
        """The ways into the guide of one mail, without its host."""
        plain, _ = texts(self.host.mails[number])
        return [url.removeprefix(self.house.site) for url in re.findall(r"http://\S+", plain)]

    def link(self, path: str, number: int = -1) -> str:
        return next(url for url in self.links(number) if url.startswith(path))

    def answers(self) -> int:
        return int(self.house.store.value("SELECT COUNT(*) FROM answers"))


@asynccontextmanager
async def posted(folder: Path, *kinds: str, about: str = "", **web: str) -> AsyncIterator[Post]:
    """Both get mail, and Karin asked Anna this; `about`: the question that it is about."""
    room = MailRoom(folder)
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    assert isinstance(anna, Mailed)
    assert isinstance(karin, Mailed)
    anna.types("Jongeren aan zet")
    anna.gets_mail(ADDRESS)
    karin.gets_mail("karin@example.nl")
    for kind in kinds:
        asks(karin, f"kind {kind}", "target all", "send")
    with karin.store.transaction():
        karin.store.db.execute("UPDATE prompts SET about = ?", [about])
    for member in {id(one): one for one in room.people.values()}.values():
        member.store.close()
    async with mail_host() as host:
        how: dict[str, Any] = {"settings": {"mail": host.settings()}, "web": web}
        house = Housed(folder, now=AT + timedelta(hours=1), **how)
        async with house, house.visitor() as visitor:
            await until(lambda: len(host.mails) == len(kinds))
            yield Post(house, host, visitor)
            assert not visitor.wrong


async def test_a_choice_in_a_mail_is_confirmed_on_its_page(tmp_path: Path) -> None:
    """Expected: opened as often as one likes; only the button answers, and it shows no answer."""
    async with posted(tmp_path, "open") as here:
        link, before = here.link("/mail/"), here.answers()
        for _ in range(3):
            page = await here.visitor.goes(link)
        assert page.status == 200
        assert here.answers() == before
        button = next(one for form in page.forms for one in form.buttons)
        assert button.label.startswith("Bevestig: ")
        page = await here.visitor.presses(button.value)
        assert "Bewaard" in page.text
        assert here.answers() == before + 1
        assert button.label.removeprefix("Bevestig: ") not in page.text
        page = await here.visitor.goes(link)
        assert page.status == 410
        assert "voorbij" in page.text


async def test_a_link_of_a_question_signs_nobody_in(tmp_path: Path) -> None:
    async with posted(tmp_path, "open") as here:
        await here.visitor.goes(here.link("/mail/"))
        assert not [*here.visitor.session.cookie_jar]
        page = await here.visitor.goes("/gesprek")
        assert urlsplit(page.url).path == "/"
        (token,) = re.findall(r"/mail/([^?]+)", here.link("/mail/"))
        for path in ("/in/", "/adres/"):
            assert (await here.visitor.goes(path + token)).status == 410


async def test_the_same_form_twice_is_one_answer(tmp_path: Path) -> None:
    async with posted(tmp_path, "open") as here:
        page, before = await here.visitor.goes(here.link("/mail/")), here.answers()
        form = page.forms[0]
        await here.visitor.sends(form, form.buttons[0])
        await here.visitor.sends(form, form.buttons[0])
        assert here.answers() == before + 1


@pytest.mark.parametrize(
    ("key", "says"),
    [("later", "later nog eens"), ("less", "hooguit één vraag"), ("stop_prompts", "geen vragen"),
     ("take_up", "staat daar voor je klaar")],
)  # fmt: skip
async def test_later_less_and_stop_are_choices_too(tmp_path: Path, key: str, says: str) -> None:
    async with posted(tmp_path, "open") as here:
        link, before = next(one for one in here.links() if one.endswith(f"k={key}")), here.answers()
        await here.visitor.goes(link)
        page = await here.visitor.presses(key)
        assert says in page.text
        assert here.answers() == before
        if key == "stop_prompts":
            assert here.house.store.value("SELECT stopped_at FROM prompting")


async def test_what_is_no_choice_does_nothing(tmp_path: Path) -> None:
    async with posted(tmp_path, "open") as here:
        page, before = await here.visitor.goes(here.link("/mail/")), here.answers()
        form = page.forms[0]
        page = await here.visitor.sends(form, replace(form.buttons[0], value="call_off 1"))
        assert page.status == 422
        assert here.answers() == before


async def test_words_answer_a_question_that_takes_words(tmp_path: Path) -> None:
    """Expected: a field instead of choices; what was written is kept, and stands on no page."""
    async with posted(tmp_path, "open", about="impact.issue") as here:
        page = await here.visitor.goes(here.link("/mail/"))
        assert "Schrijf je antwoord" in texts(here.host.mails[0])[0]
        form = page.forms[0]
        page = await here.visitor.sends(form, form.buttons[0])
        assert page.status == 422
        page = await here.visitor.types("Kanarie: jongeren\r\nzonder werk")
        assert "Bewaard" in page.text
        assert "Kanarie" not in page.html
        value = here.house.store.value("SELECT value FROM answers WHERE question = 'impact.issue'")
        assert value == '"Kanarie: jongeren\\nzonder werk"'


async def test_one_click_stops_the_mail_and_a_look_does_not(tmp_path: Path) -> None:
    """Expected: a scanner's GET changes nothing; a mail program's POST from anywhere stops it."""
    async with posted(tmp_path, "open") as here:
        head = str(here.host.mails[0]["List-Unsubscribe"])
        path = head.strip("<>").removeprefix(here.house.site)
        anna = here.house.store.value("SELECT person FROM addresses WHERE address LIKE 'anna%'")
        assert (await here.visitor.goes(path)).status == 200
        assert not found(here, anna).stopped
        sheet = await here.visitor.asks("POST", path, data={"List-Unsubscribe": "One-Click"})
        assert sheet.status == 200
        assert found(here, anna).stopped
        assert (await here.visitor.asks("POST", path)).status == 200


def found(here: Post, person: int) -> Entered:
    entered = here.store.of(person)
    assert entered
    return entered


# ------------------------------------------------------------ coming back


async def test_a_way_back_opens_three_devices(tmp_path: Path) -> None:
    async with posted(tmp_path) as here:
        page = await here.visitor.goes("/terug")
        form = here.visitor.writes("address", " Anna@Example.NL ")
        page = await here.visitor.sends(form, form.buttons[0])
        assert "Kijk in je mail" in page.text
        await until(lambda: len(here.host.mails) == 1)
        link = here.link("/in/")
        for number in range(4):
            async with here.house.visitor() as device:
                page = await device.goes(link)
                assert page.status == (200 if number < 3 else 410)
                if number == 3:
                    break
                assert not [*device.session.cookie_jar]
                page = await device.presses("Ga verder")
                assert page.path.startswith("/gesprek")
                assert (await device.goes(link)).status == (200 if number < 2 else 410)
        lines = here.house.store.column("SELECT what FROM audit WHERE what = 'entered'")
        assert len(lines) == 3
        log = Update("log", "web:Anna", here.house.now, "text", "/logboek")
        here.house.conversation.handle(log)
        newest = here.house.store.value("SELECT body FROM outbox ORDER BY id DESC")
        assert newest.count("teruggekomen met een link uit een mail, door jou") == 3
        here.house.now += timedelta(days=8)
        assert (await here.visitor.goes(link)).status == 410


async def test_who_asks_learns_nothing_of_who_is_known(tmp_path: Path) -> None:
    async with posted(tmp_path) as here:
        said = []
        for address in (ADDRESS, "niemand@example.nl"):
            await here.visitor.goes("/terug")
            form = here.visitor.writes("address", address)
            page = await here.visitor.sends(form, form.buttons[0])
            said.append((page.status, page.text))
        assert said[0] == said[1]
        await until(lambda: len(here.host.mails) == 1)


async def test_five_links_an_hour_and_twenty_from_one_place(tmp_path: Path) -> None:
    async with posted(tmp_path) as here:
        statuses = []
        for number in range(22):
            await here.visitor.goes("/terug")
            form = here.visitor.writes(
                "address", ADDRESS if number < 7 else f"x{number}@example.nl"
            )
            statuses.append((await here.visitor.sends(form, form.buttons[0])).status)
        assert statuses == [200] * 20 + [429] * 2
        await until(lambda: len(here.host.mails) == 5)


async def test_an_address_gets_mail_once_it_said_yes(tmp_path: Path) -> None:
    async with posted(tmp_path) as here:
        await comes_in(here)
        anna = here.house.store.value("SELECT person FROM addresses WHERE address LIKE 'anna%'")
        await here.visitor.goes("/toestellen/adres")
        form = here.visitor.writes("address", "geen adres")
        assert (await here.visitor.sends(form, form.buttons[0])).status == 422
        await here.visitor.goes("/toestellen/adres")
        form = here.visitor.writes("address", "nieuw@example.nl")
        page = await here.visitor.sends(form, form.buttons[0])
        assert "nieuw@example.nl" in page.text
        assert not found(here, anna).confirmed
        await until(lambda: len(here.host.mails) == 3)
        to = {str(mail["To"]): number for number, mail in enumerate(here.host.mails)}
        assert "veranderd" in str(here.host.mails[to[ADDRESS]]["Subject"])
        link = here.link("/adres/", to["nieuw@example.nl"])
        await here.visitor.goes(link)
        assert not found(here, anna).confirmed
        await here.visitor.presses("Ja, dit is mijn adres")
        assert found(here, anna).confirmed
        assert (await here.visitor.goes(link)).status == 410
        await here.visitor.goes("/toestellen/adres")
        await here.visitor.presses("stop")
        assert found(here, anna).stopped
        await here.visitor.presses("resume")
        await here.visitor.presses("remove")
        assert here.store.of(anna) is None


async def test_where_a_passkey_is_wanted_a_mailbox_is_not_enough(tmp_path: Path) -> None:
    """Who reads a kwartiermaker's mail comes in, and can take nothing elsewhere."""
    async with posted(tmp_path, keepers="passkey") as here:
        karin = here.house.store.value("SELECT person FROM addresses WHERE address LIKE 'karin%'")
        await comes_in(here, "karin@example.nl")
        page = await here.visitor.goes("/toestellen/adres")
        assert page.path == "/toestellen"
        once = {"once": "x" * 30, "act": "remove"}
        own = {"Sec-Fetch-Site": "same-origin"}
        await here.visitor.asks("POST", "/toestellen/adres", own, data=once)
        assert here.store.of(karin)


async def test_without_a_server_no_page_speaks_of_mail_on_its_way(tmp_path: Path) -> None:
    async with posted(tmp_path) as here:
        here.house.program.branches[0].channel.sender.post = None  # type: ignore[attr-defined]
        page = await here.visitor.goes("/terug")
        assert "verstuurt geen mail" in page.text
        assert not [form for form in page.forms if "address" in form.texts]


@pytest.mark.parametrize("where", ["stderr", "smtp"])
async def test_the_real_program_writes(tmp_path: Path, where: str) -> None:
    """Expected: to a server, or in the terminal for who tries it; never in a line of the log."""
    async with mail_host() as host:
        server = "stderr:" if where == "stderr" else f"smtp://127.0.0.1:{host.port}"
        program = Serving(tmp_path, OPSCHAALGIDS_MAIL=server, OPSCHAALGIDS_MAIL_FROM=FROM)
        async with program, program.visitor() as anna:
            page = await anna.goes("/")
            await anna.sends(page.forms[0], page.forms[0].buttons[0])
            await anna.presses("agree")
            await anna.goes("/toestellen/adres")
            form = anna.writes("address", ADDRESS)
            await anna.sends(form, form.buttons[0])
            said: list[str] = []

            def arrived() -> bool:
                mails = "\n".join(texts(mail)[0] for mail in host.mails)
                shown = mails if where == "smtp" else "\n".join(program.said)
                said[:] = re.findall(r"http://localhost:\d+(/adres/\S+)", shown)
                return bool(said)

            await until(arrived)
            await anna.goes(said[0])
            page = await anna.presses("Ja, dit is mijn adres")
            assert "Bevestigd" in page.text
            assert not [one for one in program.said if one.startswith("{") and ADDRESS in one]
            assert await program.stop() == 0


async def comes_in(here: Post, address: str = ADDRESS) -> None:
    await here.visitor.goes("/terug")
    form = here.visitor.writes("address", address)
    await here.visitor.sends(form, form.buttons[0])
    await until(lambda: len(here.host.mails) == 1)
    await here.visitor.goes(here.link("/in/"))
    await here.visitor.presses("Ga verder")


async def test_an_operators_address_is_confirmed_by_who_entered_it_alone(tmp_path: Path) -> None:
    """Anna enters it, and the operator presses yes in good faith: that makes nobody one."""
    boss = "baas@example.nl"
    async with posted(tmp_path) as here:
        here.house.conversation.entrusted.addresses = {boss}
        await comes_in(here)
        anna = here.house.store.value("SELECT person FROM addresses WHERE address LIKE 'anna%'")
        await here.visitor.goes("/toestellen/adres")
        form = here.visitor.writes("address", boss)
        await here.visitor.sends(form, form.buttons[0])
        await until(lambda: boss in [str(mail["To"]) for mail in here.host.mails])
        to = {str(mail["To"]): number for number, mail in enumerate(here.host.mails)}
        link = here.link("/adres/", to[boss])
        async with here.house.visitor() as operator:
            await operator.goes(link)
            page = await operator.presses("Ja, dit is mijn adres")
            assert page.status == 403
            assert "beheerder" in page.text
        assert not found(here, anna).confirmed
        await here.visitor.goes(link)
        await here.visitor.presses("Ja, dit is mijn adres")
        assert found(here, anna).confirmed
