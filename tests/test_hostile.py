"""Texts that would like to be more than text, at every open question and in every format."""

from __future__ import annotations

import io
import json
import os
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from content.render import plain
from flows.answers import clean
from flows.canvas import OPEN
from tests.people import Person
from tests.telegram_html import problem
from tests.test_documents import bare, holds, text_of
from tests.test_export import exported, markdown, parsed, shown_by, walk

if TYPE_CHECKING:
    from pathlib import Path

CANVASES = int(os.environ.get("CANVASES", "1"))  # noqa: TID251 - how long `make prove` looks
LIVE = re.compile(r"\b(https?:|www\.)", re.IGNORECASE)
SEEDS = (
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "-1", '=HYPERLINK("http://y";"x")',
    "<script>alert(1)</script>", "<b>vet</b>", "<a href='javascript:alert(1)'>x</a>", "&amp;",
    "&#60;", "</b></i>", "{{ 7 * 7 }}", "{% for x in y %}", "${7*7}", "#{7*7}", "<%= 7 %>",
    "{{ config }}", "[x](http://y)", "![x](http://y/z.png)", "<http://y>", "http://y.nl",
    "www.y.nl", "a@y.nl", "# kop", "> citaat", "- lijst", "1. nummer", "```\nhek\n```", "~~~",
    "| a | b |\n|---|---|",
    "***", "---", "===", "`code`", "**vet**", "_schuin_", "~~weg~~", "\\", "$x$", "[ref]: http://y",
    "'; DROP TABLE answers; --", '" OR 1=1', "\u202eomgekeerd", "nul\0teken",
    "\u200bnietszichtbaar", "\U0001f469\u200d\U0001f469",
    "e\u0301 en \u0065\u0301", "\ufeffbom", "\u2028regel", "regel\r\nregel", "tab\tteken",
    "a" * 60, "<" * 40, "&" * 40, "*" * 40, "../../etc/passwd", "%0d%0aX: y", "\x1b[31mrood",
)  # fmt: skip


def hostile(chance: random.Random) -> str:
    """A few of them, one after the other or on lines of their own."""
    glue = chance.choice([" ", "\n", "\n\n", ""])
    return glue.join(chance.choice(SEEDS) for _ in range(chance.randint(1, 3)))


def texts(person: Person, chance: random.Random) -> dict[str, str]:
    """One for each open question."""
    canvas = person.conversation.newest.guide.canvas
    asked = [q.key for q in canvas.questions if q.kind in OPEN and q.kind != "when"]
    found = {key: f"{hostile(chance)} {number}" for number, key in enumerate(asked)}
    return {k: t if clean(t)[:1] not in "/\"'“‘„" else f"x{t}" for k, t in found.items()}


@pytest.mark.parametrize("number", range(CANVASES))
def test_hostile_texts_stay_texts(tmp_path: Path, number: int) -> None:
    person = Person(tmp_path)
    typed = texts(person, random.Random(number))  # noqa: S311 - the same each time
    walk(person, typed, "full")
    kept = {k: t for k, t in typed.items() if k in person.values}
    assert len(kept) > 20
    for key, text in kept.items():
        assert person.values[key] == expected(person, key, text), key
    in_the_chat(person)
    in_json(person, kept)
    in_markdown(person, kept)
    in_my_data(person, kept)


def expected(person: Person, key: str, text: str) -> str:
    """Nothing is lost but what cleaning takes on entry; a line is one line."""
    kind = person.conversation.newest.guide.canvas[key].kind
    return clean(text) if kind in ("text", "step") else " ".join(clean(text).split())


def in_the_chat(person: Person) -> None:
    for outgoing in person.seen:
        assert problem(outgoing.message.html) is None, outgoing.message.html
        assert plain(outgoing.message.html)


def in_json(person: Person, kept: dict[str, str]) -> None:
    answers = exported(person)["canvases"][0]["answers"]
    for key in kept:
        if key in answers:
            assert answers[key]["value"] == person.values[key]


def in_markdown(person: Person, kept: dict[str, str]) -> None:
    text = markdown(person)
    shown = shown_by(text)
    for key in kept:
        assert " ".join(str(person.values[key]).split()) in shown, key
    harmless(text)


def in_my_data(person: Person, kept: dict[str, str]) -> None:
    pdf, found = person.papers(person.types("/mijngegevens"))
    tree: Any = json.loads(found.content)
    values = [e["value"] for c in tree["canvases"] for e in c["history"]]
    reader = PdfReader(io.BytesIO(pdf.content))
    shown = bare(text_of(reader))
    for key in kept:
        assert person.values[key] in values
        assert holds(shown, str(person.values[key])), key
    assert not [page for page in reader.pages if "/Annots" in page]


def harmless(text: str) -> None:
    """No link, picture, code or markup of the browser; and no link that a reader makes itself."""
    kinds = {token.type for token in parsed(text)}
    assert not {
        k for k in kinds if k.startswith(("link", "image", "html", "code", "fence", "block"))
    }
    assert not LIVE.search(text)
