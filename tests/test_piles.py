"""Whatever a person piles up: every menu fits the channel, has pages, and costs others nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bot import cli
from bot.documents.house import read_house
from bot.documents.printer import Papers
from content.loader import newest
from content.messages.html import plain
from content.messages.render import PRIVACY_VERSION
from flows.intents.choices import units
from flows.intents.verbs import VERBS
from flows.model import lists
from flows.model.lists import MOST_PILOTS, Page, paged
from flows.model.messages import LANGUAGES
from flows.table import PRESSED
from storage.conversations import dead_letters
from storage.database.connection import open_database
from storage.store import Store
from tests import heaps
from tests.crowd import AT, FIRST, crowd
from tests.desks import OPERATOR, Room, link_in, text_of
from tests.people import START
from tests.phones import Phone
from tests.program import Program
from tests.standin import StandIn
from tests.storages import of_a_file, setting
from tests.talkers import Talker, p95, spread

if TYPE_CHECKING:
    from pathlib import Path

    from flows.model.messages import Language
    from storage.conversations.outbox import Outgoing
    from tests.desks import Member

BUTTONS, TEXT, DATA, LABEL = 100, 4_096, 64, 64
MANY = 10_000

ENDS = ("erase", "left", "leave", "forget", "stop", "agree")
"""Pressed last or never: they take away what the others need."""


# ---------------------------------------------------------------- every menu


def heaped(room: Room) -> tuple[Member, Member]:
    """(the kwartiermaker of far too much, an adviser with far too much)."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    store, keeper = karin.store, heaps_number(karin)
    seat = store.rows("SELECT id FROM seats")[0]["id"]
    with store.transaction():
        heaps.pilots(store, heaps_number(anna), MANY, held=40)
        heaps.trajectories(store, keeper, 300)
        heaps.actions(store, seat, 300)
        heaps.batches(store, seat, keeper, 150)
        heaps.appointing(store, 150)
        heaps.invitations(store, 1, keeper, 500)
        waiting = dict.fromkeys(range(heaps.LOW, heaps.LOW + 150), None)
        heaps.seats(store, waiting, 1, heaps.LONG_NAME)
    crowd(store, 60, 4)
    with store.transaction():
        run = store.db.execute
        run("UPDATE seats SET municipality = 'Zutphen' WHERE id < ?", [FIRST + 120])
        run("UPDATE seats SET municipality = substr(? || id, -60) WHERE id > ? AND id < ?",
            [heaps.LONG_NAME, FIRST + 120, heaps.LOW])  # fmt: skip
        run("INSERT INTO shares(seat, what, at) SELECT id, 'all', joined_at FROM seats "
            "WHERE true ON CONFLICT DO NOTHING")
        own = range(heaps.LOW, heaps.LOW + 40)
        for at, canvas in enumerate(own):
            run("INSERT INTO seats(trajectory, municipality, name, person, canvas, joined_at, "
                "confirmed_at) SELECT ?, 'Ede', 'Anna', ?, ?, joined_at, joined_at FROM seats "
                "WHERE id = ?", [heaps.LOW + at, heaps_number(anna), canvas, seat])  # fmt: skip
    return karin, anna


def heaps_number(somebody: Member) -> int:
    return int(somebody.store.rows("SELECT id FROM people WHERE chat = ?", somebody.chat)[0]["id"])


def fits(said: list[Outgoing]) -> None:
    assert len(said) <= 12, "a screen full, not a flood"
    for outgoing in said:
        message = outgoing.message
        assert units(plain(message.html)) <= TEXT, message.kind
        assert len(message.choices) <= BUTTONS, (message.kind, len(message.choices))
        for choice in message.choices:
            assert len(f"{outgoing.ref}:{choice.key}".encode()) <= DATA, choice.key
            assert 0 < units(choice.label) <= LABEL, choice


