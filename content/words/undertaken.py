"""What is undertaken and how it went, in words; what it opened and what lies next door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from content.words.phrases import ended, upper_first
from flows.advice.undertakings import AGREED, FIRST_STEP, Undertaking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from content.words.vocabulary import Words
    from flows.model.journey import Attempt

    Deed = Undertaking | Attempt


def undertaken(words: Words, one: Deed) -> str:
    """What, who and when, as far as each was said; at how it went when it was to be is past."""
    when = when_of(words, one) if isinstance(one, Undertaking) else ""
    return ", ".join(filter(None, (what_of(words, one), doer_of(words, one), when)))


def won(words: Words, one: Attempt) -> str:
    """What was done and by whom, where that is not who says it."""
    return undertaken(words, replace(one, who=None) if one.who == "me" else one)


def success(words: Words, one: Attempt) -> str:
    """The same with what it opened and what is next, a sentence each."""
    return " ".join((ended(upper_first(won(words, one))), *followed(words, one)))


def what_of(words: Words, one: Deed) -> str:
    """In the person's words, or the step that was chosen; else the ingredient it is for."""
    if one.action == FIRST_STEP:
        return words.value(FIRST_STEP, one.what).rstrip(" .;")
    if one.what is not None:
        return " ".join(str(one.what).split()).rstrip(" .;")
    return words.about(f"{one.action}.what")


def doer_of(words: Words, one: Deed) -> str:
    """By name, for whoever reads it; on a shared canvas "me" is whoever said it."""
    if one.who is None:
        return ""
    if one.who == "me" and not isinstance(one, Undertaking):
        return said_by(words, one) or _doer(words, one)
    return str(one.who) if one.action.startswith(AGREED) else _doer(words, one)


def _doer(words: Words, one: Deed) -> str:
    question = f"{one.action}.who"
    return words.value(question, one.who) if question in words.canvas else str(one.who)


def when_of(words: Words, one: Undertaking) -> str:
    if not isinstance(one.when, dict):
        return ""
    day = words.day(date.fromisoformat(one.date)) if one.date else ""
    return day or " ".join(str(one.when.get("text") or "").split())


def door_of(words: Words, one: Attempt) -> str:
    """What lies next door: a step of the advice, or the person's own words."""
    return words.value(FIRST_STEP, one.door).rstrip(" .;") if one.door else ""


def went_of(words: Words, one: Attempt) -> str:
    """How it went and when, and on a shared canvas who says so."""
    said: Mapping[str, str] = words.said["went"]
    line = f"{said[one.how]}, {words.day(one.at.date())}"
    by = said_by(words, one)
    return f"{line}, {said['by'].format(who=by)}" if by else line


def said_by(words: Words, one: Attempt) -> str:
    """A colleague who said so; nothing where it is who reads this, or fills it alone."""
    return "" if one.by is None else one.by or str(words.said["said"]["nameless"])


def followed(words: Words, one: Attempt) -> Iterator[str]:
    """What it opened or what held it back, then what is next: a sentence each."""
    said: Mapping[str, str] = words.said["went"]
    if one.note and one.how != "later":
        yield ended(f"{said['opened' if one.how == 'done' else 'held']}: {one.note}")
    if one.door and one.how == "done":
        yield ended(f"{said['door']}: {door_of(words, one)}")
