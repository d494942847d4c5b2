"""Roles, verbs and objects around one shared canvas, and whoever answers by a link.

Whatever was pressed, filled in or followed by somebody whose it is not: nothing changes, and
nothing is read.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from flows.intents.at_desk import FORMS
from flows.model.forwarded import KEY_LETTERS
from flows.table import PRESSED, WHO
from tests.desks import FORGES, Member, Room, link_in, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORGED = int(os.environ.get("FORGED", "300"))  # noqa: TID251 - how long `make prove` looks
ISSUE, PLACE = "impact.issue", "impact.outcome"
SECRET = ("Merkteken-A", "Geheim-A", "Geheim-B", "Naam-F", "Zin-F")
SHARED_TABLES = (
    "canvases", "pilots", "settlements", "answers", "forwarded", "proposals", "links", "seats",
    "shares", "keepers", "kwartiermakers", "trajectories", "meetings", "agreed",
)  # fmt: skip
OWN_RIGHT = {
    "quit_yes", "forward_one", "leave", "left", "share", "share_summary", "take_back", "unsay",
}  # fmt: skip
"""What everybody may do with what is their own; a receipt is known to who has it alone."""


@dataclass
class Around:
    """Everybody around Anna's canvas; `objects`: what its buttons are about."""

    people: dict[str, Member]
    objects: tuple[str, ...]
    links: tuple[str, ...]

    def state(self) -> list[Any]:
        """All that a press or a form could have changed, but for what a canvas shows next."""
        store = self.people["owner"].store
        skipped = {"shows", "changed_at", "told", "plan", "picked", "state", "question"}
        rows = (store.rows(f"SELECT * FROM {t} ORDER BY 1, 2") for t in SHARED_TABLES)  # noqa: S608 - ours
        return [[{k: v for k, v in r.items() if k not in skipped} for r in some] for some in rows]


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Around:
    return cast(tmp_path_factory.mktemp("around"))


def cast(folder: Path) -> Around:
    room = Room(folder)
    keeper, other = room.kwartiermaker("Kim", "Zuid"), room.kwartiermaker("Lotte", "Noord")
    anna = room.adviser(keeper, "Zutphen", "Anna")
    anna.types("Merkteken-A")
    found = {
        "owner": anna, "colleague": room.person("test:bo"), "reader": room.person("web:rea"),
        "elsewhere": room.adviser(other, "Ede", "Cas"), "mate": room.person("web:dik"),
        "keeper": keeper, "other_keeper": other, "operator": room.operator,
        "stranger": room.person("test:stranger"), "answerer": room.person("web:faas"),
    }  # fmt: skip
    found["elsewhere"].types("Ander-E")
    for name, owner in (("colleague", anna), ("reader", anna), ("mate", found["elsewhere"])):
        found[name].now = owner.now
        found[name].types(link_in(owner.types(f"/samen {name}, Anna")))
        found[name].presses("join 0")
    for person, said in ((anna, "Geheim-A"), (found["colleague"], "Geheim-B")):
        person.types(f"/change {ISSUE}")
        person.types(said)
    anna.types("/samen")
    anna.presses(f"member {found['reader'].canvas}")
    anna.presses(f"part_is {found['reader'].canvas} reader")
    open_link = link_in(anna.types("/samen Nieuw"))
    asked = link_in(anna.types(f"/forward {PLACE}"))
    _answered(found["answerer"], asked)
    for person in found.values():
        person.hears()
    return Around(found, _objects(anna, found), (open_link, asked))


def _answered(one: Member, asked: str) -> None:
    one.types(asked)
    one.types("Zin-F")
    one.types("Naam-F, beheer")
    one.presses("send_reply")


def _objects(anna: Member, people: dict[str, Member]) -> tuple[str, ...]:
    """Numbers, keys and receipts of what is Anna's, as her own buttons name them."""
    (sent,) = anna.store.rows("SELECT receipt FROM proposals")
    (out,) = anna.store.rows("SELECT hash FROM forwarded")
    joint = anna.store.walk(anna.canvas).joint
    assert joint
    canvases = [people[name].canvas for name in ("owner", "colleague", "reader")]
    parts = [f"{n} {part}" for n in canvases for part in ("owner", "reader")]
    voices = [f"{ISSUE} {voice.order}" for voice in joint.newest(ISSUE)]
    links = [row["id"] for row in anna.store.rows("SELECT id FROM links WHERE kind IN ('p', 's')")]
    return tuple(map(str, (
        *canvases, *parts, *voices, ISSUE, sent["receipt"], out["hash"][:KEY_LETTERS], *links,
    )))  # fmt: skip


ROLES = (
    "colleague", "reader", "elsewhere", "mate", "keeper", "other_keeper", "operator", "stranger",
    "answerer",
)  # fmt: skip
ON_IT = ("owner", "colleague", "reader")
MINE = ("agreed", "anyone", "adviser")
OF_CANVASES = {verb for verb, (who, _, _) in PRESSED.items() if who in MINE} - OWN_RIGHT
FORMED = {verb for verb in FORMS if WHO[verb] in MINE} - OWN_RIGHT
MANY = 1000


def forged(person: Member, key: str) -> str:
    """A press on a button that the guide never showed, as if it had."""
    person.store.db.execute(FORGES, [person.chat, json.dumps([[key, "x", False]])])
    return text_of(person._does("press", 20, ref="1", text=key))  # noqa: SLF001


