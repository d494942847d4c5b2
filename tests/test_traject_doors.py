"""Where the web is set links lead there, and are known wherever they are pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channel_settings import SettingsError
from bot.config import settings_from
from bot.engine.conversation import Conversation
from bot.mistake import Mistake
from bot.operators.trajectories import Office
from flows.intents.at_desk import secret_of
from flows.model.messages import Update
from storage.trajectory.links import ON_THE_WEB, link_to
from tests.desks import Member, Room, link_in, text_of
from tests.people import START

if TYPE_CHECKING:
    from pathlib import Path

WEB, BOT = "https://gids.example.nl/u/", "https://t.me/gids_bot?start="
SECRET = "s0123456789abcdefghijklmnopqrstuv"  # noqa: S105 - nobody's
ADDRESS = "karin@example.nl"


def address_in(told: str, before: str) -> str:
    """The whole address that begins so."""
    return before + told.partition(before)[2].split()[0]


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (f"https://gids.example.nl/u/{SECRET}", SECRET),
        (f"gids.example.nl/u/{SECRET}", SECRET),
        (f"http://localhost:8090/u/{SECRET}", SECRET),
        (f"Hallo Anna,\nkom erbij: <https://gids.example.nl:8443/u/{SECRET}>.\nGroet", SECRET),
        (f"https://gids.example.nl/u/{SECRET}?utm_source=mail", SECRET),
        (f"{BOT}{SECRET}", SECRET),
        (f"/start {SECRET}", SECRET),
        ("https://forum.example.nl/u/karin", ""),
        (f"https://gids.example.nl/u/{SECRET}{SECRET}", ""),
        (f"/u/{SECRET}", ""),
        (f"https://gids.example.nl/in/{SECRET}", ""),
    ],
)
def test_a_link_is_known_wherever_it_is_pasted(said: str, secret: str) -> None:
    assert secret_of(Update("1", "1001", START, "text", said)) == secret


def test_where_the_web_is_everybody_is_sent_there(room: Room) -> None:
    """Also by a kwartiermaker on Telegram: who is invited need not have it."""
    store = room.operator.store
    store.remember("link", BOT)
    assert link_to(store, "1001") == BOT
    assert link_to(store, "web:1") == BOT
    store.remember(ON_THE_WEB, WEB)
    for chat in ("1001", "web:1", "lines:bram", ""):
        assert link_to(store, chat) == WEB


def test_a_web_address_that_is_pasted_leads_to_a_seat(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    room.operator.store.remember(ON_THE_WEB, WEB)
    told = text_of(karin.types("/uitnodigen Zutphen, Anna"))
    assert "t.me" not in told
    anna = room.person("1001")
    anna.types(f"Kijk: {address_in(told, WEB)}")
    anna.presses("join 0")
    assert "Zutphen" in text_of(karin.hears())
    kept = [row["text"] for row in anna.store.rows("SELECT text FROM updates WHERE text <> ''")]
    assert not [text for text in kept if WEB in text], "a secret is nowhere kept"


def test_the_command_line_needs_no_program_that_ran(tmp_path: Path) -> None:
    room = Room(tmp_path)
    conversation = room.operator.conversation
    with conversation.store.transaction():
        made = Office(conversation, room.operator.now, WEB).appoint("Karin")
    assert made["link"].startswith(WEB)
    assert secret_of(Update("1", "1001", START, "text", made["link"]))


def test_the_command_line_says_the_yes_that_it_asked_for(room: Room) -> None:
    """Where no operator has a chat, as on the web alone: by the mark that stands at the link."""
    conversation = room.operator.conversation
    office = Office(conversation, room.operator.now)
    with conversation.store.transaction():
        made = office.appoint("Karin")
    karin = room.person("web:0123456789abcdef")
    karin.types(made["link"])
    karin.presses("join 0")
    with pytest.raises(Mistake, match=f"there is: Karin .{made['mark']}."):
        office.confirm("none")
    with conversation.store.transaction():
        assert office.confirm(made["mark"]) == "Karin"
    assert "kwartiermaker" in text_of(karin.hears())
    assert karin.types("/traject nieuw Zuid")
    with pytest.raises(Mistake, match="there is: nobody"):
        office.confirm(made["mark"])


# ---------------------------------------------------------------- operators by mail


def with_address(room: Room, chat: str, confirmed: str | None) -> Member:
    """Karin on the web, whose settings name her by her address."""
    karin = room.person(chat)
    karin.starts()
    karin.presses("agree")
    person = karin.store.value("SELECT person FROM chats WHERE chat = ?", chat)
    row = [person, ADDRESS, START.isoformat(), confirmed]
    karin.store.db.execute(
        "INSERT INTO addresses(person, address, made_at, confirmed_at) VALUES (?, ?, ?, ?)", row
    )
    for member in room.people.values():
        member.conversation = Conversation(
            member.store, operators=frozenset({f"mail:{ADDRESS}", "1001"})
        )
    return karin


def test_who_confirmed_the_address_of_an_operator_is_one(room: Room) -> None:
    karin = with_address(room, "web:0123456789abcdef", START.isoformat())
    link = link_in(karin.types("/kwartiermaker Lotte"))
    lotte = room.person("1002")
    lotte.types(link)
    lotte.presses("join 0")
    karin.hears()
    karin.presses_first("appoint_yes")
    assert karin.store.value("SELECT name FROM kwartiermakers WHERE confirmed_at IS NOT NULL")


def test_an_address_that_nobody_confirmed_names_nobody(room: Room) -> None:
    karin = with_address(room, "web:0123456789abcdef", None)
    assert "/start" not in text_of(karin.types("/kwartiermaker Lotte"))
    assert not [*karin.conversation.effects.operators.to_tell()]


def test_a_yes_from_before_an_address_was_an_operators_counts_for_nothing(room: Room) -> None:
    """Who got it said for another reason is no operator the day the address is named."""
    karin = with_address(room, "web:0123456789abcdef", START.isoformat())
    entrusted = karin.conversation.entrusted
    assert karin.chat in entrusted
    entrusted.begin()
    assert karin.chat not in entrusted
    karin.store.db.execute("UPDATE addresses SET confirmed_at = ?", [START.isoformat()])
    entrusted.begin()
    assert karin.chat in entrusted, "named already: its yes stands after a restart"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("12345, Karin@Example.NL", {"12345", "mail:karin@example.nl"}),
        ("mail:Karin@Example.NL,terminal:karin", {"mail:karin@example.nl", "terminal:karin"}),
    ],
)
def test_operators_are_named_as_they_come(said: str, found: set[str]) -> None:
    assert settings_from({"OPSCHAALGIDS_OPERATORS": said}).operators == found


@pytest.mark.parametrize("said", ["karin", "@example.nl", "<karin@example.nl>", "12345 67890"])
def test_an_operator_that_is_no_name_is_refused(said: str) -> None:
    with pytest.raises(SettingsError, match="OPSCHAALGIDS_OPERATORS holds"):
        settings_from({"OPSCHAALGIDS_OPERATORS": said})
