"""Pages of a trajectory take the verbs of the chat: the same roles, the same line of who looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from flows.intents.at_desk import FORMS
from flows.model.messages import Update
from flows.table import WHO
from tests.desks import Member, Room, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.model.desk import Desk
    from flows.model.turn import Turn

KEPT = (
    "updates", "outbox", "people", "chats", "kwartiermakers", "trajectories", "keepers", "links",
    "seats", "shares", "meetings", "agreed", "prompts", "drafts", "answers", "canvases",
)  # fmt: skip


@dataclass
class Two:
    """Karin keeps Zuid with Anna and Bo, and Oost with nobody; Lotte keeps Noord with Cas."""

    room: Room
    karin: Member
    lotte: Member
    anna: Member
    zuid: int
    noord: int


@pytest.fixture
def two(tmp_path: Path) -> Two:
    room = Room(tmp_path)
    karin, lotte = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Lotte", "Noord")
    anna = room.adviser(karin, "Zutphen", "Anna")
    room.adviser(karin, "Ede", "Bo")
    room.adviser(lotte, "Ommen", "Cas")
    karin.types("/traject nieuw Oost")
    rows = karin.store.rows("SELECT id, name FROM trajectories")
    numbers = {row["name"]: row["id"] for row in rows}
    return Two(room, karin, lotte, anna, numbers["Zuid"], numbers["Noord"])


def looks(person: Member, trajectory: int, said: str) -> tuple[Desk, Turn]:
    update = Update("", person.chat, person.now, "form", said, str(trajectory))
    context, turn = person.conversation.look(update)
    assert context.desk
    return context.desk, turn


def fills(person: Member, trajectory: int, said: str) -> str:
    return text_of(person._does("form", 20, text=said, ref=str(trajectory)))  # noqa: SLF001


def lines(person: Member) -> list[Any]:
    return person.store.column("SELECT what FROM audit WHERE who = 'keeper' ORDER BY id")


def kept(person: Member) -> list[object]:
    return [person.store.rows(f"SELECT * FROM {t}") for t in KEPT]  # noqa: S608 - ours


# ---------------------------------------------------------------- looking


@pytest.mark.parametrize(
    ("page", "command"),
    [("table", "/overzicht"), ("patterns", "/patronen"), ("paper {anna}", "/gesprek Zutphen")],
)
def test_a_page_leaves_the_line_that_the_command_leaves_and_no_more(
    two: Two, page: str, command: str
) -> None:
    two.karin.types("/traject Zuid")
    two.anna.types("/delen")
    two.anna.presses_first("share", "sharing")
    seat = two.karin.store.value("SELECT id FROM seats WHERE name = 'Anna'")
    before, so_far = kept(two.karin), len(lines(two.karin))
    looks(two.karin, two.zuid, page.format(anna=seat))
    assert kept(two.karin) == before
    left = lines(two.karin)[so_far:]
    assert left
    two.karin.types(command)
    assert lines(two.karin)[so_far + len(left) :] == left


def test_all_lines_stand_on_the_page_and_all_were_looked_at(two: Two) -> None:
    for number in range(8):
        two.room.adviser(two.karin, f"Dorp {number}", f"Dirk {number}")
    two.karin.store.db.execute("UPDATE seats SET trajectory = ? WHERE name LIKE 'D%'", [two.zuid])
    so_far = len(lines(two.karin))
    _, turn = looks(two.karin, two.zuid, "table")
    (reply,) = turn.replies
    assert len(reply.data["lines"]) == 10
    assert lines(two.karin)[so_far:] == ["looked overview"] * 10


@pytest.mark.parametrize("page", ["table", "patterns", "portfolio", "invite", "ask", "take csv"])
def test_a_trajectory_of_somebody_else_shows_nothing(two: Two, page: str) -> None:
    """Nor is another one shown in its place."""
    so_far = len(lines(two.karin))
    for person in (two.karin, two.anna):
        desk, turn = looks(person, two.noord, page)
        assert desk.current is None
        assert not [*desk.seats, *desk.links, *desk.near]
        assert not [reply.name for reply in turn.replies if reply.name in ("overview", "take_csv")]
    assert len(lines(two.karin)) == so_far


def test_a_look_changes_nothing_whatever_its_verb_would_do(two: Two) -> None:
    before, so_far = kept(two.karin), lines(two.karin)
    for said in ("invite Elst", "write text\nall\nHallo", "trajectory naam Anders", "erase 1", "x"):
        looks(two.karin, two.zuid, said)
    assert (kept(two.karin), lines(two.karin)) == (before, so_far)


# ---------------------------------------------------------------- filling in


def test_a_form_is_about_the_trajectory_of_its_page(two: Two) -> None:
    """Karin works on Oost in the chat; her page is of Zuid."""
    assert "Een uitnodiging voor Elst, Els" in fills(two.karin, two.zuid, "invite Elst, Els")
    (link,) = two.karin.store.rows("SELECT * FROM links WHERE municipality = 'Elst'")
    assert link["trajectory"] == two.zuid
    assert "Oost" in text_of(two.karin.types("/overzicht"))


def test_a_form_of_somebody_elses_trajectory_changes_nothing(two: Two) -> None:
    numbers = two.karin.store.row(
        "SELECT MAX(s.id) AS seat, MAX(l.id) AS link FROM seats s, links l WHERE l.trajectory = ?",
        two.noord,
    )
    assert numbers
    tables = KEPT[2:3] + KEPT[4:-1]
    before = [two.karin.store.rows(f"SELECT * FROM {t}") for t in tables]  # noqa: S608 - ours
    for person in (two.karin, two.anna):
        for verb in sorted(FORMS - {"appoint", "ask"}):
            for rest in ("", f" {numbers['seat']}", f" {numbers['link']}", " pdf", "\nall\nx"):
                said = fills(person, two.noord, f"{verb}{rest}")
                assert "Ommen" not in said, (verb, rest)
    assert [two.karin.store.rows(f"SELECT * FROM {t}") for t in tables] == before  # noqa: S608


def test_what_goes_out_is_said_at_once_and_sent_by_its_own_mark(two: Two) -> None:
    seat = two.karin.store.value("SELECT id FROM seats WHERE name = 'Anna'")
    said = fills(two.karin, two.zuid, f"write text\nseat {seat}\nEde: komt het uit?")
    assert "Dit gaat uit, naar 1 persoon: Zutphen, Anna" in said
    assert "Ede: komt het uit?" in said  # a name in the text is no other person
    key = next(c.key for c in two.karin.seen[-1].message.choices if c.key.startswith("send"))
    assert "Klaargezet voor 1 persoon" in fills(two.karin, two.zuid, key)
    assert "geregeld" in fills(two.karin, two.zuid, key)


def test_a_form_keeps_its_verb_and_no_names(two: Two) -> None:
    two.karin.types("/opnieuw")
    two.karin.starts()
    two.karin.types("akkoord")
    fills(two.karin, two.zuid, "invite Geheimdorp, Geheime Gerda")
    text = two.karin.store.value("SELECT text FROM updates WHERE kind = 'form'")
    assert text == "invite"


def test_every_form_is_a_verb_of_the_desk() -> None:
    assert set(WHO) >= FORMS
