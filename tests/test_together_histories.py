"""Any history of three people on one canvas: nothing is lost, nothing is overwritten unseen.

They answer in two channels, by words, buttons, notes, edits and long pastes, two at once; they
settle, come, go, change parts and are erased, and the program starts anew in between.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.operators.exports import Export
from flows.advice.advice import advise
from tests.desks import Member, Room, link_in, text_of
from tests.storages import of_a_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.model.joint_canvas import JointCanvas

HISTORIES = int(os.environ.get("HISTORIES", "25"))  # noqa: TID251 - how long `make prove` looks

WORDS = {
    "impact.issue": ("Wachttijden", "Geldzorgen", "Eenzaamheid"),
    "pilot.organisation": ("Zutphen", "Lochem", "Brummen"),
}
CHOICES = {
    "impact.evidence": ("measured", "counts", "disappoints"),
    "routes.hinges": ("yes", "no", "nobody"),
}
QUESTIONS = (*WORDS, *CHOICES)
CHATS = {"Anna": "test:anna", "Karin": "test:karin", "Piet": "web:piet"}
NAMES = tuple(CHATS)
ACTS = (
    "says", "says", "says", "says", "notes", "adds", "unsure", "skips", "edits", "pastes",
    "at_once", "repeats", "chooses", "chooses", "keeps_both", "part", "leaves", "erases",
    "restarts",
)  # fmt: skip
HISTORY = st.lists(
    st.tuples(
        st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)
    ),
    min_size=8, max_size=20,
)  # fmt: skip
CONFLICT = "Jij zegt iets anders"
MANY = 1000  # histories among which every act comes to something
SEEN: Counter[str] = Counter()
"""How often each act did."""


@pytest.fixture(scope="module")
def began(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """Anna's canvas with Karin on it and, on the web, Piet: copied for each history."""
    folder = tmp_path_factory.mktemp("began")
    room = Room(folder)
    table = Table(folder, {name: room.person(chat) for name, chat in CHATS.items()})
    for name in NAMES:
        table.enters(name)
        table.people[name].hears()
    for person in room.people.values():
        person.store.close()
    yield table
    print(dict(SEEN))  # noqa: T201 - what the long form did
    assert HISTORIES < MANY or not set(ACTS) - set(SEEN), "what never happens proves nothing"


@of_a_file  # each begins with a copy of one
@settings(max_examples=HISTORIES, deadline=None)
@given(HISTORY)
def test_any_history_keeps_every_answer_with_its_author(
    began: Table, acts: list[tuple[str, int, int, int]]
) -> None:
    folder = Path(mkdtemp())
    table = began.copy(folder)
    try:
        _lives(table, acts)
    finally:
        table.closes()
        shutil.rmtree(folder)


def _lives(table: Table, acts: list[tuple[str, int, int, int]]) -> None:
    for act, who, question, which in acts:
        table.does(act, NAMES[who], QUESTIONS[question], which)
        table.holds()
    table.advises()


