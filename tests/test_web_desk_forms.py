"""What each form of a trajectory's pages does, and what a reload or a mistake does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import FormData

from tests.hostile import SEEDS, evened
from tests.web_desks import (
    ADDRESS,
    SAME,
    Desks,
    address_in,
    answers,
    presses,
    shares,
    zuid,
)

if TYPE_CHECKING:
    from tests.sheet import Sheet
    from tests.visitor import Visitor


# ---------------------------------------------------------------- what waits, and who is invited


async def test_addresses_are_shown_once_and_become_sheets(desks: Desks) -> None:
    karin = await desks.kwartiermaker("Karin", "Zuid")
    karin.writes("lines", "Zutphen, Anna\nEde")
    page = await karin.presses("Maak uitnodigingen")
    (form,) = [one for one in page.forms if one.action.endswith("/vel")]
    assert page.html.count("Ik nodig je uit voor het traject") == 2
    sheet = await karin.asks("POST", form.action, SAME, data=form.sends(form.buttons[0]))
    assert sheet.headers["Content-Type"] == "application/pdf"
    assert "filename*=UTF-8''uitnodigingen" in sheet.headers["Content-Disposition"]
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
    await karin.goes("/traject/1")
    assert "Verlopen, nodig opnieuw uit: Opnieuw: Ede, Bo" in karin.page.text
    await presses(karin, "renew")
    assert "Ik nodig je uit" in karin.page.html
    await karin.goes("/traject/1/uitnodigen")
    assert "verliep op" not in karin.page.text
    desks.home.now += timedelta(days=31)
    await karin.goes("/traject/1/uitnodigen")
    await presses(karin, "withdraw")
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


async def test_a_form_makes_its_trajectory_the_one_that_the_chat_means(desks: Desks) -> None:
    """What is seen on the page of one is not sent, nor refused, for another."""
    karin = await zuid(desks, {"Zutphen": "Anna"})
    await karin.goes("/traject")
    karin.writes("name", "Oost")
    await karin.presses("Maak het traject")
    await karin.goes("/traject/nu")
    assert karin.page.path == "/traject/2"
    await karin.goes("/traject/1/vraag")
    data = {"once": "y" * 24, "kind": "open", "target": "all", "text": ""}
    await karin.asks("POST", "/traject/1/vraag", SAME, data=data)
    await karin.goes("/gesprek")
    await presses(karin, "send ")
    assert len(desks.rows("SELECT id FROM prompts WHERE batch <> ''")) == 1
    await karin.goes("/traject/nu")
    assert karin.page.path == "/traject/1"


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
    assert (await lotte.goes("/traject/1")).status == 200
    assert (await karin.goes("/traject/1")).status == 404
    page = await lotte.goes("/traject/1/logboek")
    assert "Lotte, voortgang" in page.text


async def test_a_name_that_would_be_more_is_a_text_on_every_page(desks: Desks) -> None:
    """Whatever somebody is called, the pages stay whole; the fixture looks at each of them."""
    karin = await desks.kwartiermaker("Karin <b>", "Zuid </title><script>alert(1)</script>")
    names = [evened(seed).replace('"', "") for seed in SEEDS]
    names = [name for name in dict.fromkeys(names) if name and "," not in name]
    karin.writes("lines", "\n".join(f"{name}, {name}" for name in names))
    page = await karin.presses("Maak uitnodigingen")
    addresses = list(dict.fromkeys(ADDRESS.findall(page.html)))
    assert len(addresses) == len(names)
    for number in (names.index("<script>alert(1)</script>"), names.index("</b></i>")):
        await desks.joins(names[number], addresses[number])
        await karin.goes("/traject/1")
        await presses(karin, "admit")
    for path in ("", "/uitnodigen", "/vraag", "/gesprek", "/instellingen", "/logboek"):
        page = await karin.goes(f"/traject/1{path}")
        assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>" in (await karin.goes("/traject/1")).text
    seat = desks.rows("SELECT MIN(id) AS id FROM seats")[0]["id"]
    page = await karin.goes(f"/traject/1/gesprek/{seat}")
    assert page.h1 == "<script>alert(1)</script>"
