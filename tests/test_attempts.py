"""How actions go: done, not, or later, each with a sentence; what it opened, what is next door."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import jsonschema
import pytest

from bot.operators.exports import Export
from storage.privacy.subject_access import Whole
from tests.desks import Member, Room, link_in, text_of
from tests.test_export import SCHEMA
from tests.walkers import stage

if TYPE_CHECKING:
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

REPORT = "/verslag Zutphen\nDPIA aanvragen\nAnna\n1 december"


@pytest.fixture
def anna(tmp_path: Path) -> Member:
    """Who chose a first step of her own."""
    person = Room(tmp_path).person("test:Anna")
    person.starts()
    person.presses("agree")
    person.types("Jongeren aan zet")
    first_step(person)
    return person


def first_step(person: Member, what: str = "De teamleider bellen") -> None:
    for field, said in (("", what), (".who", "Bo"), (".when", "1 december")):
        person.types(f"/wijzig closing.small_win{field}")
        person.types(said)


def told(said: list[Outgoing]) -> str:
    return text_of(said)


def test_an_own_step_is_done_and_opens_the_next(anna: Member) -> None:
    said = told(anna.types("/acties"))
    assert "De teamleider bellen, Bo, 1 december 2026" in said
    anna.presses_first("action ")
    anna.presses_first("went_done ")
    anna.types("De wijkteams doen nu mee.")
    assert "Wat ligt er nu naast?" in text_of(anna.seen[-1:])
    anna.types("Een proefdag afspreken")
    anna.presses_first("who_is ")
    said = told(anna.presses_first("until "))
    assert "Een proefdag afspreken, ik, 30 november 2026" in said
    said = told(anna.types("/acties"))
    assert "De teamleider bellen, Bo: gedaan, 23 november 2026." in said
    assert "Daardoor: De wijkteams doen nu mee. Nu ernaast: Een proefdag afspreken." in said


def test_a_step_that_was_done_is_not_advised_again(anna: Member) -> None:
    anna.types("/vijf")
    while any(choice.key.startswith("yes") for choice in anna.seen[-1].message.choices):
        anna.presses("yes")
    for question, said in (("routes.rules", "ja"), ("closing.small_win", "1")):
        anna.types(f"/change {question}")
        anna.types(said)
    chosen = anna.values["closing.small_win"]
    step = anna.conversation.newest.words["nl"]["advice"]["step"][chosen]["label"]
    anna.types("/acties")
    anna.presses_first("action ")
    anna.presses_first("went_done ")
    anna.presses_first("no_note ")
    doors = [choice.label for choice in anna.seen[-1].message.choices]
    assert step not in doors
    anna.types("Een proefdag afspreken")
    said = told(anna.types("/samenvatting"))
    assert f"Wat al gelukt is • {step}" in said
    assert step not in said.partition("Eerste stappen")[2]


def test_what_failed_says_what_held_it_back_and_can_still_be_done(anna: Member) -> None:
    anna.types("/acties")
    anna.presses_first("action ")
    anna.presses_first("went_failed ")
    anna.types("De teamleider is met verlof.")
    said = told(anna.types("/acties"))
    assert "lukte niet, 23 november 2026. Wat het tegenhield: De teamleider is met verlof." in said
    assert "Er is nu niets te doen." in said
    anna.presses_first("action ")
    anna.presses_first("went_later ")
    said = told(anna.types("half januari"))
    assert "Het staat er zo: De teamleider bellen, Bo" in said
    assert "• De teamleider bellen, Bo" in told(anna.types("/acties"))


def test_the_sentence_may_stay_away_and_commands_stay_commands(anna: Member) -> None:
    anna.types("/acties")
    anna.presses_first("action ")
    anna.presses_first("went_done ")
    anna.types("overslaan")
    assert "Wat ligt er nu naast?" in told(anna.seen[-1:])
    anna.types("/samenvatting")
    rows = anna.store.rows("SELECT how, note, door FROM attempts")
    assert rows == [{"how": "done", "note": "", "door": ""}]


def test_it_stands_in_the_summary_the_year_and_the_export(anna: Member) -> None:
    did(anna)
    chat = told(anna.types("/samenvatting"))
    assert "Wat al gelukt is • De teamleider bellen, Bo. Daardoor: Ze doen mee." in chat
    assert "Jouw stap" not in chat
    summary, year, practice, executive = (
        (Export(anna.conversation, "md", what).made(anna.canvas) or b"").decode()
        for what in ("summary", "year", "practice", "executive")
    )
    win = "De teamleider bellen, Bo. Daardoor: Ze doen mee."
    assert win in practice
    assert win in executive
    assert "| De teamleider bellen | Bo | Ze doen mee. |" in summary
    assert "Gedaan: De teamleider bellen" in year
    tree = json.loads(Export(anna.conversation, "json", "summary").made(None) or b"")
    jsonschema.validate(tree, SCHEMA)
    canvas = next(one for one in tree["canvases"] if one["id"] == anna.canvas)
    (action,), (win,) = canvas["actions"], canvas["small_wins"]
    assert (action["note"], bool(action["done_at"]), action["failed_at"]) == (
        "Ze doen mee.", True, None,
    )  # fmt: skip
    assert (win["what"], win["opened"]) == ("De teamleider bellen", "Ze doen mee.")


def did(person: Member) -> None:
    """The first step is done, and opened something."""
    person.types("/acties")
    person.presses_first("action ")
    person.presses_first("went_done ")
    person.types("Ze doen mee.")
    person.presses_first("no_door ")


def test_no_prompt_asks_about_what_is_over(tmp_path: Path) -> None:
    room = Room(tmp_path)
    anna = room.person("test:Anna")
    anna.starts()
    anna.presses("agree")
    first_step(anna)
    room.until(anna.now, 9)
    assert "Vandaag is de datum die je bij deze actie zette. Hoe ging het?" in told(anna.hears())
    anna.presses_first("went_later ")
    anna.presses_first("until ")
    room.until(anna.now, 5)
    assert "Hoe ging het?" not in told(anna.hears())
    did(anna)
    room.until(anna.now, 10)
    assert "Hoe ging het?" not in told(anna.hears())


def test_a_kwartiermaker_sees_it_as_far_as_it_is_shared(tmp_path: Path) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    first_step(anna)
    did(anna)
    assert "Ze doen mee" not in told(karin.types("/gesprek Zutphen"))
    anna.types("/delen")
    anna.presses_first("share", "sharing")
    page = told(karin.types("/gesprek Zutphen"))
    assert "Gelukt • Anna: De teamleider bellen, Bo. Daardoor: Ze doen mee." in page
    karin.types("/portfolio")
    (made,) = karin.papers(karin.presses_first("take zip"))
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        assert "Ze doen mee" in packed.read(packed.namelist()[0]).decode()


def test_what_a_meeting_agreed_moves_and_its_first_day_stays(tmp_path: Path) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    karin.types(REPORT)
    anna.hears()
    anna.presses_first("settle")
    anna.types("/acties")
    anna.presses_first("action ")
    anna.presses_first("went_later ")
    anna.types("1 maart")
    assert "DPIA aanvragen, Anna, 1 maart (was 1 december)" in told(karin.types("/gesprek Zutphen"))
    anna.presses_first("action ", "actions")
    anna.presses_first("went_failed ")
    assert "1 maart" not in told(karin.types("/gesprek Zutphen"))
    assert "DPIA aanvragen (lukte niet)" in told(anna.types("/samenvatting"))


def test_the_button_of_before_still_ticks_it_off(tmp_path: Path) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    karin.types(REPORT)
    anna.hears()
    anna.presses_first("settle")
    (row,) = anna.store.rows("SELECT id FROM agreed")
    menu = next(one for one in reversed(anna.seen) if one.message.choices)
    anna.store.db.execute(
        "UPDATE outbox SET key = 'steer.prompt', choices = ? WHERE id = ?",
        [json.dumps([[f"done_action {row['id']}", "Gedaan", False]]), menu.id],
    )
    anna.store.remembered.forget()
    said = told(anna.presses(f"done_action {row['id']}", menu))
    assert "Wat werd daardoor mogelijk?" in said
    assert anna.store.rows("SELECT 1 FROM agreed WHERE done_at IS NOT NULL")


def test_erasing_takes_it_along_and_my_data_shows_it(anna: Member) -> None:
    did(anna)
    found = Whole.of(anna.store, anna.chat)
    assert found
    assert [row["note"] for row in found.trajectories["attempts"]] == ["Ze doen mee."]
    anna.types("/vergeet")
    anna.presses("/erase all")
    assert not anna.store.rows("SELECT * FROM attempts")


def test_on_a_shared_canvas_it_bears_who_said_it(tmp_path: Path) -> None:
    room = Room(tmp_path)
    anna = room.person("test:Anna")
    anna.starts()
    anna.presses("agree")
    anna.types("Jongeren aan zet")
    first_step(anna)
    bo = room.person("test:Bo")
    bo.types(link_in(anna.types("/samen Bo, Anna")))
    bo.presses_first("join")
    did(bo)
    assert "gedaan, 23 november 2026, zegt Bo. Daardoor: Ze doen mee." in told(
        anna.types("/acties")
    )
    assert "Wat al gelukt is" in told(anna.types("/samenvatting"))
    bo.types("/vergeet")
    bo.presses("/erase all")
    assert "Ze doen mee" not in str(anna.store.rows("SELECT body FROM outbox"))
    assert "• De teamleider bellen" in told(anna.types("/acties"))


@pytest.mark.asyncio(loop_scope="session")
async def test_on_telegram_the_sentence_is_typed_under_the_button(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        phone = here.phone()
        await phone.starts()
        await phone.asked()
        await phone.presses(key="agree")
        for said in ("Jongeren aan zet", "/wijzig closing.small_win", "De teamleider bellen"):
            await phone.asked()
            await phone.types(said)
        await phone.asked()
        await phone.types("/acties")
        for key in ("action 1 closing.small_win", "went_done 1 closing.small_win"):
            await phone.asked()
            await phone.presses(key=key)
        await phone.asked()
        await phone.types("Ze doen mee.")
        await phone.asked()
        assert "Wat ligt er nu naast?" in phone.screen()
        assert (await here.canvas())["small_wins"][0]["opened"] == "Ze doen mee."


def test_an_action_for_an_ingredient_is_asked_of_by_a_short_button(anna: Member) -> None:
    anna.types("/wijzig ingredients.funding")
    anna.types("3")
    anna.types("/uitgebreid")
    anna.types("/wijzig ingredients.actions")
    anna.types("1")
    anna.types("/klaar")
    anna.types("/wijzig ingredients.actions.funding.what")
    anna.types("De controller bellen")
    anna.types("/acties")
    anna.presses_first(f"action {anna.canvas} +funding")
    said = told(anna.presses_first("went_done "))
    assert "Genoteerd als gedaan: De controller bellen." in said
    anna.types("Er is geld voor een jaar.")
    assert "De rekensom per partij maken" in told(anna.seen[-1:])
    rows = anna.store.rows("SELECT action, note FROM attempts")
    assert rows == [
        {"action": "ingredients.actions.funding", "note": "Er is geld voor een jaar."}
    ]


def test_a_kwartiermaker_of_elsewhere_hears_nothing_of_what_was_agreed(tmp_path: Path) -> None:
    room = Room(tmp_path)
    karin, lotte = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Lotte", "Noord")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    anna.types(link_in(lotte.types("/uitnodigen Zutphen, Anna")))
    anna.presses_first(f"join {anna.canvas}")
    lotte.hears()
    lotte.presses_first("admit", "wants_in")
    karin.types(REPORT)
    anna.hears()
    anna.presses_first("settle")
    anna.types("/acties")
    anna.presses_first("action ")
    anna.presses_first("went_done ")
    anna.types("Ze doen mee.")
    for number in (1, 2):
        anna.types("/delen")
        anna.presses_first(f"share {seat(anna, number)} summary")
    assert "Ze doen mee" in told(karin.types("/gesprek Zutphen"))
    page = told(lotte.types("/gesprek Zutphen"))
    assert "Jongeren aan zet" in page
    assert "DPIA" not in page + told(lotte.types("/portfolio"))
    assert "Ze doen mee" not in page


def seat(person: Member, number: int) -> int:
    rows = person.store.column("SELECT id FROM seats ORDER BY id")
    return int(rows[number - 1])


def test_who_only_reads_is_not_asked_how_it_went(tmp_path: Path) -> None:
    room = Room(tmp_path)
    anna = room.person("test:Anna")
    anna.starts()
    anna.presses("agree")
    anna.types("Jongeren aan zet")
    first_step(anna)
    bo = room.person("test:Bo")
    bo.types(link_in(anna.types("/samen Bo, Anna")))
    bo.presses_first("join")
    bo.store.db.execute("UPDATE canvases SET role = 'reader' WHERE id = ?", [bo.canvas])
    said = told(bo.types("/acties"))
    assert "De teamleider bellen" in said
    assert "Kies er een" not in said
    room.until(anna.now, 9)
    assert "Hoe ging het?" not in told(bo.hears())
    assert "Hoe ging het?" in told(anna.hears())


@pytest.mark.parametrize(("shared", "said"), [("", 0), ("summary", 1), ("impact", 0)])
def test_the_news_tells_of_an_own_step_where_that_is_shared(
    tmp_path: Path, shared: str, said: int
) -> None:
    """And none of its words."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    first_step(anna)
    if shared:
        anna.types("/delen")
        anna.presses(f"share {seat(anna, 1)} {shared}")
    anna.types("/acties")
    anna.presses_first("action ")
    anna.presses_first("went_done ")
    room.until(anna.now, 3)
    heard = text_of(karin.seen)
    assert heard.count("rondde een eigen stap af") == said
    assert "De teamleider" not in heard