def explored(somebody: Member, commands: list[str]) -> set[str]:
    """Types every command and presses one of each kind of button; which were seen."""
    pressed: set[tuple[str, str]] = set()
    todo: list[tuple[Outgoing, str]] = []
    for command in commands:
        said = somebody.types(command)
        fits(said)
        todo += [(o, c.key) for o in said for c in o.message.choices]
    while todo:
        outgoing, key = todo.pop(0)
        kind = key.removeprefix("/").partition(" ")[0]
        kind += " page" if " page " in key else ""
        if (outgoing.message.key, kind) in pressed or kind in ENDS:
            continue
        pressed.add((outgoing.message.key, kind))
        said = somebody.presses(key, outgoing)
        fits(said)
        todo += [(o, c.key) for o in said for c in o.message.choices]
    return {kind for _, kind in pressed}


def words_of(language: Language) -> list[str]:
    """One typed word for each verb, of the dialogue and of the desk."""
    tree = newest().words[language]
    own = {verb.partition(" ")[0]: said[0] for verb, said in tree["commands"].items()}
    desk = {verb: said[0] for verb, said in tree["steering"]["commands"].items()}
    return [f"/{word}" for verb, word in {**own, **desk}.items()
            if verb not in (*ENDS, "language", "new")]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_menu_fits_whatever_was_piled_up(room: Room, language: Language) -> None:
    karin, anna = heaped(room)
    karin.store.db.execute("UPDATE people SET language = ?", [language])
    karin.store.db.execute("UPDATE trajectories SET language = ?", [language])
    forget = next(iter(newest().words[language]["commands"]["forget"]))
    of_karin = explored(karin, [*words_of(language), "/gesprek Zutphen", "/overzicht Zutphen",
                                "/vraag Zutphen: dag"])  # fmt: skip
    of_anna = explored(anna, [*words_of(language), f"/{forget}", f"/{forget} page 999",
                              "/pilots page 77"])  # fmt: skip
    of_operator = explored(room.person(OPERATOR), words_of(language))
    turns = {"list_page", "invite_page", "page", "pilots page", "forget page", "share_page",
             "log_page", "change"}  # fmt: skip
    assert turns - {"forget page"} <= of_karin | of_anna | of_operator
    for page in (1, 500, 10**9):
        fits(anna.types(f"/{forget} page {page}"))
        fits(anna.types(f"/pilots page {page}"))


def test_every_button_that_turns_a_page_is_known() -> None:
    """A new list brings its verb; a limit that nobody names here is seen."""
    turned = {verb for verb in PRESSED if verb.endswith("page")} - {"meeting_page"}
    assert turned == {
        "page", "log_page", "list_page", "invite_page", "share_page", "home_page",
    }  # fmt: skip
    assert {"pilots", "forget"} <= set(VERBS)
    assert {name for name in vars(lists) if name.startswith("MOST_")} == {
        "MOST_PILOTS", "MOST_SEATS", "MOST_TRAJECTORIES", "MOST_INVITATIONS", "MOST_AGREED",
        "MOST_SENT_OFF", "MOST_REMARKS", "MOST_LAPSED",
    }  # fmt: skip


def test_what_has_no_page_is_bounded_by_construction() -> None:
    """A part's questions in a menu of changes, and the actions on a canvas."""
    canvas = newest().guide.canvas
    for part in canvas.parts:
        assert len(canvas.by_part[part.key]) + 1 <= BUTTONS
    for question in canvas.questions:
        assert len(question.choices) + 5 <= BUTTONS
        if question.kind == "actions":
            assert question.at_most in (1, 2, 3)


# ---------------------------------------------------------------- pages and limits


def test_pages() -> None:
    assert paged(range(25), 1) == Page(tuple(range(10, 20)), 1, 3)
    assert paged(range(25), 99).items == tuple(range(20, 25))
    assert paged([], 3) == Page((), 0, 1)
    assert paged(range(25), 1).turns("p", " x") == {"p 0 x": True, "p 2 x": False}


