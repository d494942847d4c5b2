"""Who takes part in a trajectory and erases everything is nowhere any more; others stay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.desks import Member, Room, text_of
from tests.test_erasing import rows

if TYPE_CHECKING:
    from pathlib import Path

MARK = "Zeldzaamwoord7f3a9"


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
