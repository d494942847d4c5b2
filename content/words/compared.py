"""What changed since then, in words: for a conversation, and for every paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.words.phrases import lower_first, short_text
from flows.advice.comparison import GATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from content.words.vocabulary import Words
    from flows.advice.comparison import Comparison, Revision, Shift
    from flows.model.journey import Landmark

SHORT = 90  # characters of an answer where two stand in one line
MOST = 8  # answers in one message


def landmark(words: Words, mark: Landmark) -> str:
    """Which moment it is, inside a sentence."""
    return str(words.said["then"]["marks"][mark.kind]).format(day=words.day(mark.at.date()))


def revision(words: Words, one: Revision) -> str:
    """What was asked, what the answer was and what it is."""
    then, now = (short_text(words.value(one.question, v), SHORT) for v in (one.then, one.now))
    way = "added" if one.then is None else "ended" if one.now is None else "revised"
    pattern = words.said["then"][way]
    return str(pattern).format(question=words.short(one.question), then=then, now=now)


def about(words: Words, shift: Shift) -> str:
    """The outcome, or the name of a route."""
    if shift.about == GATE:
        return str(words.said["then"]["outcome"])
    return words.route_names([shift.about])[0]


def results(words: Words, shift: Shift) -> tuple[str, str]:
    """How it was, and how it is."""
    if shift.about == GATE:
        gates = words.advice_words["gate"]
        then, now = (words.told(gates[key])["title"] for key in (shift.then, shift.now))
    else:
        then, now = (words.advice_words["fit"][key] for key in (shift.then, shift.now))
    return str(then), str(now)


def why(words: Words, shift: Shift) -> str:
    """The answers that made it so, or that a rule did."""
    said, given = words.said["then"], shift.because
    names = "; ".join(_named(words, one) for one in given)
    lines = [said["because"].format(answers=names)] if names else []
    if shift.by_rule:
        lines.append(said["rule_too" if names else "rule"])
    return " ".join(lines)


def _named(words: Words, one: Revision) -> str:
    said = "" if one.now is None else short_text(words.value(one.question, one.now), SHORT)
    name = lower_first(words.short(one.question))
    return f"{name} ({said})" if said else str(words.said["then"]["gone"]).format(question=name)


def steps(words: Words, compared: Comparison) -> Iterator[tuple[str, list[str]]]:
    """(what is said of them, their names) of the steps that came, and of those that went."""
    for name, keys in (("new_steps", compared.new_steps), ("past_steps", compared.past_steps)):
        if keys:
            labels = [str(words.words_of_step(key)["label"]) for key in keys]
            yield str(words.said["then"][name]), labels


def in_a_message(words: Words, data: Mapping[str, Any]) -> dict[str, Any]:
    """All that the conversation says of it."""
    compared: Comparison = data["compared"]
    shifts = [(about(words, s), *results(words, s), why(words, s)) for s in compared.shifts]
    revisions = [revision(words, one) for one in compared.revisions[:MOST]]
    return {
        "mark": landmark(words, data["mark"]),
        "revisions": revisions,
        "more": len(compared.revisions) - len(revisions),
        "confirmed": words.shorts(compared.confirmed),
        "shifts": shifts,
        "steps": list(steps(words, compared)),
        "same": compared.same,
    }