@dataclass
class Table:
    """Who is on the canvas, `there`, and what each said last since they came."""

    folder: Path
    people: dict[str, Member]
    there: list[str] = field(default_factory=list)
    said: dict[tuple[str, str], tuple[Any, str]] = field(default_factory=dict)

    def copy(self, folder: Path) -> Table:
        for name in ("guide.db", "key"):
            shutil.copy(self.folder / name, folder)
        copied = {
            name: Member(folder, one.chat, now=one.now, seen=[*one.seen], sent=[*one.sent])
            for name, one in self.people.items()
        }
        return Table(folder, copied, [*self.there])

    def closes(self) -> None:
        for person in self.people.values():
            person.store.close()

    def joint(self, name: str) -> JointCanvas | None:
        person = self.people[name]
        return person.store.walk(person.canvas).joint

    def role(self, name: str) -> str:
        joint = self.joint(name)
        return joint.role if joint else "owner"

    def value(self, question: str) -> Any:
        return self.people[self.there[0]].values.get(question)

    def does(self, act: str, name: str, question: str, which: int) -> None:
        now = max(p.now for p in self.people.values())
        for person in self.people.values():
            person.now = now
        if name not in self.there:
            self.enters(name)
        elif act in WAYS:
            self.says(act, name, question, which)
        else:
            getattr(self, act)(name, question, which)

    # ------------------------------------------------------------ coming and going

    def enters(self, name: str) -> None:
        """As the first, or by a link of whoever owns it; who left before comes back anew."""
        person = self.people[name]
        if not self.there:
            for text in ("start", "akkoord", "Wijkteams Zuid"):
                person.types(text)
        else:
            owner = next(n for n in self.there if self.role(n) == "owner")
            person.now = self.people[owner].now
            person.types(link_in(self.people[owner].types(f"/samen {name}, {owner}")))
            person.presses("join 0")
        self.there.append(name)

    def gone(self, name: str, *, all_of_them: bool) -> None:
        self.there.remove(name)
        if not all_of_them:
            own = {q: v for (n, q), (v, _) in self.said.items() if n == name and v is not None}
            kept = self.people[name].values
            assert {q: kept.get(q) for q in own} == own, "who leaves keeps what they said"
        self.said = {key: kept for key, kept in self.said.items() if key[0] != name}

    def leaves(self, name: str, _: str, which: int) -> None:
        if len(self.there) > 1 and not which:
            person = self.people[name]
            person.types("/samen")
            person.presses("quit")
            person.presses("quit_yes")
            self.gone(name, all_of_them=False)
            SEEN["leaves"] += 1

    def erases(self, name: str, _: str, which: int) -> None:
        if which:  # rarely: a history without people is short
            return
        person = self.people[name]
        person.types("/vergeet")
        if "/forget all" in [c.key for c in _choices(person)]:
            person.presses("/forget all")
        person.presses("/erase all")
        self.gone(name, all_of_them=True)
        SEEN["erases"] += 1

    def part(self, name: str, _: str, which: int) -> None:
        """Whoever owns it makes somebody else owner, colleague or reader."""
        others = [n for n in self.there if n != name]
        if self.role(name) == "owner" and others:
            one = self.people[others[which % len(others)]]
            part = next(p for p in PARTS[which:] + PARTS if p != self.role(others[0]))
            person = self.people[name]
            person.types("/samen")
            person.presses(f"member {one.canvas}")
            if any(c.key == f"part_is {one.canvas} {part}" for c in _choices(person)):
                person.presses(f"part_is {one.canvas} {part}")
                SEEN["part"] += 1

    def restarts(self, name: str, _: str, __: int) -> None:
        self.people[name].restart()
        SEEN["restarts"] += 1

    # ------------------------------------------------------------ saying

    def says(self, act: str, name: str, question: str, which: int) -> None:
        """An answer in one of many ways; a reader's comes to nothing."""
        before = self.value(question)
        alone = self.stands_alone(name, question)
        self.opens(name, question)
        other = next((n for n in self.there if n != name), "")
        if act == "at_once" and other:  # who answers what this person still looks at
            self.says("says", other, question, which + 1)
            before, alone = self.value(question), self.stands_alone(name, question)
        said = WAYS[act](self, name, question, which)
        if said is None or self.role(name) == "reader":
            return
        SEEN[act] += 1
        after = self.value(question)
        self.said[name, question] = said
        if before not in (None, "unknown", after):
            assert alone, f"{name} changed what somebody else stood behind"
        if said[0] not in (None, "unknown", after):
            assert CONFLICT in text_of(self.people[name].seen[-2:]), "who differs hears it"

    def stands_alone(self, name: str, question: str) -> bool:
        joint = self.joint(name)
        stand = joint.stands.get(question) if joint else None
        return not (joint and stand) or stand.for_it <= {joint.me}

    def opens(self, name: str, question: str) -> None:
        self.people[name].types(f"/change {question}")

    # ------------------------------------------------------------ settling

    def chooses(self, name: str, question: str, which: int) -> None:
        name, question = self._owner(name, question)
        person = self.people[name]
        found = self._offered(person, question, "choose_voice")
        if found:
            key = found[which % len(found)]
            order = int(key.split()[2])
            joint = self.joint(name)
            assert joint
            chosen = next(v.given.value for v in joint.voices if v.order == order)
            person.presses(key)
            assert self.value(question) == chosen
            SEEN["chooses"] += 1

    def keeps_both(self, name: str, question: str, _: int) -> None:
        name, question = self._owner(name, question)
        person, before = self.people[name], self.value(question)
        found = self._offered(person, question, "keep_both")
        if found:
            person.presses(found[0])
            assert self.value(question) == before
            SEEN["keeps_both"] += 1

    def _owner(self, name: str, question: str) -> tuple[str, str]:
        """Who can settle, and what there is to settle, where somebody asks for it in vain."""
        joint = self.joint(name)
        found = joint.differences if joint else {}
        owner = next(n for n in self.there if self.role(n) == "owner")
        return owner, question if question in found else next(iter(found), question)

    def _offered(self, person: Member, question: str, wanted: str) -> list[str]:
        person.types("/verschillen")
        if f"differ {question}" not in [c.key for c in _choices(person)]:
            return []
        person.presses(f"differ {question}")
        return [c.key for c in _choices(person) if c.key.startswith(wanted)]

    # ------------------------------------------------------------ what must hold

    def holds(self) -> None:
        """One canvas, whoever looks; each answer with its author; what differs is listed."""
        if not self.there:
            return
        views = [self.people[name].values for name in self.there]
        assert all(view == views[0] for view in views)
        joint = self.joint(self.there[0])
        if joint is None:
            assert len(self.there) == 1
            return
        assert sorted(m.name for m in joint.members) == sorted(self.there), joint.members
        assert [m.role for m in joint.members].count("owner") == 1
        who = {m.name: m.person for m in joint.members}
        for stand in joint.stands.values():
            assert stand.for_it | {stand.in_force.person} <= {*who.values()}, "nobody who left"
        for (name, question), (value, note) in self.said.items():
            self.stands(joint, who[name], question, value, note)

    def stands(self, joint: JointCanvas, person: int, question: str, value: Any, note: str) -> None:
        newest = {v.person: v.given for v in joint.newest(question)}
        if value is None:
            assert person not in newest
            return
        assert (newest[person].value, newest[person].note) == (value, note)
        stand = joint.stands[question]
        shown = {v.person for v in (*stand.others, *stand.settled)} | stand.for_it
        assert person in shown or value == "unknown"
        if not (stand.others or stand.settled) and value != "unknown":
            assert stand.in_force.given.value == value

    def advises(self) -> None:
        """The advice of everybody is that of what is in force, and of nothing else."""
        if not self.there:
            return
        person = self.people[self.there[0]]
        tree = json.loads(Export(person.conversation, "json", "summary").made(None) or b"")
        by_canvas = {canvas["id"]: canvas for canvas in tree["canvases"]}
        guide, joint = person.conversation.newest.guide, self.joint(self.there[0])
        force = {k: s.in_force.given.value for k, s in joint.stands.items()} if joint else None
        for name in self.there:
            found = by_canvas[self.people[name].canvas]
            advice = advise(guide.canvas, guide.rules, force or person.values)
            assert found["advice"]["gate"]["outcome"] == advice.gate.outcome
            fits = [(r["route"], r["fit"]) for r in found["advice"]["routes"]]
            assert fits == [(r.route, r.fit) for r in advice.routes]


