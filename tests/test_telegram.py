"""Single conversations on a phone, through the real program and real HTTP."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from content.loader import newest
from flows.intents.typed import command
from flows.model.messages import LANGUAGES
from tests.phones import Group, Phone
from tests.standin_world import BLOCKED
from tests.walkers import answers_every_press_once, stage, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.phones_view import Bubble
    from tests.walkers import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTENT = newest()
SAY = {code: CONTENT.words[code]["messages"]["say"] for code in LANGUAGES}
TO_ANCHORED = ("started", "running", "unknown", "unknown", "stories", "partly", "one", "fully")


CODES = {"nl": "Hallo.", "en": "Hello.", "en-GB": "Hello.", "de": "Hallo.", "": "Hallo."}
NUMBERS = itertools.count(1001)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage_for_all(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One program for this file: who is new in it has a number of their own."""
    async with stage(tmp_path_factory.mktemp("guide")) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def here(stage_for_all: Stage) -> AsyncIterator[Stage]:
    yield stage_for_all
    assert stage_for_all.standin.refused == []
    answers_every_press_once(stage_for_all.standin)
    assert stage_for_all.program.said == ["ready"]


@pytest.fixture
def phone(here: Stage) -> Phone:
    return here.phone(next(NUMBERS))


@pytest_asyncio.fixture(loop_scope="module")
async def anna(phone: Phone) -> Phone:
    """At the second question, after akkoord and a name."""
    return await begun(phone)


async def begun(phone: Phone, *moves: str) -> Phone:
    await phone.starts()
    await phone.asked()
    await phone.presses(key="agree")
    await phone.asked(quiet=0.1)
    for move in moves or ("Jongeren aan zet",):
        await does(phone, move)
    return phone


async def does(phone: Phone, move: str) -> None:
    """A press where there is such a button, or else typed."""
    if any(data.endswith(f":{move}") for _, data in phone.buttons):
        await phone.presses(key=move)
    else:
        await phone.types(move)
    await phone.asked()


def values(here: Stage, phone: Phone) -> dict[str, Any]:
    return here.look.answers(str(phone.room.id))


# ---------------------------------------------------------------- hello


@pytest.mark.parametrize(("code", "opens"), CODES.items())
async def test_the_welcome_is_in_the_client_s_language(code: str, opens: str, here: Stage) -> None:
    phone = here.phone(next(NUMBERS), language=code)
    await phone.starts()
    assert (await phone.asked()).text.startswith(opens)


async def test_a_link_with_a_payload_starts_as_any_other(phone: Phone) -> None:
    await phone.starts("zutphen_2026")
    assert (await phone.asked()).text.startswith("Hallo.")


async def test_the_menu_s_commands_are_understood(here: Stage) -> None:
    menus = here.standin.world.commands
    await until(lambda: len(here.standin.called("setMyShortDescription")) == 3)
    assert {code for _, code in menus} == {"", "nl", "en"}
    for (_, code), menu in menus.items():
        steered = CONTENT.guide.steering["commands"]
        names = [str(item["command"]) for item in menu]
        verbs = [steered.get(n) or command(CONTENT.guide, f"/{n}").verb for n in names]
        own = list(CONTENT.words[code or "nl"]["messages"]["menu"])  # type: ignore[index]
        assert verbs == own
    assert len(here.standin.called("setMyDescription")) == 3


# ---------------------------------------------------------------- what is no text

OTHERS = ["photo", "sticker", "voice", "location", "contact", "poll", "document"]


@pytest.mark.parametrize("kind", OTHERS)
async def test_what_is_no_text_gets_one_sentence(kind: str, here: Stage, anna: Phone) -> None:
    before = len(anna.view)
    await getattr(anna, f"sends_{kind}")()
    assert (await anna.asked(quiet=0.1)).text.startswith(SAY["nl"]["strange"])
    assert len(anna.view) == before + 2
    assert values(here, anna) == {"pilot.name": "Jongeren aan zet"}


