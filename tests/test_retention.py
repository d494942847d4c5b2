"""Years go by: what must go goes, what is held stays, and nobody is surprised."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from bot.engine.sweep import sweep
from flows.expiry import Aging, Keep, due, end, last_day, next_step
from storage.privacy import erasure, retention
from storage.privacy.holds import Holds
from storage.privacy.subject_access import Whole
from tests.people import START, Person, begun

if TYPE_CHECKING:
    from pathlib import Path

YEARS = float(os.environ.get("YEARS", "0.6"))  # noqa: TID251 - how long `make prove` looks
DAY = timedelta(days=1)
KEEP = Keep()


# ---------------------------------------------------------------- the pure part


def old(*, finished: bool = False, days: float = 0, warned: int = 0, ago: float = 0) -> Aging:
    return Aging(1, "c", "", finished, START - days * DAY, warned, START - ago * DAY)


@pytest.mark.parametrize(
    ("aging", "what", "in_days"),
    [
        (old(days=0), "announce", 76),
        (old(days=76, warned=1), "announce", 11),
        (old(days=87, warned=2), "erase", 3),
        (old(days=400), "announce", 90 - 400 - 14),
        (old(days=400, warned=1, ago=2), "announce", 9),
        (old(days=400, warned=2, ago=1), "erase", 2),
        (old(finished=True, days=0), "announce", 534),
        (old(finished=True, days=540, warned=1, ago=1), "erase", 8),
        (old(finished=True, days=548), "erase", 0),
        (old(finished=True, days=700), "erase", 548 - 700),
    ],
)
def test_what_happens_next(aging: Aging, what: str, in_days: float) -> None:
    step = next_step(aging, KEEP, START)
    assert (step.what, step.at - START) == (what, in_days * DAY)


def test_what_is_announced_is_when_it_goes() -> None:
    late = old(days=400)
    assert last_day(late, KEEP, START) == START + 14 * DAY
    assert last_day(old(days=76), KEEP, START) == end(old(days=76), KEEP) == START + 14 * DAY


def test_what_is_held_has_no_step() -> None:
    held = Aging(1, "c", "", finished=True, since=START - 9999 * DAY, held=True)
    assert due([held], KEEP, START) == []


# ---------------------------------------------------------------- on the real database


def test_a_canvas_goes_after_two_announcements(anna: Person) -> None:
    begun(anna, "Eerste proef")
    told = []
    for day in range(100):
        now = anna.now + day * DAY
        sweep(anna.conversation, now)
        for outgoing in anna.store.outbox.due(anna.chat):
            anna.store.outbox.sent(outgoing, now)
            told.append((day, outgoing.message.html))
        if not anna.store.knows(anna.chat):
            break
    assert [day for day, _ in told] == [76, 87]
    assert day == 90
    assert "Eerste proef gaat op 21 februari 2027 weg" in told[0][1]
    assert anna.store.rows("SELECT * FROM answers") == []
    done = anna.store.column("SELECT what FROM audit WHERE canvas = 1 ORDER BY id")
    assert done == ["agreed 1", "erased"]


def test_who_comes_back_stays(anna: Person) -> None:
    begun(anna, "Eerste proef")
    for _ in range(4):
        anna.now += 88 * DAY
        sweep(anna.conversation, anna.now)
        anna.starts()
    assert anna.values == {"pilot.name": "Eerste proef"}


def test_a_hold_stops_everyone(anna: Person) -> None:
    begun(anna, "Eerste proef")
    Holds(anna.store).hold(anna.canvas, "Griffie", "Woo-verzoek 12", anna.now)
    said = anna.types("/vergeet")
    assert "Woo-verzoek 12" in said[0].message.html
    anna.types("/erase all")
    with pytest.raises(erasure.Held, match="Griffie"):
        erasure.erase_person(anna.store, anna.chat, "operator", anna.now)
    sweep(anna.conversation, anna.now + 5000 * DAY)
    assert anna.values == {"pilot.name": "Eerste proef"}
    assert anna.store.rows("SELECT text FROM updates WHERE text = 'Eerste proef'"), "the record too"
    Holds(anna.store).release(anna.canvas, anna.now)
    assert anna.types("/vergeet")[-1].message.key == "forget_sure"


def test_technical_records_go_and_old_buttons_stay_polite(anna: Person) -> None:
    begun(anna, "Eerste proef", "Ede")
    old_button = anna.seen[-1]
    anna.types("/waar")
    anna.now += 31 * DAY
    sweep(anna.conversation, anna.now)
    counts = [anna.store.db[t].count for t in ("updates", "outbox", "aside")]
    assert counts[0] == counts[2] == 0
    assert {row["body"] for row in anna.store.rows("SELECT body FROM outbox")} == {""}
    assert anna.presses("started", old_button)
    assert anna.values["pilot.origin"] == "started"
    mine = Whole.of(anna.store, anna.chat)
    assert mine
    assert all(line["html"] for line in mine.told)


def test_the_audit_is_append_only(anna: Person) -> None:
    begun(anna, "Eerste proef", "/mijngegevens")
    for change in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(sqlcipher.DatabaseError, match="append-only"):
            anna.store.db.execute(change)
    sweep(anna.conversation, anna.now + 60 * DAY)
    assert anna.store.db["audit"].count == 2
    sweep(anna.conversation, anna.now + 366 * DAY)
    assert not [row for row in anna.store.rows("SELECT at FROM audit") if row["at"] < "2027-11"]


def test_a_changed_text_is_announced_once(anna: Person) -> None:
    begun(anna, "Eerste proef")
    anna.store.agreement = "9"
    assert sweep(anna.conversation, anna.now) == [anna.chat]
    assert sweep(anna.conversation, anna.now + DAY) == []
    assert [o.message.kind for o in anna.store.outbox.due(anna.chat)] == ["privacy_news"]


class Town:
    """People who come, walk, finish, stay away and come back, as time goes by."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, START
        self.random = random.Random(7)  # noqa: S311 - a story, told the same each time
        self.desk = Person(folder, "test:desk")
        self.people: list[Person] = []
        self.held: set[int] = set()
        self.told: dict[int, list[datetime]] = defaultdict(list)
        self.ends: dict[int, bool] = {}

    def day(self) -> None:
        self.now += DAY
        if self.random.random() < 0.15:
            self.comes()
        for person in self.people:
            if self.random.random() < 0.004 and self.desk.store.knows(person.chat):
                person.now = self.now
                self.walks(person)
        before = {a.canvas: a for a in retention.agings(self.desk.store)}
        sweep(self.desk.conversation, self.now)
        self.hears()
        self.checks(before)

    def comes(self) -> None:
        person = Person(self.folder, f"test:{len(self.people)}", now=self.now)
        self.people.append(person)
        person.starts()
        if self.random.random() < 0.8:
            begun(person, f"Proef {len(self.people)}")
            if self.random.random() < 0.1:
                self.held.add(person.canvas)
                Holds(self.desk.store).hold(person.canvas, "Griffie", "Woo", self.desk.now)
            if self.random.random() < 0.1:
                self.finishes(person)

    def walks(self, person: Person) -> None:
        person.starts()
        person.types("/nieuw" if self.random.random() < 0.3 else "Zutphen")

    def finishes(self, person: Person) -> None:
        self.desk.store.db.execute(
            "UPDATE canvases SET state = 'done', question = NULL, completed_at = ? WHERE id = ?",
            [self.now.isoformat(), person.canvas],
        )

    def hears(self) -> None:
        for chat in self.desk.store.outbox.waiting():
            for outgoing in self.desk.store.outbox.due(chat):
                self.desk.store.outbox.sent(outgoing, self.now)
                if outgoing.message.kind == "goes_soon":
                    self.told[outgoing.canvas or 0].append(self.now)

    def checks(self, before: dict[int, Aging]) -> None:
        assert retention.overdue(self.desk.store, self.now) == 0
        left = {a.canvas for a in retention.agings(self.desk.store)}
        assert self.held <= left, "every hold is kept"
        for canvas in before.keys() - left:
            since = [at for at in self.told[canvas] if at > before[canvas].since]
            assert len(since) == 2, "both announcements were sent"
            assert since[1] - since[0] >= 10 * DAY
            assert self.now - since[1] >= 3 * DAY
            self.ends[canvas] = before[canvas].finished


def test_years_go_by(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for _ in range(int(YEARS * 365)):
        town.day()
    assert len(town.ends) > 5 * YEARS
    assert town.held or YEARS < 1
    assert True in town.ends.values() or YEARS < 3
    print(f"{len(town.people)} people, {len(town.ends)} gone, {len(town.held)} held")  # noqa: T201
