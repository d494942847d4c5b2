"""A trajectory on the web, without script: from an operator's link to what six advisers share."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData

from bot.channels.web import keeper
from content.documents.overview_table import ORDERS
from tests.program import Look
from tests.walkers import until
from tests.web import Housed, Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.sheet import Sheet
    from tests.visitor import Visitor

TOWNS = {
    "Zutphen": "Anna", "Ede": "Bo", "Epe": "Cas", "Ommen": "Dirk", "Hof": "Els", "Gouda": "Fay",
}  # fmt: skip
SAME = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = re.compile(r"http://localhost:\d+(/u/[ksth][A-Za-z0-9_-]+)")


@dataclass
class Desks:
    """Everybody in a browser of their own; `home`: the guide that they all visit."""

    home: Housed
    stack: AsyncExitStack
    people: dict[str, Visitor] = field(default_factory=dict)

    def ticks(self) -> datetime:
        """Time passes a little with all that happens."""
        self.home.now += timedelta(milliseconds=50)
        return self.home.now

    async def visitor(self, name: str) -> Visitor:
        self.people[name] = await self.stack.enter_async_context(self.home.visitor())
        return self.people[name]

    async def operator(self) -> Visitor:
        """Somebody came in at the front door, and the settings say that they run this."""
        operator = await self.visitor("operator")
        await operator.goes("/")
        await operator.presses("Begin")
        await operator.presses("agree")
        (session,) = self.rows("SELECT chat FROM sessions")
        await self.trusts(session["chat"])
        return operator

    async def trusts(self, chat: str) -> None:
        """From now on this chat is an operator's."""
        self.home.conversation.contexts.operators.chats.add(chat)

    async def joins(self, name: str, address: str) -> Visitor:
        found = await self.visitor(name)
        await found.goes(address)
        await found.presses("join")
        return found

    async def kwartiermaker(self, name: str, trajectory: str) -> Visitor:
        operator = self.people.get("operator") or await self.operator()
        await operator.goes("/gesprek")
        await operator.follows("Trajecten")
        operator.writes("person", name)
        page = await operator.presses("Maak een link")
        found = await self.joins(name, address_in(page.text))
        await operator.goes("/traject")
        await presses(operator, "appoint_yes")
        assert "is nu kwartiermaker" in operator.page.text
        await found.goes("/gesprek")
        await found.follows("Trajecten")
        found.writes("name", trajectory)
        await found.presses("Maak het traject")
        assert found.page.h1 == "Uitnodigen"
        return found

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return self.home.store.rows(sql, *values)

    def lines(self) -> list[str]:
        """What kwartiermakers and operators looked at, place by place."""
        rows = self.rows("SELECT what FROM audit WHERE who IN ('keeper', 'operator') ORDER BY id")
        return [row["what"] for row in rows]


@dataclass
class Process(Desks):
    """The same around a process of its own."""

    home: Any

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with closing(Look(self.home.folder)) as look:
            return look.rows(sql, *values)

    async def trusts(self, chat: str) -> None:
        self.home.settings["OPSCHAALGIDS_OPERATORS"] = chat
        await self.home.stop()
        await self.home.start()


def address_in(text: str) -> str:
    found = ADDRESS.search(text)
    assert found, text
    return found[1]


async def presses(visitor: Visitor, begins: str) -> None:
    """The first button whose value begins so."""
    value = next(v for v in visitor.page.buttons if v.startswith(begins))
    await visitor.presses(value)


async def answers(visitor: Visitor, most: int) -> None:
    """So many questions, by the first choice or in a few words."""
    await visitor.goes("/gesprek")
    for number in range(most):
        form = visitor.page.forms[0]
        if "text" in form.texts:
            await visitor.types(f"Merkteken {number}")
        elif form.boxes:
            visitor.ticks(form.boxes[0][1])
            await visitor.presses("Verder")
        else:
            await visitor.sends(form, form.buttons[0])


async def shares(visitor: Visitor, what: str) -> None:
    await visitor.goes("/gesprek")
    await visitor.presses("sharing")
    value = next(v for v in visitor.page.buttons if v.startswith("share ") and v.endswith(what))
    await visitor.presses(value)


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    async with Housed(tmp_path) as home, AsyncExitStack() as stack:
        found = Desks(home, stack)
        home.program.now = found.ticks
        yield found
        assert [fault for one in found.people.values() for fault in one.wrong] == []