async def test_an_album_gets_one_sentence(anna: Phone) -> None:
    before = len(anna.view)
    for _ in range(3):
        album(anna)
    assert (await anna.asked(quiet=0.2)).text.startswith(SAY["nl"]["strange"])
    assert len(anna.view) == before + 4


def album(phone: Phone) -> None:
    """One photo of several that are sent as one."""
    sizes = [phone._file("1.jpg") | {"width": 90, "height": 90}]  # noqa: SLF001 - a phone's own hand
    phone._sends(phone.user, {"photo": sizes, "media_group_id": "77"})  # noqa: SLF001


# ---------------------------------------------------------------- typed


async def test_an_edited_message_changes_its_answer(here: Stage, phone: Phone) -> None:
    await begun(phone, "Naam")
    number = await phone.types("Gemeente Ede")
    await phone.asked()
    await phone.edits(number, "Gemeente Epe")
    await phone.waits()
    assert "Gemeente Epe" in phone.last.text
    assert values(here, phone)["pilot.organisation"] == "Gemeente Epe"


async def test_a_paste_in_pieces_is_one_answer(here: Stage, phone: Phone) -> None:
    await begun(phone, "Naam", "Ede", "started", "running")
    paste = "woord " * 1500
    await phone.types(paste)
    await phone.waits(quiet=0.3)
    assert values(here, phone)["impact.issue"] == paste.strip()


async def test_signs_of_html_stay_what_they_are(here: Stage, phone: Phone) -> None:
    name = "<b>&amp; </i> & co"
    await begun(phone, name, "Ede")
    await phone.types("/waar")
    assert name in (await phone.asked()).text
    assert values(here, phone)["pilot.name"] == name


# ---------------------------------------------------------------- pressed


async def test_ticks_change_in_place(here: Stage, phone: Phone) -> None:
    await begun(phone, "Naam", "Ede", *TO_ANCHORED)
    before, asked = len(phone.view), phone.last.message_id
    for key, ticked in (("plan", 1), ("budget", 2), ("plan", 1)):
        await phone.presses(key=key)
        shown = await phone.asked()
        assert (len(phone.view), shown.message_id) == (before, asked)
        assert sum(label.startswith("✓ ") for label, _ in shown.buttons) == ticked
    await does(phone, "/done")
    assert values(here, phone)["routes.anchored"] == ["budget"]


async def test_a_pressed_question_shows_what_was_chosen(phone: Phone) -> None:
    await begun(phone, "Naam", "Ede")
    asked = phone.last.message_id
    await phone.presses(key="started")
    shown = await phone.asked()
    assert shown.message_id == asked
    assert shown.text.startswith("✓ Herkomst: wij begonnen ermee\n\n")


async def test_the_same_press_again_says_nothing_new(phone: Phone) -> None:
    await begun(phone, "Naam", "Ede")
    data, asked = phone.buttons[0][1], phone.last.message_id
    await phone.presses(data)
    await phone.asked()
    before = phone.view
    await phone.presses_raw(data, asked)
    await phone.answered(quiet=0.2)
    assert phone.view == before


async def test_the_second_of_two_fast_taps_does_not_count(tmp_path: Path) -> None:
    async with stage(tmp_path, OPSCHAALGIDS_PACE="30/1") as here:
        phone = await begun(here.phone(), "Naam", "Ede")
        for _ in range(2):  # on the place of the first button, whatever it is by then
            await phone.presses(phone.buttons[0][1])
            await phone.asked()
        assert phone.last.text.startswith(SAY["nl"]["twice"])
        assert set(values(here, phone)) == {"pilot.name", "pilot.organisation", "pilot.origin"}
        answers_every_press_once(here.standin)


