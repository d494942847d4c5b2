"""Invitations that nobody used in time, and who used the others: in every overview."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels import console
from bot.channels.console import Console
from bot.channels.telegram.incoming import read
from storage.privacy.subject_access import Whole
from tests.desks import Member, Room, link_in, text_of
from tests.web_desks import address_in, around, presses

if TYPE_CHECKING:
    from pathlib import Path

MONTH = timedelta(days=31)


@pytest.fixture
def karin(tmp_path: Path) -> Member:
    """Invited Ede and Epe a month ago, and Anna of Zutphen takes part."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    karin.types("/uitnodigen Ede, Bo\nEpe")
    room.adviser(karin, "Zutphen", "Anna")
    karin.now += MONTH
    return karin


def test_what_expired_stands_in_the_overview_with_a_tap_for_a_new_one(karin: Member) -> None:
    said = karin.types("/overzicht")
    assert "Verlopen, nodig opnieuw uit: Ede, Bo; Epe." in text_of(said)
    assert "Uitnodiging nog open" not in text_of(said)
    anew = karin.presses_first("renew", "overview")
    assert "Een uitnodiging voor Ede, Bo" in text_of(anew)
    assert "Verlopen, nodig opnieuw uit: Epe." in text_of(karin.types("/overzicht"))
    assert "Verlopen, nodig opnieuw uit: Epe." in text_of(karin.types("/menu"))


def test_a_new_one_gives_the_same_seat(karin: Member) -> None:
    karin.types("/overzicht")
    secret = link_in(karin.presses_first("renew", "overview"))
    bo = Member(karin.folder, "test:Bo", now=karin.now)
    bo.types(secret)
    bo.presses("join 0")
    (seat,) = karin.store.rows("SELECT * FROM seats WHERE municipality = 'Ede'")
    assert (seat["name"], seat["trajectory"]) == ("Bo", 1)


def test_where_nobody_takes_part_they_are_named_too(tmp_path: Path) -> None:
    karin = Room(tmp_path).kwartiermaker("Karin", "Zuid")
    karin.types("/uitnodigen Ede, Bo")
    karin.now += MONTH
    assert "Verlopen, nodig opnieuw uit: Ede, Bo." in text_of(karin.types("/overzicht"))
    assert "Een uitnodiging voor Ede, Bo" in text_of(karin.presses_first("renew"))


def test_the_list_of_invitations_has_them_and_lets_them_go(karin: Member) -> None:
    karin.types("/uitnodigen Ommen")
    said = text_of(karin.types("/uitnodigen"))
    assert "Ommen: tot en met" in said
    assert "Ede, Bo: verlopen op" in said
    karin.presses(next(c.key for c in karin.seen[-1].message.choices if "Trek in: Ede" in c.label))
    left = text_of(karin.types("/uitnodigen"))
    assert "Ede" not in left
    assert "Epe: verlopen op" in left


def test_who_was_let_go_does_not_come_back_by_an_older_one(karin: Member) -> None:
    """Twice invited, twice expired: it is one line, and it goes as one."""
    karin.types("/uitnodigen Ede, Bo")
    karin.now += MONTH
    assert text_of(karin.types("/uitnodigen")).count("Ede, Bo: verlopen") == 1
    karin.presses(next(c.key for c in karin.seen[-1].message.choices if "Trek in: Ede" in c.label))
    assert "Ede" not in text_of(karin.types("/uitnodigen"))


def test_who_came_by_another_one_has_none_that_expired(karin: Member) -> None:
    bo = Member(karin.folder, "test:Bo", now=karin.now)
    bo.types(link_in(karin.types("/uitnodigen Ede, Bo")))
    bo.presses("join 0")
    karin.presses_first("admit", "wants_in")
    said = text_of(karin.types("/overzicht"))
    assert "Verlopen, nodig opnieuw uit: Epe." in said
    bo.types("/delen")
    bo.presses_first("leave")
    bo.presses_first("left")
    karin.now += MONTH
    karin.hears()
    assert "Ede" not in text_of(karin.types("/uitnodigen"))


# ---------------------------------------------------------------- a slip of the fingers