def tried(around: Around, role: str, verbs: set[str]) -> Iterator[str]:
    """Each verb about each thing of Anna's; in the short form some of them."""
    dice = random.Random(role)  # noqa: S311 - the same every time
    theirs = {str(around.people[name].canvas) for name in ("elsewhere", "mate")}
    about = [one for one in around.objects if one.partition(" ")[0] not in theirs]
    for verb in sorted(verbs):
        some = about if FORGED >= MANY else dice.sample(about, 2)
        yield from (f"{verb} {one}" for one in some)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_does_anything_with_what_is_anothers(around: Around, role: str) -> None:
    """Even where the button stood in the own chat: of its people, its answers, its links."""
    person, before = around.people[role], around.state()
    for key in tried(around, role, OF_CANVASES):
        said = forged(person, key)
        assert role in ON_IT or not [word for word in SECRET if word in said], key
    assert around.state() == before


@pytest.mark.parametrize("role", ROLES)
def test_no_form_does_what_no_button_would(around: Around, role: str) -> None:
    person, before = around.people[role], around.state()
    for key in tried(around, role, OF_CANVASES | FORMED):
        said = text_of(person._does("form", 20, text=key))  # noqa: SLF001
        assert role in ON_IT or not [word for word in SECRET if word in said], key
    assert around.state() == before


@pytest.mark.parametrize("role", ["reader", "colleague"])
def test_who_is_on_it_sees_what_differs_and_settles_nothing(around: Around, role: str) -> None:
    person = around.people[role]
    said = person.types("/verschillen")
    assert "Geheim-A" in text_of(said)
    assert "Geheim-B" in text_of(said)
    for one in (said, person.presses(f"differ {ISSUE}")):
        keys = {choice.key.partition(" ")[0] for choice in one[-1].message.choices}
        assert not keys & {"choose_voice", "keep_both", "member", "part_is", "remove"}


def test_a_reader_forwards_nothing_and_takes_nothing_over(around: Around) -> None:
    reader, before = around.people["reader"], around.state()
    for text in (f"/forward {PLACE}", "/forward", "/samen Erbij", "toelichting: ja", "/still"):
        reader.types(text)
    assert around.state() == before


def test_forged_links_and_presses_are_served_to_nobody(tmp_path: Path) -> None:
    """By anybody: presses of others, turned keys, turned links, forms with both."""
    around = cast(tmp_path)
    dice = random.Random(16)  # noqa: S311 - the same forgeries every time
    before, refs = around.state(), [o.ref for o in around.people["owner"].seen if o.ref]
    for number in range(FORGED):
        role = dice.choice(ROLES)
        person = around.people[role]
        for update in _forgery(around, dice, person, refs, f"f{number}"):
            said = text_of(person.gives(update))
            served = [word for word in SECRET if word in said] if role not in ON_IT else []
            assert not served, (role, update.kind, update.text)
    assert around.state() == before


def _forgery(
    around: Around, dice: random.Random, person: Member, refs: list[str], number: str
) -> Iterator[Any]:
    verb, about = dice.choice(sorted(OF_CANVASES)), dice.choice(around.objects)
    made = replace(around.people["owner"].sent[-1], id=number, chat=person.chat, at=person.now)
    way = dice.randrange(4)
    if way == 0:  # somebody else's button, where it stands in their chat
        yield replace(made, kind="press", text=f"{verb} {about}", ref=dice.choice(refs))
    elif way == 1:
        yield replace(made, kind="form", text=_form(around, dice, verb, about), ref="")
    elif way == 2:
        yield replace(made, kind="text", text=_turned(dice, dice.choice(around.links)), ref="")
        yield replace(made, id=f"{number}y", kind="press", text="join 0", ref=dice.choice(refs))
    else:
        key = f"{verb} {_turned(dice, about)}"
        yield replace(made, kind="press", text=key, ref=dice.choice(refs))


def _form(around: Around, dice: random.Random, verb: str, about: str) -> str:
    secret = _turned(dice, dice.choice(around.links).split()[1])
    fields = json.dumps({"text": "Vals", "keys": ["yes"], "name": "Vals"})
    return dice.choice([
        f"{verb} {about}", f"unsay_form {secret}", f"reply_form {secret} {fields}",
        f"reply_form {about} {fields}",
    ])  # fmt: skip


def _turned(dice: random.Random, text: str) -> str:
    """One letter another, one more, one less, or two that changed places."""
    at = dice.randrange(len(text) - 8, len(text)) if len(text) > 20 else len(text) - 1
    other = dice.choice([c for c in "abcdefgh0123456789" if c != text[at]])
    swapped = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    found = dice.choice([text[:at] + other + text[at + 1 :], f"{text}{other}", text[:-1], swapped])
    return f"{text}{other}" if found == text else found


def test_what_came_back_waits_for_who_reads_along_now(tmp_path: Path) -> None:
    """Its question went out before the part changed: the answer is not lost, nor taken over."""
    around = cast(tmp_path)
    anna, bo, faas = (around.people[name] for name in ("owner", "colleague", "answerer"))
    bo.types(f"/change {PLACE}")
    faas.now = bo.now
    _answered(faas, link_in(bo.types(f"/forward {PLACE}")))
    bo.hears()
    anna.types("/samen")
    anna.presses(f"member {bo.canvas}")
    anna.presses(f"part_is {bo.canvas} reader")
    before = bo.store.rows("SELECT * FROM proposals"), bo.answer_rows()
    assert "leest mee" in text_of(bo.presses_first("take_answer"))
    assert (bo.store.rows("SELECT * FROM proposals"), bo.answer_rows()) == before