async def zuid(desks: Desks, towns: dict[str, str] = TOWNS) -> Visitor:
    """Karin keeps Zuid; whom she invited came in, and she said that it is them."""
    karin = await desks.kwartiermaker("Karin", "Zuid")
    karin.writes("lines", "\n".join(f"{town}, {name}" for town, name in towns.items()))
    page = await karin.presses("Maak uitnodigingen")
    addresses = re.findall(ADDRESS, page.text)
    assert len(dict.fromkeys(addresses)) == len(towns)
    for name, address in zip(towns.values(), dict.fromkeys(addresses), strict=True):
        await desks.joins(name, address)
    for _ in towns:
        await karin.goes("/traject/1")
        await presses(karin, "admit")
    return karin


async def test_a_whole_trajectory(desks: Desks) -> None:
    karin = await zuid(desks)
    for name in TOWNS.values():
        await answers(desks.people[name], 12)
    await shares(desks.people["Anna"], "all")
    await shares(desks.people["Bo"], "ingredients")
    so_far = len(desks.lines())
    page = await karin.goes("/traject/1")
    assert page.status == 200
    looked = desks.lines()[so_far:]
    assert sorted(looked) == ["looked overview"] * 6 + ["looked patterns"]
    assert "Merkteken" not in page.text


async def test_at_a_process_that_is_killed_between(tmp_path: Path) -> None:
    """What a form did is kept before its page comes."""
    async with Serving(tmp_path) as program, AsyncExitStack() as stack:
        desks = Process(program, stack)
        karin = await zuid(desks, {"Zutphen": "Anna", "Ede": "Bo"})
        await answers(desks.people["Anna"], 5)
        await shares(desks.people["Anna"], "all")
        await program.kill()
        await program.start()
        page = await karin.goes("/traject/1")
        assert re.findall(r'<th scope="row"><a[^>]*>(\w+)', page.html) == ["Zutphen", "Ede"]
        sheet = await karin.asks(
            "POST", "/traject/1/meenemen", SAME, data={"once": "x" * 24, "form": "pdf"}
        )
        assert sheet.headers["Content-Type"] == "application/pdf"
        assert [fault for one in desks.people.values() for fault in one.wrong] == []
        assert {line for line in program.said if line != "ready"} == set()


# ---------------------------------------------------------------- what waits, and who is invited


async def test_addresses_are_shown_once_and_become_sheets(desks: Desks) -> None:
    karin = await desks.kwartiermaker("Karin", "Zuid")
    karin.writes("lines", "Zutphen, Anna\nEde")
    page = await karin.presses("Maak uitnodigingen")
    (form,) = [one for one in page.forms if one.action.endswith("/vel")]
    assert page.html.count("Ik nodig je uit voor het traject") == 2
    sheet = await karin.asks("POST", form.action, SAME, data=form.sends(form.buttons[0]))
    assert sheet.headers["Content-Type"] == "application/pdf"
    assert 'filename="uitnodigingen' in sheet.headers["Content-Disposition"]
    await karin.goes("/traject/1/uitnodigen")
    assert not ADDRESS.search(karin.page.html)
    assert "Ede: werkt tot en met" in karin.page.text
    # The same form again, as by reload: nothing is made twice, and nothing is shown twice.
    before = len(desks.rows("SELECT id FROM links"))
    again = await karin.asks("POST", "/traject/1/uitnodigen", SAME, data={
        "once": dict(desks_form(karin))["once"], "lines": "Epe"})  # fmt: skip
    repeated = await karin.asks("POST", "/traject/1/uitnodigen", SAME, data={
        "once": dict(desks_form(karin))["once"], "lines": "Epe"})  # fmt: skip
    assert ADDRESS.search(again.html)
    assert not ADDRESS.search(repeated.html)
    assert "al gemaakt" in repeated.text
    assert len(desks.rows("SELECT id FROM links")) == before + 1


def desks_form(visitor: Visitor) -> list[tuple[str, str]]:
    return visitor.page.forms[0].filled


async def test_a_file_of_a_spreadsheet_is_read_and_a_wrong_line_is_named(desks: Desks) -> None:
    karin = await desks.kwartiermaker("Karin", "Zuid")
    rows = "Gemeente;Naam\r\n" + "".join(f"Dorp {n};Dirk é {n}\r\n" for n in range(45))
    page = await posts_file(karin, rows.encode("cp1252"))
    assert len(set(ADDRESS.findall(page.html))) == 45
    names = desks.rows("SELECT municipality, name FROM links WHERE kind = 's' ORDER BY id")
    assert names[44] == {"municipality": "Dorp 44", "name": "Dirk é 44"}
    page = await posts_file(karin, ("Ede\n" + "x" * 70).encode())
    assert page.status == 422
    assert "De naam op regel 3 is te lang" in page.text