PARTS = ("reader", "colleague", "owner")


def _choices(person: Member) -> Any:
    return next(o for o in reversed(person.seen) if o.message.choices).message.choices


# ---------------------------------------------------------------- ways of answering


def answers(table: Table, name: str, question: str, which: int) -> tuple[Any, str] | None:
    """By a button, or in words."""
    person = table.people[name]
    if question in WORDS:
        value = WORDS[question][which % 3]
        person.types(value)
        return value, ""
    value = CHOICES[question][which % 3]
    if value not in [c.key for c in _choices(person)]:
        return None  # a reader is offered nothing
    before = table.said.get((name, question), (None, ""))
    person.presses(value)
    _is_sure(person)
    return value, before[1] if before[0] == value else ""


def _is_sure(person: Member) -> None:
    """Other answers may stop counting: then it is asked once more."""
    sure = [c.key for c in _choices(person) if c.key.startswith("/sure")]
    if sure:
        person.presses(sure[0])


def notes(table: Table, name: str, question: str, which: int) -> tuple[Any, str] | None:
    """A choice with a sentence, in words."""
    person = table.people[name]
    if question in WORDS:
        return answers(table, name, question, which)
    value = CHOICES[question][which % 3]
    label = next((c.label for c in _choices(person) if c.key == value), None)
    if label is None:
        return None
    note = f"vooral in wijk {which}"
    person.types(f"{label}, {note}")
    _is_sure(person)
    return value, note


def adds(table: Table, name: str, question: str, which: int) -> tuple[Any, str] | None:
    """A choice, and what is said with it afterwards."""
    found = answers(table, name, question, which)
    if question in WORDS:
        return found
    table.people[name].types("toelichting: want dat zagen we")
    if found:
        return found[0], "\n".join(filter(None, (found[1], "want dat zagen we")))
    return found


def unsure(table: Table, name: str, _: str, __: int) -> tuple[Any, str] | None:
    table.people[name].types("weet ik nog niet")
    _is_sure(table.people[name])
    return "unknown", ""


def skips(table: Table, name: str, _: str, __: int) -> None:
    """What was answered before stays."""
    table.people[name].types("overslaan")
    SEEN["skips"] += 1


def edits(table: Table, name: str, question: str, which: int) -> tuple[Any, str] | None:
    """Answered in words, and the own message changed after that."""
    person = table.people[name]
    if question not in WORDS or table.role(name) == "reader":
        return None
    person.types(WORDS[question][(which + 1) % 3])
    sent = person.sent[-1].message
    value = WORDS[question][which % 3]
    person.edits(sent, value)
    return value, ""


def pastes(table: Table, name: str, question: str, _: int) -> tuple[Any, str] | None:
    """A long text that comes in two messages."""
    person = table.people[name]
    if question != "impact.issue" or table.role(name) == "reader":
        return None
    person.types("Lang verhaal. " * 290)
    person.types("En het einde.", after=0)
    value = person.store.walk(person.canvas).own[question].value
    assert str(value).startswith("Lang verhaal.")
    return value, ""


def repeats(table: Table, name: str, question: str, which: int) -> tuple[Any, str] | None:
    """The same text or press comes twice."""
    found = answers(table, name, question, which)
    if found:
        table.people[name].repeats(table.people[name].sent[-1])
    return found


WAYS: dict[str, Any] = {
    "says": answers, "at_once": answers, "notes": notes, "adds": adds, "unsure": unsure,
    "skips": skips, "edits": edits, "pastes": pastes, "repeats": repeats,
}  # fmt: skip
