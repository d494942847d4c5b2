"""Who takes part in a trajectory and erases everything is nowhere any more; others stay."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.commands.forget import forget
from bot.engine.sweep import sweep
from flows.model.messages import Update
from storage import restore
from storage.backups import copies
from storage.database.keys import read_keys
from storage.database.tombstones import erased_beside
from tests.desks import Member, Room, link_in, text_of
from tests.people import Person
from tests.storages import of_a_file
from tests.test_erasing import rows

if TYPE_CHECKING:
    from pathlib import Path

MARK = "Zeldzaamwoord7f3a9"
ANNA, KEES = "Annazeldzaam", "Keesbijzonder"


def busy(folder: Path) -> tuple[Room, Member, Member]:
    """A kwartiermaker, and Anna of Zutphen who answered, shared, and was looked at."""
    room = Room(folder)
    keeper = room.kwartiermaker("kees", "Jongeren Zuid")
    anna = room.adviser(keeper, "Zutphen", "anna")
    for text in ("akkoord", f"Pilot {MARK}", "Gemeente Zutphen", "1"):
        anna.types(text)
    anna.types("/delen")
    anna.presses_first("share")
    keeper.types("/overzicht")
    keeper.types("/gesprek Zutphen, 3 maart 10:00, stadhuis")
    return room, keeper, anna


def crowded(folder: Path) -> tuple[Room, Member, Member, Member]:
    """Everything that can name Anna or Kees to somebody else, sent or still to be sent."""
    room = Room(folder)
    keeper = room.kwartiermaker(KEES, "Jongeren Zuid")
    beside = room.kwartiermaker("Lotte")
    beside.types(link_in(keeper.types("/traject samen")))
    beside.presses("join 0")
    for text in ("akkoord", "Mijn eigen proef"):
        keeper.types(text)
    keeper.types(f"/uitnodigen Zutphen, {ANNA}")
    keeper.types("/uitnodigen")
    keeper.presses_first("renew")
    anna = room.adviser(keeper, "Zutphen", ANNA)
    for text in ("akkoord", f"Pilot {MARK}", "Gemeente Zutphen", "1"):
        anna.types(text)
    anna.types("/delen")
    anna.presses_first("share")
    for text in ("/overzicht", "/gesprek Zutphen", "/portfolio", f"/uitnodigen Ede, {ANNA} Twee",
                 "/gesprek Zutphen, 3 maart 10:00, stadhuis", "/patronen", "/vraag Zutphen",
                 f"/verslag Zutphen\nWe bellen {ANNA}\n{ANNA}\nvolgende week"):  # fmt: skip
        keeper.types(text)
    keeper.presses_first("send", "preview")
    anna.types(f"/bericht {MARK}, zegt {ANNA}")
    for one in (keeper, beside):
        one.hears()
        one.presses_first("remarks_of")
    beside.types("/overzicht")
    room.until(anna.now, days=2)
    for member in (keeper, beside):  # said, and not sent yet
        member.conversation.handle(Update("late", member.chat, anna.now, "text", "/overzicht"))
    return room, keeper, beside, anna


def hits(member: Member, *words: str) -> list[str]:
    """Where any of these words still stands, in files that were sent too."""
    found = []
    for table, kept in rows(member.store).items():
        for row in kept:
            said = json.dumps(row, default=str, ensure_ascii=False)
            said += packed(row["body"]) if table == "outbox" and row["body"] else ""
            said = re.sub(r"test:\w+", "", said)  # a farewell has the number of its chat
            found += [
                f"{table}: {said[:300]}" for word in words if word.casefold() in said.casefold()
            ]
    return found


def packed(body: str) -> str:
    """What stands in the spreadsheets and archives of a message."""
    text = json.loads(body).get("file_text", "")
    try:
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(text, validate=True)))
    except (ValueError, zipfile.BadZipFile):
        return str(text)
    return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_nobody_is_left_with_the_name_of_an_adviser_who_erased_everything(tmp_path: Path) -> None:
    _, keeper, beside, anna = crowded(tmp_path)
    assert len({line.partition(":")[0] for line in hits(anna, ANNA, MARK)}) > 5
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    left = [line for line in hits(keeper, MARK, ANNA) if f"{ANNA} Twee" not in line]
    assert left == []
    said = text_of(keeper.flush() + beside.flush())
    assert ANNA not in said, "what was not sent yet never is"
    assert "Zutphen" not in text_of(keeper.types("/overzicht")).partition("nog open")[0]


def test_a_canvas_takes_its_shared_words_along(tmp_path: Path) -> None:
    _, keeper, _, anna = crowded(tmp_path)
    anna.types("/nieuw")
    anna.types("Andere proef")
    anna.types("/vergeet")
    first = min(anna.store.canvases_of(anna.chat))
    anna.presses_first(f"/forget {first}")
    anna.presses_first(f"/erase {first}")
    assert hits(keeper, MARK) == []


def test_nobody_is_left_with_the_name_of_a_kwartiermaker_who_went(tmp_path: Path) -> None:
    room, keeper, _, anna = crowded(tmp_path)
    room.operator.types("/kwartiermaker")
    assert len({line.partition(":")[0] for line in hits(anna, KEES)}) > 2
    keeper.types("/vergeet")
    keeper.presses_first("/erase all")
    assert hits(anna, KEES) == []
    assert anna.values["pilot.name"] == f"Pilot {MARK}"


def test_others_keep_their_messages(tmp_path: Path) -> None:
    """What names somebody else, and is still to be pressed, stays as it is."""
    room, keeper, _, anna = crowded(tmp_path)
    bo = room.person("test:bo")
    bo.types(link_in(keeper.types("/uitnodigen Deventer, Bo")))
    bo.presses("join 0")
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    assert "Bo" in text_of(keeper.hears())
    keeper.presses_first("admit", "wants_in")
    assert "bevestigd" in text_of(bo.hears())


def test_an_adviser_who_forgets_everything_leaves_no_seat(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    assert "Zutphen" in text_of(keeper.types("/overzicht"))
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    kept = rows(anna.store)
    assert not kept["seats"]
    assert not kept["shares"]
    assert MARK not in json.dumps(kept, default=str)
    assert "anna" not in json.dumps([kept["links"], kept["prompts"]], default=str)
    assert MARK not in text_of(keeper.types("/overzicht"))


def test_a_pilot_that_goes_takes_its_seat_along(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    canvas = anna.canvas
    anna.types("/vergeet")
    anna.presses_first("/erase")
    kept = rows(anna.store)
    assert MARK not in json.dumps(kept, default=str)
    assert not [seat for seat in kept["seats"] if seat["canvas"] == canvas]
    assert MARK not in text_of(keeper.types("/overzicht"))


def test_a_kwartiermaker_who_goes_leaves_the_advisers_alone(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    keeper.types("/vergeet")
    keeper.presses_first("/erase all")
    kept = rows(anna.store)
    assert not kept["kwartiermakers"]
    assert not kept["keepers"]
    assert "kees" not in json.dumps(kept["links"], default=str)
    assert anna.values["pilot.name"] == f"Pilot {MARK}"


def test_my_data_hold_the_seat_and_what_is_shared(tmp_path: Path) -> None:
    _, _, anna = busy(tmp_path)
    said = anna.types("/mijngegevens")
    found = json.loads(anna.papers(said)[1].content)["trajectories"]
    assert [seat["municipality"] for seat in found["seats"]] == ["Zutphen"]
    assert found["shares"]


def test_a_kwartiermaker_without_a_pilot_gets_their_data(tmp_path: Path) -> None:
    _, keeper, _ = busy(tmp_path)
    said = keeper.types("/mijngegevens")
    tree = json.loads(keeper.papers(said)[1].content)
    assert tree["trajectories"]["kwartiermaker"][0]["name"] == "kees"


def test_a_link_that_waits_for_an_answer_does_not_hide_whom_a_message_names(
    tmp_path: Path,
) -> None:
    room, keeper, anna = busy(tmp_path)
    lotte = room.kwartiermaker("lotte", "Noord")
    keeper.types(link_in(lotte.types("/traject samen")))
    assert "anna" in text_of(keeper.types("/overzicht"))
    anna.types("/vergeet")
    anna.presses_first("/erase all")
    assert hits(keeper, "anna") == []


@of_a_file  # with a backup of it
def test_what_moved_and_was_erased_does_not_come_back_from_before_the_move(tmp_path: Path) -> None:
    room, _, anna = busy(tmp_path)
    database, key = tmp_path / "guide.db", tmp_path / "key"
    copy = copies.Places(database, key, tmp_path / "copies").back_up(anna.store, anna.now)
    new = room.person("test:new")
    new.store.erased = erased_beside(database, read_keys(database, key))
    new.types(link_in(anna.types("/verhuizen")))
    new.presses("join 0")
    anna.hears()
    anna.presses_first("move_yes")
    new.types("/vergeet")
    new.presses_first("/erase all")
    for person in room.people.values():
        person.store.close()
    restore.put_back(copy, database, key, anna.now)
    assert MARK not in json.dumps(rows(Person(tmp_path).store), default=str)


def test_erasing_a_pilot_gives_no_room_for_more_prompts(tmp_path: Path) -> None:
    """Two a week is for the person, however many pilots they have."""
    room, keeper, anna = busy(tmp_path)
    keeper.types("/vraag")
    for move in ("kind again", "target all", "send"):
        keeper.presses_first(move)
    room.until(anna.now, days=1)
    handed = rows(anna.store)["handed"]
    anna.types("/nieuw")
    anna.types("Andere proef")
    first = min(anna.store.canvases_of(anna.chat))
    anna.types("/vergeet")
    anna.presses_first(f"/forget {first}")
    anna.presses_first(f"/erase {first}")
    assert [row["at"] for row in rows(anna.store)["handed"]] == [row["at"] for row in handed]
    assert handed


def test_a_button_about_who_went_appoints_nobody_else(tmp_path: Path) -> None:
    """Whoever comes next may have the number that the button names."""
    room = Room(tmp_path)
    links = [link_in(room.operator.types(f"/kwartiermaker {name}")) for name in ("Anna", "Bo")]
    anna, bo = room.person("test:anna"), room.person("test:bo")
    anna.types(links[0])
    anna.presses("join 0")
    room.operator.hears()
    forget(room.operator.store, anna.chat, None, anna.now)
    bo.types(links[1])
    bo.presses("join 0")
    room.operator.presses_first("appoint_yes")
    assert not bo.store.rows("SELECT * FROM kwartiermakers WHERE confirmed_at IS NOT NULL")


def test_words_of_a_kwartiermaker_who_went_are_nowhere_and_no_longer_go_out(tmp_path: Path) -> None:
    room, keeper, anna = busy(tmp_path)
    keeper.types(f"/vraag Zutphen: Groet van {KEES}")
    keeper.presses_first("send", "preview")
    room.until(anna.now, days=1)
    assert KEES in text_of(anna.seen[-1:])
    keeper.types(f"/vraag Zutphen: Nog een groet van {KEES}")
    keeper.presses_first("send", "preview")
    keeper.types("/vergeet")
    keeper.presses_first("/erase all")
    assert hits(anna, KEES) == []
    before = len(anna.seen)
    room.until(anna.now, days=9)
    assert KEES not in text_of(anna.seen[before:])


def test_who_is_named_under_buttons_whose_words_went_can_be_erased(tmp_path: Path) -> None:
    _, keeper, anna = busy(tmp_path)
    later = keeper.now + timedelta(days=31)
    sweep(keeper.conversation, later)
    wordless = keeper.store.rows("SELECT id FROM outbox WHERE body = '' AND about IS NOT NULL")
    assert wordless
    forget(keeper.store, anna.chat, None, later)
    assert not hits(keeper, MARK, "anna")