@pytest.mark.parametrize("known", ["seat", "invitation"])
def test_a_town_with_a_slip_is_asked_after(tmp_path: Path, known: str) -> None:
    """Red before: a second municipality, Utrect, that nobody could tell from the first."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    if known == "seat":
        room.adviser(karin, "Utrecht", "Anna")
    else:
        karin.types("/uitnodigen Utrecht, Anna")
    said = text_of(karin.types("/uitnodigen Utrect, Bo"))
    assert "Bedoel je Utrecht?" in said
    assert "/start" not in said
    assert "Een uitnodiging voor Utrecht, Bo." in text_of(karin.presses_first("invite_as known"))
    assert "al geregeld" in text_of(karin.presses_first("invite_as said"))


def test_whoever_means_it_says_so(karin: Member) -> None:
    assert "Bedoel je Zutphen?" in text_of(karin.types("/uitnodigen Zutpen"))
    assert "Een uitnodiging voor Zutpen." in text_of(karin.presses_first("invite_as said"))
    assert "Een uitnodiging voor Zutpen, Cas." in text_of(karin.types("/uitnodigen Zutpen, Cas"))


@pytest.mark.parametrize("town", ["Epe", "Eder", "zutphen", "Zwolle", "Gutphendam"])
def test_another_town_is_another_town(karin: Member, town: str) -> None:
    assert f"Een uitnodiging voor {town}" in text_of(karin.types(f"/uitnodigen {town}"))


def test_asking_that_is_no_message_to_anybody(karin: Member) -> None:
    """What is kept of it until they choose is a draft, and no prompt."""
    karin.types("/uitnodigen Zutpen, Bo")
    assert "naar 1 persoon: Zutphen, Anna" in text_of(karin.types("/vraag Zutphen: Gaat het?"))


# ---------------------------------------------------------------- who used an invitation


class Phone(Member):
    """Somebody on Telegram, whose app says what they are called."""

    first_name = "Ánna ☂"

    def gives(self, update: Any) -> Any:
        person = {"id": 7, "is_bot": False, "first_name": self.first_name, "language_code": "nl"}
        chat = {"id": 7, "type": "private"}
        if update.kind == "press":
            query = {"id": "9", "data": f"{update.ref}:{update.text}", "message": {"chat": chat}}
            raw: Any = {"callback_query": {**query, "from": person}}
        else:
            message = {"message_id": 8, "date": int(update.at.timestamp()), "text": update.text}
            raw = {"message": {**message, "chat": chat, "from": person}}
        found: Any = read({"update_id": len(self.sent), **raw}, update.at)
        return super().gives(replace(found, at=update.at))


def test_whoever_used_an_invitation_has_the_name_of_their_telegram(tmp_path: Path) -> None:
    karin = Room(tmp_path).kwartiermaker("Karin", "Jongeren Zuid")
    anna = Phone(tmp_path, "7", now=karin.now)
    told = anna.types(link_in(karin.types("/uitnodigen Zutphen, Anna")))
    assert "dat je hier Ánna ☂ heet, bij welk deel je bent" in text_of(told)
    assert not karin.store.rows("SELECT 1 FROM seats"), "before a yes nothing is kept of it"
    anna.presses("join 0")
    said = "Ánna ☂ (naam op Telegram) gebruikte je uitnodiging voor Zutphen, Anna"
    assert said in text_of(karin.hears())
    assert said in text_of(karin.types("/uitnodigen"))
    whole = Whole.of(anna.store, "7")
    assert whole
    assert whole.trajectories["seats"][0]["screen_name"] == "Ánna ☂"
    anna.types("/vergeet")
    anna.presses("/erase all")
    found = [row for table in karin.store.db.table_names() for row in karin.store.db[table].rows]
    assert "Ánna ☂" not in str(found)


def test_an_invitation_for_nobody_by_name_gives_the_name_in_the_channel(tmp_path: Path) -> None:
    karin = Room(tmp_path).kwartiermaker("Karin", "Jongeren Zuid")
    anna = Phone(tmp_path, "7", now=karin.now)
    anna.types(link_in(karin.types("/uitnodigen Zutphen")))
    anna.presses("join 0")
    karin.hears()
    karin.presses_first("admit", "wants_in")
    assert "Ánna ☂: " in text_of(karin.types("/overzicht"))


def test_in_a_terminal_it_is_the_name_that_was_given_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    karin = Room(tmp_path).kwartiermaker("Karin", "Jongeren Zuid")
    monkeypatch.setattr(console, "now", lambda _: karin.now)
    zone, nothing = "Europe/Amsterdam", lambda: None
    talk = Console(karin.conversation, "Anja", zone, nothing, jsonl=False)  # type: ignore[arg-type]
    for said in (link_in(karin.types("/uitnodigen Zutphen, Anna")), "1"):
        talk._stops("text", said)  # noqa: SLF001 - a line of it
    assert "dat je hier Anja heet" in " ".join(capsys.readouterr().out.split())
    assert "Anja (naam in de terminal) gebruikte je uitnodiging" in text_of(karin.hears())


async def test_on_the_web_it_is_the_name_that_they_gave(tmp_path: Path) -> None:
    async with around(tmp_path) as desks:
        karin = await desks.kwartiermaker("Karin", "Zuid")
        karin.writes("lines", "Zutphen, Anna")
        address = address_in((await karin.presses("Maak uitnodigingen")).text)
        anna = await desks.visitor("Anna")
        await anna.goes(address)
        assert "Karin ziet deze naam" in anna.page.text
        anna.writes("name", "Anja <b>de Vries</b>")
        await anna.presses("join")
        await karin.goes("/traject/1")
        said = "Anja <b>de Vries</b> (naam op het web) gebruikte je uitnodiging voor Zutphen, Anna"
        assert said in karin.page.text
        await presses(karin, "admit")
        assert "Deze deelnemer doet mee" in karin.page.text
