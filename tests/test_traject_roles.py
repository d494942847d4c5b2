"""Who gets what: every role times every command, button and link. The table is `WHO`."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from content.loader import newest
from flows.model.messages import Update
from flows.table import PRESSED, TYPED
from storage.database.rows import ref_of
from tests.desks import FORGES, Member, Room, link_in, text_of

if TYPE_CHECKING:
    from pathlib import Path

FORGED = int(os.environ.get("FORGED", "300"))  # noqa: TID251 - how long `make prove` looks

WORDS = newest().words["nl"]["steering"]["commands"]
COMMAND = {verb: f"/{words[0]}" for verb, words in WORDS.items()} | {
    "appoint": "/kwartiermaker Piet",
}
"""What is typed for each verb, with what it needs behind it."""

ROLES = {
    "stranger": {"anyone"},
    "adviser": {"anyone", "agreed", "adviser"},
    "colleague": {"anyone", "agreed", "adviser"},
    "elsewhere": {"anyone", "agreed", "adviser"},
    "keeper": {"anyone", "agreed", "keeper"},
    "other_keeper": {"anyone", "agreed", "keeper"},
    "former_keeper": {"anyone", "agreed"},
    "operator": {"anyone", "agreed", "operator"},
    "answerer": {"anyone"},
}
MARKERS = {"adviser": "Merkteken-A", "colleague": "Merkteken-C", "elsewhere": "Merkteken-E"}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Member]:
    return cast(tmp_path_factory.mktemp("roles"))


def cast(folder: Path) -> dict[str, Member]:
    """Everybody, around two trajectories."""
    room = Room(folder)
    keeper = room.kwartiermaker("Karin", "Zuid")
    other = room.kwartiermaker("Lotte", "Noord")
    former = room.kwartiermaker("Frits", "Oud")
    found = {
        "stranger": room.person("test:stranger"),
        "adviser": room.adviser(keeper, "Zutphen", "Anna"),
        "colleague": room.adviser(keeper, "Zutphen", "Bo"),
        "elsewhere": room.adviser(other, "Ede", "Cas"),
        "keeper": keeper, "other_keeper": other, "former_keeper": former,
        "operator": room.operator,
    }  # fmt: skip
    for name, marker in MARKERS.items():
        found[name].types(marker)
    found["answerer"] = room.person("test:answerer")
    found["answerer"].types(link_in(found["adviser"].types("/forward impact.issue")))
    former.store.db.execute("UPDATE kwartiermakers SET ended_at = 'x' WHERE name = 'Frits'")
    return found


def state(person: Member) -> list[object]:
    """Everything that steering could have changed."""
    tables = (
        "kwartiermakers", "trajectories", "keepers", "links", "seats", "shares", "meetings",
        "agreed", "prompts", "answers", "remarks",
    )  # fmt: skip
    return [person.store.rows(f"SELECT * FROM {t} ORDER BY 1") for t in tables]  # noqa: S608


def test_every_command_is_tried() -> None:
    assert set(COMMAND) == set(TYPED)


@pytest.mark.parametrize("role", ROLES)
def test_every_command_for_every_role(people: dict[str, Member], role: str) -> None:
    person = people[role]
    others = {m for name, m in MARKERS.items() if name != role}
    for verb, command in COMMAND.items():
        said = person.types(command)
        kinds = STEERED | ({"home"} if verb in ("home", "trajectory") else set())
        steered = any(o.message.kind in kinds for o in said)
        assert steered == (TYPED[verb][0] in ROLES[role]), text_of(said)
        assert not [m for m in others if m in text_of(said)]


def _kinds() -> set[str]:
    from content.loader import newest  # noqa: PLC0415

    return set(newest().words["nl"]["steering"]["say"]) - GREETING


GREETING = {"hello", "home"}
"""What somebody at the desk hears to whatever means nothing there."""

STEERED = _kinds()


@pytest.mark.parametrize("role", ROLES)
def test_every_button_for_every_role(people: dict[str, Member], role: str) -> None:
    """A button that was never shown does nothing, whoever presses it, whatever number it names."""
    person = people[role]
    before = state(person)
    for verb in PRESSED:
        for number in ("", " 2", " 4 all"):
            said = person._does("press", 20, ref="zz", text=f"{verb}{number}")  # noqa: SLF001
            assert not [m for n, m in MARKERS.items() if n != role and m in text_of(said)]
    assert state(person) == before


@pytest.mark.parametrize("role", ROLES)
def test_a_button_of_another_role_is_not_served(people: dict[str, Member], role: str) -> None:
    """Even where the asking exists in the own chat, as after a role was lost."""
    person = people[role]
    person.starts()
    before = state(person)
    for verb in (verb for verb, (needed, _, _) in PRESSED.items() if needed not in ROLES[role]):
        person.store.db.execute(
            FORGES,
            [person.chat, f'[["{verb} 2", "x", false]]'],
        )
        said = person._does("press", 20, ref="1", text=f"{verb} 2")  # noqa: SLF001
        assert [o.message.kind for o in said] == ["not_yours"]
    assert state(person) == before


@pytest.mark.parametrize("role", ["other_keeper", "elsewhere", "colleague"])
def test_the_right_role_with_the_numbers_of_another(people: dict[str, Member], role: str) -> None:
    """A role opens a verb, not what belongs to somebody else: Anna's seat, Karin's links."""
    person = people[role]
    people["keeper"].types("/uitnodigen Deventer, Dirk")
    seat = person.store.rows("SELECT id FROM seats WHERE name = 'Anna'")[0]["id"]
    link = person.store.rows("SELECT MAX(id) AS id FROM links")[0]["id"]
    person.starts()
    before = state(person)
    for verb in PRESSED:
        for rest in (f" {seat}", f" {seat} all", f" {link}", f" town {seat}", " 1"):
            key = f"{verb}{rest}"
            if PRESSED[verb][0] not in ROLES[role] or PRESSED[verb][0] == "agreed":
                continue
            person.store.db.execute(
                FORGES,
                [person.chat, f'[["{key}", "x", false]]'],
            )
            said = person._does("press", 20, ref="1", text=key)  # noqa: SLF001
            assert "Merkteken-A" not in text_of(said), key
            assert "Zutphen" not in text_of(said) or role == "colleague", key
    assert state(person) == before


@pytest.mark.parametrize("role", ROLES)
def test_every_link_for_every_role(people: dict[str, Member], role: str) -> None:
    """Following a link shows who invites, and uses nothing up."""
    keeper = people["keeper"]
    link = link_in(keeper.types("/uitnodigen Deventer"))
    before = keeper.store.rows("SELECT * FROM links WHERE used_at IS NOT NULL")
    said = text_of(people[role].types(link))
    assert ("Dit is je eigen link" in said) == (role == "keeper")
    assert ("nodigt je uit" in said) == (role != "keeper")
    assert keeper.store.rows("SELECT * FROM links WHERE used_at IS NOT NULL") == before


def test_forged_and_replayed_presses_change_nothing(tmp_path: Path) -> None:
    people = cast(tmp_path)
    dice = random.Random(6)  # noqa: S311 - the same forgeries every time
    names = list(people)
    presses = [(n, u) for n in names for u in people[n].sent if u.kind == "press"]
    refs = [(o.ref, c.key) for n in names for o in people[n].seen for c in o.message.choices
            if o.message.key.startswith("steer.")]  # fmt: skip
    before = state(people["keeper"])
    for number in range(FORGED):
        person = people[dice.choice(names)]
        if dice.random() < 0.3 and presses:
            _, update = dice.choice(presses)
            # somebody else's press, or the own one again, long after
            forged = replace(update, id=f"f{number}", chat=person.chat, at=person.now)
        else:
            ref, key = dice.choice(refs)
            wrong = dice.choice([key, f"{key} 1", key.upper(), f"admit {dice.randrange(9)}"])
            forged = replace(person.sent[0], id=f"f{number}", kind="press", ref=ref, text=wrong)
            forged = replace(forged, at=person.now)
            if any(o.ref == ref and wrong in {c.key for c in o.message.choices}
                   for o in person.seen):  # fmt: skip
                continue
        said = person.gives(forged)
        words = text_of(said)
        assert not [m for n, m in MARKERS.items() if people[n] is not person and m in words]
    assert state(people["keeper"]) == before


def test_a_hundred_at_once_and_one_wins(tmp_path: Path) -> None:
    """A hundred chats follow the link before anybody confirms; then all confirm."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    link = link_in(karin.types("/uitnodigen Ede"))
    crowd = [room.person(f"test:{n}") for n in range(int(os.environ.get("CROWD", "100")))]  # noqa: TID251
    for one in crowd:
        one.types(link)
    for one in crowd:
        one.presses("join 0")
    assert sum("Je doet mee" in text_of(one.seen) for one in crowd) == 1
    assert karin.store.rows("SELECT COUNT(*) AS n FROM seats")[0]["n"] == 1


def test_a_hundred_threads_and_one_wins(tmp_path: Path) -> None:
    """The same row from many connections at once: the database lets one through."""
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    link = link_in(karin.types("/uitnodigen Ede"))
    for number in range(20):
        room.person(f"test:{number}").types(link)
    won: list[int] = []

    def joins(number: int) -> None:
        person = Member(tmp_path, f"test:{number}")
        ref = person.store.row("SELECT shows FROM chats WHERE chat = ?", person.chat) or {}
        update = Update(
            f"t{number}", person.chat, person.now, "press", "join 0", ref_of(ref["shows"])
        )
        person.conversation.handle(update)
        won.extend([number] if "Je doet mee" in text_of(person.flush()) else [])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(joins, range(20)))
    assert len(won) == 1
