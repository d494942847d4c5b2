"""A link gives what its maker has at the moment it is used, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.engine.sweep import sweep
from bot.operators.trajectories import Office
from flows.model.messages import Update
from storage.conversations import dead_letters
from tests.desks import Member, Room, link_in, text_of

DEAD = "werkt niet (meer)"


def joined(room: Room) -> tuple[Member, Member]:
    """Karin keeps a trajectory, and Anna of Zutphen answered there."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    for text in ("akkoord", "Jongeren aan zet"):
        anna.types(text)
    return karin, anna


def dismissed(room: Room, name: str) -> None:
    conversation = room.operator.conversation
    with conversation.store.transaction():
        Office(conversation, room.operator.now).dismiss(name)


@pytest.mark.parametrize("setting", ["samen", "overdragen"])
def test_who_was_dismissed_gives_no_trajectory_away(room: Room, setting: str) -> None:
    karin, _ = joined(room)
    lotte = room.kwartiermaker("Lotte", "Noord")
    link = link_in(karin.types(f"/traject {setting}"))
    dismissed(room, "Karin")
    assert DEAD in text_of(lotte.types(link))
    assert "Zutphen" not in text_of(lotte.types("/overzicht"))


def test_what_somebody_who_was_dismissed_set_ready_does_not_go_out(room: Room) -> None:
    karin, anna = joined(room)
    karin.types("/vraag Zutphen: Bel me even.")
    karin.presses_first("send", "preview")
    dismissed(room, "Karin")
    room.until(karin.now, days=2)
    assert "Bel me even" not in text_of(anna.seen)


def test_who_left_a_trajectory_gives_it_to_nobody(room: Room) -> None:
    karin, _ = joined(room)
    lotte, otto = room.kwartiermaker("Lotte", "Noord"), room.kwartiermaker("Otto")
    waiting = link_in(karin.types("/traject samen"))
    otto.types(link_in(karin.types("/traject samen")))
    otto.presses("join 0")
    lotte.types(waiting)
    karin.types("/traject verlaat")
    assert DEAD in text_of(lotte.presses("join 0"))
    assert "Zutphen" not in text_of(lotte.types("/overzicht"))


def test_an_older_link_does_not_move_a_seat_away_from_who_has_it_now(room: Room) -> None:
    _, anna = joined(room)
    older, newer = link_in(anna.types("/verhuizen")), link_in(anna.types("/verhuizen"))
    new, other = room.person("test:new"), room.person("test:other")
    new.types(newer)
    new.presses("join 0")
    anna.hears()
    anna.presses_first("move_yes")
    assert DEAD in text_of(other.types(older))
    assert new.values["pilot.name"] == "Jongeren aan zet"


def test_a_seat_that_was_erased_does_not_move(room: Room) -> None:
    _, anna = joined(room)
    new = room.person("test:new")
    new.types(link_in(anna.types("/verhuizen")))
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    assert DEAD in text_of(new.presses("join 0"))


def test_an_invitation_names_who_keeps_the_trajectory_now(room: Room) -> None:
    """Whoever says yes must know who sees them; and erasing that person takes the name along."""
    karin, _ = joined(room)
    bo = room.person("test:bo")
    link = link_in(karin.types("/uitnodigen Ede, Bo"))
    lotte = room.kwartiermaker("Lotte")
    lotte.types(link_in(karin.types("/traject overdragen")))
    lotte.presses("join 0")
    assert "Wat Lotte van je ziet" in text_of(bo.types(link))
    lotte.types("/vergeet")
    lotte.presses_first("/erase all")
    assert not [row for row in bo.store.rows("SELECT body FROM outbox WHERE chat = ?", bo.chat)
                if "Lotte" in row["body"]]  # fmt: skip


def test_nobody_is_invited_where_nobody_can_say_yes(room: Room) -> None:
    """With a colleague who stays, the same invitation works."""
    karin, _ = joined(room)
    bo, piet = room.person("test:bo"), room.person("test:piet")
    links = [link_in(karin.types(f"/uitnodigen {who}")) for who in ("Ede, Bo", "Ede, Piet")]
    lotte = room.kwartiermaker("Lotte")
    lotte.types(link_in(karin.types("/traject samen")))
    lotte.presses("join 0")
    dismissed(room, "Karin")
    assert "nodigt je uit" in text_of(bo.types(links[0]))
    dismissed(room, "Lotte")
    assert DEAD in text_of(piet.types(links[1]))


def test_a_link_that_could_not_be_followed_is_not_kept_with_the_error(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    karin, _ = joined(room)
    link = link_in(karin.types("/uitnodigen Ede, Bo"))
    bo = room.person("test:bo")
    with monkeypatch.context() as broken:
        broken.setattr("bot.engine.conversation.take_turn", None)
        bo.conversation.handle(Update("b1", bo.chat, bo.now, "text", link))
    (kept,) = dead_letters.waiting(bo.store)
    assert kept.update
    assert kept.update.text == "/start …"
    bo.conversation.retry(kept.id, kept.update, bo.now)
    assert "nodigt je uit" in text_of(bo.types(link))


def test_the_name_of_a_municipality_that_was_typed_under_a_menu_is_not_kept(room: Room) -> None:
    karin, _ = joined(room)
    for text in ("akkoord", "Mijn proef", "/gesprek"):
        karin.types(text)
    assert "Deelt alleen voortgang" in text_of(karin.types("Zutphen"))
    kept = karin.store.rows("SELECT text FROM updates WHERE chat = ?", karin.chat)
    assert not [row for row in kept if "Zutphen" in (row["text"] or "")]


def test_a_pasted_invitation_is_followed_and_is_no_answer(room: Room) -> None:
    karin, anna = joined(room)
    secret = link_in(karin.types("/uitnodigen Ede, Anna")).split()[1]
    before = anna.answer_rows()
    said = anna.types(f"Hallo Anna, ga naar https://t.me/guide_bot?start={secret} en doe mee.")
    assert "nodigt je uit" in text_of(said)
    assert anna.answer_rows() == before
    assert not [row for row in anna.store.rows("SELECT text FROM updates")
                if secret in (row["text"] or "")]  # fmt: skip


def test_an_invitation_that_nobody_followed_loses_its_name(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    karin.types("/uitnodigen Zutphen, Anna")
    karin.types("/uitnodigen Ede, Bo")
    karin.types("/uitnodigen")
    karin.presses_first("withdraw")
    for days, names in ((29, 2), (32, 1), (62, 0)):
        sweep(karin.conversation, karin.now + timedelta(days=days))
        left = karin.store.rows("SELECT name FROM links WHERE kind = 's' AND name <> ''")
        assert len(left) == names, days
