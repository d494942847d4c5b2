"""A trajectory on the web, without script: from an operator's link to what six advisers share."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.web.keeper import overseeing
from bot.engine.prompter import Prompting
from content.documents.overview_table import ORDERS
from tests.walkers import until
from tests.web import Serving
from tests.web_desks import (
    SAME,
    TOWNS,
    Desks,
    Process,
    answers,
    presses,
    shares,
    zuid,
)

if TYPE_CHECKING:
    from pathlib import Path


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


async def test_a_question_in_between_is_answered_on_the_adviser_s_page(desks: Desks) -> None:
    """It stands beside the question where Anna is, and she stays there."""
    karin = await zuid(desks, {"Zutphen": "Anna"})
    anna = desks.people["Anna"]
    await answers(anna, 6)
    await karin.goes("/traject/1/vraag")
    data = {"once": "y" * 24, "kind": "open", "target": "all", "text": "Kijk je hiernaar?"}
    await karin.asks("POST", "/traject/1/vraag", SAME, data=data)
    await karin.goes("/traject/1/vraag")
    await presses(karin, "send ")
    await anna.goes("/gesprek")
    here = anna.page.h1
    desks.home.now += timedelta(hours=1)
    assert Prompting(desks.home.conversation).due(desks.home.now)
    await anna.goes("/gesprek")
    assert anna.page.h1 == here
    assert "Kijk je hiernaar?" in anna.page.text
    await anna.sends(own := anna.page.forms[-2], own.buttons[0])
    assert anna.page.h1 != here
    assert "Kijk je hiernaar?" in anna.page.text  # it waits, whatever she did first
    before = len(desks.rows("SELECT id FROM answers"))
    await presses(anna, "answer ")
    await anna.goes("/gesprek")
    assert "Kijk je hiernaar?" not in anna.page.text
    assert len(desks.rows("SELECT id FROM answers")) == before + 1


async def test_a_text_of_the_kwartiermaker_is_answered_below_it(desks: Desks) -> None:
    """In a field of its own, with one tap; what is asked stays as it is."""
    karin = await zuid(desks, {"Zutphen": "Anna"})
    anna = desks.people["Anna"]
    await answers(anna, 6)
    await karin.goes("/traject/1/vraag")
    data = {"once": "y" * 24, "kind": "text", "target": "all", "text": "Komt de wethouder?"}
    await karin.asks("POST", "/traject/1/vraag", SAME, data=data)
    await karin.goes("/traject/1/vraag")
    await presses(karin, "send ")
    desks.home.now += timedelta(hours=1)
    assert Prompting(desks.home.conversation).due(desks.home.now)
    await anna.goes("/gesprek")
    here, before = anna.page.h1, desks.rows("SELECT * FROM answers")
    form = next(f for f in anna.page.forms if "Stuur naar" in str([b.label for b in f.buttons]))
    form.texts["text"] = "Ja, die komt"
    await anna.sends(form, form.buttons[0])
    await anna.goes("/gesprek")
    assert (anna.page.h1, desks.rows("SELECT * FROM answers")) == (here, before)
    assert "Komt de wethouder?" not in anna.page.text
    (remark,) = desks.rows("SELECT text FROM remarks")
    assert remark["text"] == "Ja, die komt"


# ---------------------------------------------------------------- nobody else's


async def test_somebody_elses_trajectory_is_not_there(desks: Desks) -> None:
    await zuid(desks, {"Zutphen": "Anna"})
    lotte = await desks.kwartiermaker("Lotte", "Noord")
    seat = desks.rows("SELECT id FROM seats")[0]["id"]
    so_far, tables = desks.lines(), ("links", "seats", "meetings", "agreed", "prompts", "drafts",
                                     "trajectories", "keepers", "shares")  # fmt: skip
    before = [desks.rows(f"SELECT * FROM {t}") for t in tables]  # noqa: S608 - ours
    stranger = await desks.visitor("stranger")
    for method, path, _ in overseeing.ROUTES:
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
    for method, path, _ in overseeing.ROUTES:
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
    for method, path, _ in overseeing.ROUTES:
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


async def test_without_a_passkey_nothing_is_seen_where_one_is_wanted(desks: Desks) -> None:
    await zuid(desks, {"Zutphen": "Anna"})
    (branch,) = desks.home.program.branches
    site = vars(branch.channel)["site"]
    site.web = replace(site.web, keepers="passkey")
    so_far = desks.lines()
    for method, path, _ in overseeing.ROUTES:
        there = path.replace("{id}", "1").replace("{seat}", "2").replace("{page:[a-z]+}", "vraag")
        data = {"once": "x" * 24} if method == "POST" else None
        for name, status in (("Karin", 303), ("operator", 303), ("Anna", 404)):
            page = await desks.people[name].asks(method, there, SAME, data=data)
            assert page.status == status, (name, there)
            assert page.headers.get("Location", "/toestellen") == "/toestellen"
    assert desks.lines() == so_far