def test_a_person_turns_the_pages_of_their_pilots(room: Room) -> None:
    anna = room.person("test:Anna")
    with anna.store.transaction():
        heaps.pilots(anna.store, heaps.person(anna.store, "test:Anna", 7), 23, held=3)
    said = anna.types("mijn pilots")[-1]
    assert "Bladzijde 1 van 3" in text_of([said])
    keys = [choice.key for choice in said.message.choices]
    assert keys == [*(f"/pilots {heaps.LOW + n}" for n in range(10)), "/pilots page 1", "/new",
                    "/again"]  # fmt: skip
    assert said.message.choices[10].label == "Volgende bladzijde"
    assert "Bladzijde 2 van 3" in text_of(anna.presses("/pilots page 1"))
    last = anna.presses("/pilots page 2")[-1]
    assert [c.label for c in last.message.choices][3:4] == ["Vorige bladzijde"]
    anna.presses(f"/pilots {heaps.LOW + 20}")
    assert anna.canvas == heaps.LOW + 20
    anna.types("/pilots 500005")
    assert anna.canvas == heaps.LOW + 5, "a number can be typed, on whatever page it is"
    forget = anna.types("vergeet")[-1]
    assert text_of([forget]).count("Griffie") == 0
    assert [c.key for c in forget.message.choices][:2] == ["/forget 500003", "/forget 500004"]
    assert "/forget all" not in {c.key for c in forget.message.choices}, "three are held"
    anna.presses("/forget page 1")
    anna.presses(f"/forget {heaps.LOW + 12}")
    anna.presses(f"/erase {heaps.LOW + 12}")
    assert heaps.LOW + 12 not in anna.store.canvases_of(anna.chat)


def test_nobody_else_pilots_are_listed_or_named(room: Room) -> None:
    anna, bas = room.person("test:Anna"), room.person("test:Bas")
    with anna.store.transaction():
        heaps.pilots(anna.store, heaps.person(anna.store, "test:Anna", 7), 3)
    bas.types("akkoord")
    bas.types("/start")
    bas.presses("agree")
    bas.types("Pilot van Bas")
    for said in (f"/pilots {heaps.LOW}", f"/forget {heaps.LOW}", f"/erase {heaps.LOW}"):
        assert "Súdwest" not in text_of(bas.types(said))
    assert len(anna.store.canvases_of("test:Anna")) == 3