@pytest.mark.parametrize("data", ["zz:yes", "x" * 64, ":", "", "1:/sure pilot.name x"])
async def test_a_forged_press_is_answered_politely(data: str, here: Stage, anna: Phone) -> None:
    await anna.presses_raw(data, anna.last.message_id)
    await anna.answered(quiet=0.1)
    assert anna.last.text.startswith(SAY["nl"]["stale"])
    assert values(here, anna) == {"pilot.name": "Jongeren aan zet"}


async def test_another_person_s_button_does_nothing(here: Stage, phone: Phone) -> None:
    await begun(phone, "Naam", "Ede")
    bram = await begun(here.phone(next(NUMBERS), name="Bram"), "Ander", "Epe", "started")
    await phone.presses_raw(bram.buttons[0][1], phone.last.message_id)
    await phone.answered(quiet=0.1)
    assert phone.last.text.startswith(SAY["nl"]["stale"])
    assert [len(values(here, who)) for who in (phone, bram)] == [2, 3]


# ---------------------------------------------------------------- around it


@pytest.mark.parametrize("by", ["asked", "command"])
async def test_in_a_group_it_says_one_sentence_and_leaves(
    by: str, here: Stage, phone: Phone
) -> None:
    group = Group(here.standin, -1001 - (by == "asked"))
    await (group.adds_bot(phone) if by == "asked" else group.says("/start", phone))
    await until(lambda: any(c.chat == group.room.id for c in here.standin.called("leaveChat")))
    await asyncio.sleep(0.1)
    assert [bubble.text for bubble in group.view if not bubble.mine] == [SAY["nl"]["group"]]


async def test_who_blocked_the_guide_goes_on_where_they_were(here: Stage, anna: Phone) -> None:
    asked = anna.last.text
    await anna.blocks()
    await asyncio.sleep(0.1)
    sent = len(here.standin.called("sendMessage"))
    await anna.unblocks()
    await asyncio.sleep(0.1)
    assert len(here.standin.called("sendMessage")) == sent
    await anna.starts()
    assert (await anna.asked()).text.endswith(asked)


async def test_a_block_that_shows_only_when_sending(here: Stage, anna: Phone) -> None:
    await anna.types("Gemeente Ede")
    anna.room.shut = BLOCKED
    await until(lambda: any(call.code == 403 for call in here.standin.calls))
    anna.room.shut = ""
    await anna.starts()
    assert "Waar komt de aanpak vandaan?" in (await anna.asked()).text


async def test_the_summary_comes_as_a_file(here: Stage, anna: Phone) -> None:
    await anna.types("/document markdown")
    assert "Wie maakt dit?" in (await anna.asked()).text
    await anna.types("Anna, adviseur")
    await until(lambda: bool(made(anna)))
    file = next(bubble for bubble in anna.view if bubble.document)
    assert file.document == "opschaalgids-jongeren-aan-zet.md"
    canvas = str(here.look.canvas(str(anna.room.id)))
    assert file.content == await here.program.export("--format", "md", "--canvas", canvas)
    assert anna.room.actions == ["upload_document"]


def made(phone: Phone) -> list[Bubble]:
    return [bubble for bubble in phone.view if bubble.kind in ("photo", "document")]


@pytest.mark.usefixtures("here")
async def test_documents_come_by_a_button_and_the_menu_stays(anna: Phone) -> None:
    await anna.types("document")
    menu = await anna.asked()
    for number, key in enumerate(("card", "canvas", "word"), 1):
        await anna.presses(key=f"/document {key}", of=menu)
        if key == "card":  # who makes it is asked once, before the first
            await anna.asked()
            await anna.types("Anna, adviseur")
        await until(lambda number=number: len(made(anna)) == number)  # type: ignore[misc]
    assert anna.room.actions == ["upload_photo", "upload_document", "upload_document"]
    card, *files = made(anna)
    assert "Jongeren aan zet" in card.text
    name = "opschaalgids-jongeren-aan-zet"
    assert [file.document for file in files] == [f"{name}-canvas.pdf", f"{name}.docx"]
    await anna.presses(key="/again", of=menu)
    assert "Voor welke gemeente" in (await anna.asked()).text
