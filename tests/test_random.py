"""A person who does anything at all: never an exception, always an answer, nothing lost."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from content.messages.html import LIMIT, plain
from flows.intents.choices import units
from flows.intents.text import clean
from flows.table import STATES
from tests.people import Person
from tests.telegram_html import problem

if TYPE_CHECKING:
    from storage.conversations.outbox import Outgoing

WALKS = int(os.environ.get("WALKS", "15"))  # noqa: TID251 - how long `make prove` looks
COMMANDS = [
    "/terug",
    "/overslaan",
    "/uitleg",
    "/waar",
    "/pauze",
    "/samenvatting",
    "/wijzig",
    "/taal",
    "/diepte",
    "/pilots",
    "/nieuw",
    "/document",
    "/help",
    "/privacy",
    "/mijngegevens",
    "/vergeet",
    "/erase",
    "/back",
    "/skip",
    "/look",
    "/half_pages",
    "/five",
    "/akkoord",
    "/stop",
    "/klaar",
    "/next",
    "/zomaar",
    "/wijzig@bot",
    "/sure",
    "/forward",
    "/unknown",
    "/other",
    "/tick",
    "/answer",
    "/edit",
    "/piece",
]
WORDS = [
    "terug",
    "klaar",
    "uitgebreid",
    "kort",
    "stop",
    "akkoord",
    "uitleg",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "ja",
    "nee",
    "deels",
    "neee",
]
OPEN_KINDS = ("line", "text")


class Anybody(RuleBasedStateMachine):
    """Rows of answers may only be added, one at a time, and only by who gives an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.person = Person(Path(self.folder.name))
        self.rows: list[tuple[str, Any]] = []
        self.kept: dict[int, list[tuple[str, Any]]] = {}
        self.since = 0

    @initialize()
    def hello(self) -> None:
        self.check(self.person.starts(), answers=0)
        self.check(self.person.presses("agree"), answers=0)

    # ------------------------------------------------------------ what a person does

    @rule(data=st.data())
    def presses_what_is_shown(self, data: st.DataObject) -> None:
        shown = next(o for o in reversed(self.person.seen) if o.message.choices)
        choice = data.draw(st.sampled_from(shown.message.choices))
        self.check(self.person.presses(choice.key, shown))

    @rule(data=st.data())
    def presses_an_old_button(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from([o for o in self.person.seen if o.message.choices]))
        choice = data.draw(st.sampled_from(old.message.choices))
        before = self.person.values if old.canvas == self.person.canvas else {}
        self.check(self.person.presses(choice.key, old))
        if old.message.key in before and old.ref != self.newest.ref and self.is_answer(choice.key):
            assert self.person.store.given(old.canvas or 0)[old.message.key].value is not None

    @rule(choice=st.text(max_size=70), ref=st.text(alphabet="0123456789az", max_size=9))
    def presses_a_forged_button(self, choice: str, ref: str) -> None:
        forged = self.person.seen[-1]
        self.person.seen.append(forged.__class__(0, forged.chat, ref, None, self.newest.message))
        self.check(self.person.presses(choice, self.person.seen.pop()))

    @rule(text=st.text(st.characters(), max_size=300))
    def types_anything(self, text: str) -> None:
        self.check(self.person.types(text))

    @rule(text=st.sampled_from(["Een wijk vol zorgen", "Meer rust <b>thuis</b> & {{ geld }}"]))
    def types_a_sentence(self, text: str) -> None:
        key, canvas = self.person.asked, self.person.canvas
        question = self.person.conversation.content_of(canvas).guide.canvas.get(key)
        assume(question and question.kind in OPEN_KINDS)
        self.check(self.person.types(text), answers=1)
        assert self.person.store.given(canvas)[key].value == clean(text)

    @rule(length=st.integers(3_900, 30_000))
    def types_at_length(self, length: int) -> None:
        self.check(self.person.types("a" * length))

    @rule(text=st.sampled_from(COMMANDS), argument=st.sampled_from(["", "impact", "routes.demand"]))
    def commands(self, text: str, argument: str) -> None:
        self.check(self.person.types(f"{text} {argument}"))

    @rule(text=st.sampled_from(WORDS))
    def says_a_word(self, text: str) -> None:
        self.check(self.person.types(text))

    @rule(data=st.data(), text=st.text(max_size=50))
    def edits_a_message(self, data: st.DataObject, text: str) -> None:
        update = data.draw(st.sampled_from(self.person.sent))
        self.check(self.person.edits(update.message, text))

    @rule()
    def sends_a_photo(self) -> None:
        self.check(self.person.sends_a_photo(), answers=0)

    @rule(data=st.data())
    def an_update_comes_again(self, data: st.DataObject) -> None:
        update = data.draw(st.sampled_from(self.person.sent[self.since :]))
        assert self.person.gives(update) == []
        assert self.person.answer_rows() == self.rows

    @rule(data=st.data())
    def an_old_press_comes_under_a_new_id(self, data: st.DataObject) -> None:
        presses = [u for u in self.person.sent if u.kind == "press" and not u.id.endswith("again")]
        update = data.draw(st.sampled_from(presses))
        assume(f"{update.id}-again" not in {u.id for u in self.person.sent})
        self.check(self.person.repeats(update))

    @rule(first=st.sampled_from(WORDS), second=st.sampled_from(WORDS))
    def one_update_overtakes_another(self, first: str, second: str) -> None:
        self.person.types("/waar")
        base = self.person.sent[-1]
        late = replace(base, id=f"{base.id}-a", text=first, at=base.at + timedelta(seconds=1))
        early = replace(base, id=f"{base.id}-b", text=second, at=base.at + timedelta(seconds=2))
        self.check(self.person.gives(early))
        self.check(self.person.gives(late))

    @rule()
    def comes_back(self) -> None:
        self.check(self.person.starts(), answers=0)

    @rule()
    def the_program_starts_again(self) -> None:
        self.person.restart()

    # ------------------------------------------------------------ what must hold

    @property
    def newest(self) -> Outgoing:
        return next(o for o in reversed(self.person.seen) if o.message.choices)

    def is_answer(self, key: str) -> bool:
        return not key.startswith("/")

    def check(self, said: list[Outgoing], answers: int | None = None) -> None:
        pressed = self.person.sent[-1].kind == "press"
        assert said or pressed, "every update gets an answer, a press at least in passing"
        if said and said[0].message.kind in ("forgotten", "forgotten_one"):
            self.begins_again(said)
            return
        rows = self.person.answer_rows()
        added = len(rows) - len(self.rows)
        kept, self.kept = self.kept, self.person.answers_by_canvas()
        for canvas, before in kept.items():
            assert self.kept[canvas][: len(before)] == before, "what was kept stays"
        assert added in ((answers,) if answers is not None else (0, 1))
        self.rows = rows
        for outgoing in said:
            self.well_formed(outgoing)

    def begins_again(self, said: list[Outgoing]) -> None:
        """Erased on the person's own word: what is left was there before."""
        left = self.person.answer_rows()
        assert all(row in self.rows for row in left)
        self.rows, self.kept = left, self.person.answers_by_canvas()
        if said[0].message.kind == "forgotten":
            assert left == []
            # What came before is known to nobody any more, but for what asked for this.
            self.since = len(self.person.sent) - 1
            self.hello()

    def well_formed(self, outgoing: Outgoing) -> None:
        message = outgoing.message
        assert problem(message.html) is None, message.html
        assert 0 < units(plain(message.html)) <= LIMIT
        assert message.state in STATES
        for choice in message.choices:
            assert len(f"{outgoing.ref}:{choice.key}".encode()) <= 64
            assert 0 < len(choice.label) <= 60

    @invariant()
    def values_are_json(self) -> None:
        for _, value in self.rows[-1:]:
            assert value is None or json.loads(value) is not None

    @precondition(lambda self: bool(self.person.seen))
    @invariant()
    def what_is_remembered_is_what_is_kept(self) -> None:
        store, asks = self.person.store, replace(self.person.sent[-1], id="?", kind="other")
        remembered = store.session(asks)
        store.remembered.forget()
        assert store.session(asks) == remembered

    @precondition(lambda self: bool(self.person.seen))
    @invariant()
    def the_question_is_one_that_applies(self) -> None:
        walk = self.person.store.walk(self.person.canvas)
        canvas = self.person.conversation.content_of(walk.id).guide.canvas
        if walk.cursor.question:
            assert walk.cursor.question in {q.key for q in canvas.asked(walk.values, "paper")}

    def teardown(self) -> None:
        """From wherever it ended, the end can be reached by saying "I do not know yet"."""
        if self.person.seen:
            self.reaches_the_end()
        self.person.store.close()
        self.folder.cleanup()

    def reaches_the_end(self) -> None:
        self.check(self.person.starts(), answers=0)
        for _ in range(150):
            if self.person.state == "done":
                return
            # What would take other answers along is asked again, until it is left as it stands.
            leaves = self.person.state == "advice" or self.person.asked == "drops"
            self.person.types("/next" if leaves else "/unknown")
        raise AssertionError(f"stuck in {self.person.state} at {self.person.asked}")


Anybody.TestCase.settings = settings(
    max_examples=WALKS,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_anybody = Anybody.TestCase
