"""A question taken apart: what a channel needs to lay it out in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.messages.templates import label_template
from flows.model.kinds import KIND
from flows.model.messages import Asks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content.words.vocabulary import Words
    from flows.model.canvas import Question
    from flows.model.messages import Reply


def asks_of(words: Words, reply: Reply) -> Asks | None:
    """What this reply asks; None where it asks nothing."""
    if "position" not in reply.data:
        return None
    question = words.canvas[reply.data["key"]]
    return Asks(
        question.key, question.kind, _progress(words, question, reply.data),
        words.text(question.key), _old(words, reply.data), _hint(words, question, reply.data),
        question.at_most,
    )  # fmt: skip


def _progress(words: Words, question: Question, data: Mapping[str, Any]) -> str:
    if data["planned"]:
        return str(words.said["progress"]["five"]).format(left=data["planned"])
    number = words.part_number(question.part)
    line = str(words.said["progress"]["part" if number else "other"]).format(
        n=number, part=words.part_name(question.part),
        number=data["position"].number, of=data["position"].of,
    )  # fmt: skip
    return f"{line} · {words.about(question.key)}" if question.of else line


def _old(words: Words, data: Mapping[str, Any]) -> str:
    if data["old"] is None:
        return ""
    source = label_template(words.said["asks"]["old"])
    return source.render(key=data["key"], old=data["old"], value=words.value)


def _hint(words: Words, question: Question, data: Mapping[str, Any]) -> str:
    if data["picked"] or not KIND[question.kind].told_several:
        return ""
    return str(words.said["asks"]["bounded" if question.at_most else "several"])