async def posts_file(visitor: Visitor, content: bytes) -> Sheet:
    await visitor.goes("/traject/1/uitnodigen")
    data = FormData(desks_form(visitor))
    data.add_field("lines", "")
    data.add_field("file", content, filename="gemeenten.csv", content_type="text/csv")
    return await visitor.asks("POST", "/traject/1/uitnodigen", SAME, data=data)


async def test_an_invitation_is_withdrawn_renewed_and_named_when_it_lapsed(desks: Desks) -> None:
    karin = await desks.kwartiermaker("Karin", "Zuid")
    karin.writes("lines", "Zutphen, Anna\nEde, Bo")
    await karin.presses("Maak uitnodigingen")
    await karin.goes("/traject/1/uitnodigen")
    await presses(karin, "withdraw")
    assert "De uitnodiging is ingetrokken" in karin.page.text
    assert "Zutphen, Anna: werkt" not in karin.page.text
    await presses(karin, "renew")
    assert ADDRESS.search(karin.page.html)
    desks.home.now += timedelta(days=31)
    await karin.goes("/traject/1/uitnodigen")
    assert "Ede, Bo: verliep op" in karin.page.text
    await presses(karin, "again")
    assert "Ik nodig je uit" in karin.page.html
    await karin.goes("/traject/1/uitnodigen")
    assert "verliep op" not in karin.page.text


async def test_each_form_of_a_page_counts_after_back(desks: Desks) -> None:
    """Two wait on one page; after the first yes somebody goes back and says the second."""
    karin = await zuid(desks, {})
    await karin.goes("/traject/1/uitnodigen")
    karin.writes("lines", "Zutphen, Anna\nEde, Bo")
    page = await karin.presses("Maak uitnodigingen")
    anna, bo = dict.fromkeys(ADDRESS.findall(page.html))
    await desks.joins("Anna", anna)
    await desks.joins("Bo", bo)
    page = await karin.goes("/traject/1")
    forms = [one for one in page.forms if one.action.endswith("/wacht")]
    for form in forms:
        await karin.sends(form, form.buttons[0])
    assert len(desks.rows("SELECT id FROM seats WHERE confirmed_at IS NOT NULL")) == 2


# ---------------------------------------------------------------- asking