def test_there_is_a_most_of_pilots_and_a_kind_sentence(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.person("test:Anna")
    with anna.store.transaction():
        heaps.pilots(anna.store, heaps.person(anna.store, "test:Anna", 700), MOST_PILOTS)
    said = anna.types("/nieuw")[-1]
    assert f"Je hebt {MOST_PILOTS} pilots" in text_of([said])
    assert [c.key for c in said.message.choices] == ["/pilots", "/forget", "/again"]
    assert "/new" not in {c.key for c in anna.types("/pilots")[-1].message.choices}
    anna.types(link_in(karin.types("/uitnodigen Ede, Anna")))
    offered = {c.key for o in anna.seen[-2:] for c in o.message.choices}
    assert "join 0" not in offered
    assert f"join {anna.canvas}" in offered
    anna.types("/forget")
    anna.presses(f"/forget {heaps.LOW}")
    anna.presses(f"/erase {heaps.LOW}")
    anna.types("/nieuw")
    assert len(anna.store.canvases_of("test:Anna")) == MOST_PILOTS


def test_an_old_yes_to_a_new_pilot_does_not_seat_another_one(room: Room) -> None:
    """The button is from before the limit; the place must not go to the pilot under way."""
    karin, anna = room.kwartiermaker("Karin", "Zuid"), room.person("test:Anna")
    with anna.store.transaction():
        heaps.pilots(anna.store, heaps.person(anna.store, "test:Anna", 700), MOST_PILOTS - 1)
    anna.types(link_in(karin.types("/uitnodigen Ede, Anna")))
    button = next(o for o in reversed(anna.seen) if "join 0" in {c.key for c in o.message.choices})
    anna.types("/nieuw")
    anna.types("Nog een")
    assert f"Je hebt {MOST_PILOTS} pilots" in text_of(anna.presses("join 0", button))
    assert anna.store.rows("SELECT * FROM seats") == []
    anna.presses(f"join {heaps.LOW + MOST_PILOTS - 2}", button)
    assert anna.store.rows("SELECT canvas FROM seats") == [{"canvas": heaps.LOW + MOST_PILOTS - 2}]


def test_there_is_a_most_of_places(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    with anna.store.transaction():
        for number in range(lists.MOST_SEATS - 1):
            heaps.seats(anna.store, {heaps_number(anna): None}, 1, f"Ede {number}")
    link = link_in(karin.types("/uitnodigen Epe, Anna"))
    assert "Je doet al mee op 20 plekken" in text_of(anna.types(link))
    anna.types("/delen")
    anna.presses_first("leave")
    anna.presses_first("left")
    assert "nodigt je uit" in text_of(anna.types(link)), "the invitation goes on working"


def test_the_other_limits_say_what_to_do(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    dora = room.kwartiermaker("Dora", "Noord")
    anna = room.adviser(karin, "Zutphen", "Anna")
    keeper, store = heaps_number(karin), karin.store
    with store.transaction():
        heaps.trajectories(store, keeper, lists.MOST_TRAJECTORIES)
        heaps.batches(store, 2, keeper, lists.MOST_SENT_OFF)
        heaps.invitations(store, 1, keeper, lists.MOST_INVITATIONS)
    seat = store.rows("SELECT id FROM seats")[0]["id"]
    with store.transaction():
        heaps.batches(store, seat, keeper, lists.MOST_SENT_OFF)
        heaps.actions(store, seat, lists.MOST_AGREED)
    assert "meer kan ik er niet voor je bijhouden" in text_of(karin.types("/traject nieuw Oost"))
    assert "Draag er eerst een over" in text_of(karin.types(link_in(dora.types("/traject samen"))))
    assert "Er is niets genoteerd" in text_of(karin.types("/verslag Zutphen\nA\nB\nmorgen"))
    assert "Trek er eerst een paar in" in text_of(karin.types("/uitnodigen Ede"))
    karin.types("/vraag Zutphen: dag")
    karin.presses_first("send")
    assert "Er staan al 20 berichten klaar" in text_of(karin.seen[-1:])
    anna.hears()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    (tmp_path / "one.csv").write_text("Ede,Bo\n", encoding="utf-8")
    for command, says in (
        (["invite", "1", "one.csv"], "invitations can be open"),
        (["add", "Oost", "--keeper", "Karin"], "keeps 50 trajectories"),
        (["prompt", "1", "--send"], "prompts wait already"),
    ):
        assert cli.run(["traject", *command]) == cli.TO_MEND
        assert says in capsys.readouterr().err


# ---------------------------------------------------------------- what it costs


@pytest.mark.parametrize("said", ["/waar", "Zutphen", "/pilots", "/forget", "/pilots page 900"])
def test_a_turn_reads_no_more_with_ten_thousand_pilots(room: Room, said: str) -> None:
    """Counted in statements and rows, which no busy machine changes."""
    read = []
    for number, count in ((7, 15), (8, MANY)):
        chat = f"test:{number}"
        somebody = room.person(chat)
        with somebody.store.transaction():
            heaps.pilots(somebody.store, heaps.person(somebody.store, chat, number), count,
                         first=heaps.LOW * number)  # fmt: skip
        rows = somebody.store.rows
        found: list[int] = []

        def counted(sql: str, *values: Any, then: Any = rows, of: Any = found, **named: Any) -> Any:
            got = then(sql, *values, **named)
            of.append(len(got))
            return got

        somebody.store.rows = counted  # type: ignore[method-assign]
        somebody.types(said)
        read.append((len(found), sum(found)))
    assert read[1][0] <= read[0][0] + 2
    assert read[1][1] <= read[0][1] + 12


@of_a_file  # counts what SQLite's own machine does
def test_a_turn_reads_no_more_after_ten_thousand_changes(room: Room) -> None:
    """Each change is kept; a turn goes from question to question, and reads the newest."""
    anna = room.person("test:Anna")
    with anna.store.transaction():
        heaps.pilots(anna.store, heaps.person(anna.store, "test:Anna", 7), 1)
        anna.store.db.conn.executemany(
            "INSERT INTO answers(canvas, question, id, value, at, by, message, size) "
            "VALUES (?, 'pilot.name', ?, ?, ?, 'h', '', 0)",
            [(heaps.LOW, n + 2, f'"Naam {n}"', AT) for n in range(MANY)],
        )
    steps: list[int] = []

    def stepped() -> int:
        steps.append(1)
        return 0

    anna.store.db.conn.set_progress_handler(stepped, 100)
    found = anna.store.given(heaps.LOW)
    anna.store.db.conn.set_progress_handler(None, 0)
    assert found["pilot.name"].value == f"Naam {MANY - 1}"
    assert len(steps) < 10, "a hundred steps of the database each"


def test_what_doctor_lists_ends(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = room.operator.store
    with store.transaction():
        heaps.pilots(store, heaps.person(store, "test:Anna", 7), 300, held=200)
        for number in range(200):
            error = ValueError(str(number))
            dead_letters.put_raw(store, {"update_id": number}, error, START)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    assert cli.run(["doctor"]) == 1
    said = capsys.readouterr()
    assert "and 190 more canvases are held" in said.out
    assert "200 updates were set aside" in said.err
    assert len((said.out + said.err).splitlines()) < 50


async def test_who_takes_all_of_very_many_pilots_leaves_room_for_others(room: Room) -> None:
    """A thousand of them, read one by one: between any two somebody else can be answered."""
    anna, turns, ended = room.person("test:Anna"), 0, asyncio.Event()
    with anna.store.transaction():
        heaps.pilots(anna.store, heaps.person(anna.store, "test:Anna", 7), 1_000)
    papers = Papers(anna.conversation, read_house(None))
    wanted = [o for o in anna.types("/mijngegevens") if o.message.document.startswith("json")]

    async def others() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    made = await papers.make(wanted[0])
    ended.set()
    await beside
    assert len(json.loads(made.content)["canvases"]) == 1_000
    assert turns >= 1_000


async def test_one_with_ten_thousand_pilots_makes_nobody_wait(tmp_path: Path) -> None:
    """Two hundred lists of them, within what a chat may send, while another answers."""
    db = open_database(tmp_path / "guide.db", tmp_path / "key")
    store = Store(db, agreement=PRIVACY_VERSION)
    store.pin(newest().version, {})
    with store.transaction():
        heaps.pilots(store, heaps.person(store, "1", 1), MANY)
    db.close()
    asked = ("mijn pilots", "vergeet", "/pilots page 500", "/vergeet", "/logboek", "/start")
    async with StandIn() as api, Program(tmp_path, api, api.token) as program:
        heavy, calm = Phone(api, 1), Talker(Phone(api, 2))
        await calm.starts()
        for number in range(200):
            await heavy.types(asked[number % len(asked)])
        began = asyncio.get_running_loop().time()
        for _ in range(20):
            await calm.goes_on()
            await asyncio.sleep(0.2)
        await heavy.waits(timeout=60, quiet=1)
        all_said = asyncio.get_running_loop().time() - began
        assert program.running.returncode is None
        longest = max(len(bubble.buttons) for bubble in heavy.view)
        assert api.refused == []
    sys.stdout.write(f"\n200 lists in {all_said:.1f} s; beside: {spread(calm.took)}\n")
    assert longest <= 14
    assert p95(calm.took) < max(1, all_said / 4), calm.took
