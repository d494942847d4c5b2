"""Nothing is asked for nothing: every question, and what it is for."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from content.checks.guide import check
from content.checks.uses import named, shown
from content.loader import Content, load, newest, read

CONTENT = newest()
CANVAS = CONTENT.guide.canvas
LISTED = tomllib.loads(Path(__file__).with_name("uses.toml").read_text(encoding="utf-8"))


def uses(content: Content) -> dict[str, tuple[str, ...]]:
    """Question -> what it is for, by the words `advice`, `observation` and so on."""
    found = named(content)
    asked = (q for q in content.guide.canvas.questions if q.of is None)
    return {q.key: (*found[q.key], *shown(content, q)) for q in asked}


@cache
def found() -> dict[str, tuple[str, ...]]:
    """Not while pytest collects: each worker would look."""
    return uses(CONTENT)


def test_every_question_is_listed() -> None:
    asked = [q.key for q in CANVAS.questions if q.of is None]
    assert list(LISTED) == asked, "say in tests/uses.toml what it is for, where it is asked"


@pytest.mark.parametrize("key", LISTED)
def test_a_question_is_used_as_listed(key: str) -> None:
    assert LISTED[key]
    assert set(LISTED[key]) <= set(found()[key]), found()[key]


def test_a_question_without_use_is_refused() -> None:
    files = read()
    files["canvas.toml"] = files["canvas.toml"].replace(
        '[[question]]\nkey = "impact.lost"',
        '[[question]]\nkey = "impact.idle"\nkind = "one_of"\ndepth = "full"\n'
        'choices = ["yes", "no"]\n'
        '[[question]]\nkey = "impact.lost"',
    )
    for lang in ("nl", "en"):
        words = '\n["impact.idle"]\nshort = "x"\ntext = "x?"\nhelp = ["x."]\n'
        words += '["impact.idle".choices]\nyes = "x"\nno = "y"\n'
        files[f"{lang}/questions.toml"] += words
    assert uses(load(files))["impact.idle"] == ()
    assert any("question impact.idle: no rule" in problem for problem in check(files)[1])


@pytest.mark.parametrize("key", [q.key for q in CANVAS.questions if q.key.endswith("_note")])
def test_a_note_is_not_asked_after_i_do_not_know(key: str) -> None:
    about = key.removesuffix("_note")
    for given in ({about: "unknown"}, {}):
        assert not CANVAS.applies(CANVAS[key], given, "full")
    assert CANVAS.applies(CANVAS[key], {about: "stories", **_partly(about)}, "full")


def _partly(about: str) -> dict[str, str]:
    return {about: "partly"} if "partly" in CANVAS[about].choices else {}