async def test_a_question_is_seen_counted_and_sent(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna", "Ede": "Bo"})
    page = await karin.goes("/traject/1/vraag")
    form = next(one for one in page.forms if one.action.endswith("/vraag"))
    seat = desks.rows("SELECT id FROM seats WHERE name = 'Anna'")[0]["id"]
    answer = {"once": dict(form.filled)["once"], "kind": "text", "target": f"seat {seat}",
              "text": "Lukt het om de wethouder te spreken?"}  # fmt: skip
    await karin._ends(await karin.asks("POST", form.action, SAME, data=answer))  # noqa: SLF001
    assert "Naar 1 persoon: Zutphen, Anna." in karin.page.text
    assert "Lukt het om de wethouder te spreken?" in karin.page.text
    assert not desks.rows("SELECT id FROM prompts WHERE batch <> ''")
    await presses(karin, "send ")
    assert "Het bericht staat klaar" in karin.page.text
    (prompt,) = desks.rows("SELECT seat, text FROM prompts WHERE batch <> ''")
    assert prompt == {"seat": seat, "text": "Lukt het om de wethouder te spreken?"}
    await karin.goes("/traject/1")
    await presses(karin, "call_off")
    assert "Ingetrokken." in karin.page.text
    assert desks.rows("SELECT ended FROM prompts WHERE batch <> ''") == [{"ended": "called off"}]


CANNOT: tuple[tuple[dict[str, str], str], ...] = (
    ({"kind": "", "target": "all"}, "Kies wat je wilt vragen."),
    ({"kind": "open", "target": ""}, "Kies aan wie je het vraagt."),
    ({"kind": "text", "target": "all", "text": " "}, "Schrijf op wat je wilt zeggen."),
    ({"kind": "open", "target": "seat 99"}, "Niemand past daarbij"),
    ({"kind": "open", "target": "rest\nall"}, "Niemand past daarbij"),
)


async def test_what_cannot_go_out_is_said_and_what_was_typed_stays(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    await karin.goes("/traject/1/vraag")
    for filled, says in CANNOT:
        said = {"text": "Mijn woorden", **filled, "once": dict(desks_form(karin))["once"]}
        page = await karin.asks("POST", "/traject/1/vraag", SAME, data=said)
        assert page.status == 422
        assert says in page.text
        assert filled.get("text") or "Mijn woorden" in page.text
    assert not desks.rows("SELECT id FROM drafts")


# ---------------------------------------------------------------- a meeting


async def test_a_meeting_from_the_plan_to_what_was_agreed(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    anna = desks.people["Anna"]
    await answers(anna, 6)
    await shares(anna, "all")
    await karin.goes("/traject/1/gesprek")
    so_far = len(desks.lines())
    await karin.follows("Zutphen")
    assert desks.lines()[so_far:] == ["looked meeting"]
    assert "Merkteken" in karin.page.text
    karin.writes("day", "2026-12-03")
    karin.writes("hour", "10:30")
    karin.writes("place", "stadhuis, kamer 2")
    await karin.presses("Zet het gesprek klaar")
    assert "Gesprek op donderdag 3 december 2026, 10:30, stadhuis kamer 2" in karin.page.text
    calendar = await karin.asks("GET", f"{karin.page.path}/agenda.ics")
    assert "LOCATION:stadhuis kamer 2" in calendar.html
    karin.writes("what0", "DPIA aanvragen, en melden")
    karin.writes("who0", "Anna")
    karin.writes("when0", "1 februari")
    await karin.presses("Bewaar de afspraken")
    assert "DPIA aanvragen, en melden, Anna, 1 februari (Anna): wacht op een ja" in karin.page.text
    await anna.goes("/gesprek")
    await presses(anna, "settle")
    await karin.goes(karin.page.path)
    assert "staat bij de acties" in karin.page.text
    sheet = await karin.asks("POST", f"{karin.page.path}/blad", SAME, data={"once": "x" * 24})
    assert sheet.headers["Content-Type"] == "application/pdf"
    await karin.presses("Gesprek gaat niet door")
    assert "Het gesprek gaat niet door." in karin.page.text


async def test_a_meeting_in_the_past_is_refused_with_what_was_typed(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    seat = desks.rows("SELECT id FROM seats")[0]["id"]
    await karin.goes(f"/traject/1/gesprek/{seat}")
    karin.writes("day", "2020-01-01")
    karin.writes("place", "stadhuis")
    await karin.presses("Zet het gesprek klaar")
    assert karin.page.status == 422
    assert 'value="stadhuis"' in karin.page.html
    karin.writes("what0", "DPIA")
    await karin.presses("Bewaar de afspraken")
    assert "Vul bij elke afspraak in" in karin.page.text
    assert 'value="DPIA"' in karin.page.html


# ---------------------------------------------------------------- along, settings, handing over


async def test_what_is_shared_is_taken_along_and_that_is_noted(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna", "Ede": "Bo"})
    await answers(desks.people["Anna"], 8)
    await shares(desks.people["Anna"], "summary")
    await karin.goes("/traject/1/meenemen")
    assert "1 van de 2 deelnemers" in karin.page.text
    for form, begins in (("pdf", b"%PDF"), ("zip", b"PK"), ("xlsx", b"PK"), ("csv", b"\xef\xbb"),
                         ("png", b"\x89PNG")):  # fmt: skip
        so_far = len(desks.lines())
        data = {"once": "x" * 24, "form": form}
        answer = await karin.session.post(
            f"{desks.home.site}/traject/1/meenemen", data=data, headers=SAME
        )
        assert (await answer.read()).startswith(begins), form
        assert "attachment" in answer.headers["Content-Disposition"]
        noted = desks.lines()[so_far:]
        assert noted == (["looked patterns"] if form == "png" else ["exported portfolio"] * 2)


async def test_a_trajectory_is_set_shared_and_handed_over(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    lotte = await desks.kwartiermaker("Lotte", "Noord")
    await karin.goes("/traject/1/instellingen")
    karin.writes("subject", "Schulden bij jongeren")
    karin.writes("welcome", "Fijn dat je\nmeedenkt.")
    karin.writes("silence", "21")
    await karin.presses("Bewaar")
    assert "Bewaard." in karin.page.text
    (kept,) = desks.rows("SELECT subject, welcome, silence FROM trajectories WHERE id = 1")
    assert kept == {"subject": "Schulden bij jongeren", "welcome": "Fijn dat je\nmeedenkt.",
                    "silence": 21}  # fmt: skip
    karin.writes("silence", "95")
    await karin.presses("Bewaar")
    assert "Kies bij stilte een getal" in karin.page.text
    await karin.goes("/traject/1/instellingen")
    await karin.presses("handover")
    await lotte.goes(address_in(karin.page.html))
    await lotte.presses("join")
    await presses(lotte, "join")
    assert (await lotte.goes("/traject/1")).status == 200
    assert (await karin.goes("/traject/1")).status == 404
    page = await lotte.goes("/traject/1/logboek")
    assert "Lotte, voortgang" in page.text


# ---------------------------------------------------------------- nobody else's


async def test_somebody_elses_trajectory_is_not_there(desks: Desks) -> None:
    await zuid(desks, {"Zutphen": "Anna"})
    lotte = await desks.kwartiermaker("Lotte", "Noord")
    seat = desks.rows("SELECT id FROM seats")[0]["id"]
    so_far, tables = desks.lines(), ("links", "seats", "meetings", "agreed", "prompts", "drafts",
                                     "trajectories", "keepers", "shares")  # fmt: skip
    before = [desks.rows(f"SELECT * FROM {t}") for t in tables]  # noqa: S608 - ours
    stranger = await desks.visitor("stranger")
    for method, path, _ in keeper.ROUTES:
        if "{id}" not in path:
            continue
        for number in ("1", "2", "0", "99", "x", "9" * 30):
            there = path.replace("{id}", number).replace("{seat}", str(seat))
            if (number, method) == ("2", "GET") and "{seat}" not in path:
                continue
            data = {"once": "x" * 24, "answer": f"admit {seat}", "change": "withdraw 1"}
            for who in (lotte, desks.people["Anna"]):
                if number == "2" and who is lotte and "{seat}" not in path:
                    continue
                page = await who.asks(method, there, SAME, data=data if method == "POST" else None)
                assert page.status == 404, (method, there, page.status)
                assert "Zutphen" not in page.html
            page = await stranger.asks(method, there, SAME, data=data if method == "POST" else None)
            assert page.headers.get("Location") == "/"
    assert [desks.rows(f"SELECT * FROM {t}") for t in tables] == before  # noqa: S608 - ours
    assert desks.lines() == so_far


async def test_reading_changes_nothing_but_who_looked(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    seat = desks.rows("SELECT id FROM seats")[0]["id"]
    tables = ("people", "chats", "outbox", "updates", "links", "seats", "meetings", "prompts",
              "drafts", "answers", "sessions", "trajectories")  # fmt: skip
    await until(lambda: not desks.home.store.outbox.waiting())
    before = [desks.rows(f"SELECT * FROM {t}") for t in tables]  # noqa: S608 - ours
    for method, path, _ in keeper.ROUTES:
        if method == "GET" and "agenda" not in path and "{page" not in path:
            page = await karin.goes(path.replace("{id}", "1").replace("{seat}", str(seat)))
            assert page.status == 200
    assert [desks.rows(f"SELECT * FROM {t}") for t in tables] == before  # noqa: S608 - ours
    looked = {line for line in desks.lines() if line.startswith(("looked", "exported"))}
    assert looked == {"looked overview", "looked meeting"}


async def test_what_is_not_shared_is_on_no_page(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna"})
    anna = desks.people["Anna"]
    await answers(anna, 10)
    seat = desks.rows("SELECT id FROM seats")[0]["id"]
    for method, path, _ in keeper.ROUTES:
        if method == "GET" and "{page" not in path:
            there = path.replace("{id}", "1").replace("{seat}", str(seat))
            page = await karin.asks("GET", there)
            assert "Merkteken" not in page.html, there
    await shares(anna, "all")
    assert "Merkteken" in (await karin.goes(f"/traject/1/gesprek/{seat}")).html


async def test_the_table_is_sorted_by_its_links(desks: Desks) -> None:
    karin = await zuid(desks, {"Zutphen": "Anna", "Ede": "Bo"})
    await answers(desks.people["Anna"], 4)
    for order in ORDERS:
        page = await karin.goes(f"/traject/1?op={order}")
        way = "descending" if order == "open_points" else "ascending"
        assert page.html.count(f'aria-sort="{way}"') == 1
        rows = re.findall(r'<th scope="row"><a[^>]*>(\w+)', page.html)
        assert sorted(rows) == ["Ede", "Zutphen"]
        assert rows == ["Ede", "Zutphen"] or order not in ("municipality", "progress")
