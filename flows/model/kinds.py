"""What each kind of question is like: one row per kind, and nothing else asks for a kind by name.

A new kind is a name and a row here, its words, and an entry where a row gets a value
that no other row has: `offers` in flows/advice/offering.py, `shows` in
content/words/answers.py, `reads` in `open_text` of flows/intents/choices.py. Beware of
numbers: under choices a typed one is a choice's number (`match_exactly` there).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "unknown"  # the answer "I do not know yet": an answer of its own, for every question
LONGEST = 12_000
"""UTF-16 units of one answer that are kept: three whole Telegram messages.

A single message holds 4,096 units, so a lower bound would cut a text that the
person could paste in one go.
"""

LONGEST_LINE = 200

KindName = Literal["line", "text", "one_of", "agree", "any_of", "actions", "step", "who", "when"]


@dataclass(frozen=True)
class Kind:
    """How one kind of question is asked, answered, shown and checked.

    `takes`: one of its choices, some of them, or words; `offers`: which choices come
    first, then, where it takes words, those that are the same everywhere (`fixed`), then
    what stands `beside` all; `reads`: what a typed text becomes; `shows`: how an answer
    is said; `fields`: the questions that it opens, by their own kind; `open_point`:
    whether a colleague can know what the person does not; `example`: its words have one;
    `told_several`: the question does not say itself that more than one may be ticked.
    """

    takes: Literal["one", "some", "words"]
    offers: Literal["choices", "not_arranged", "best_steps"] = "choices"
    fixed: tuple[str, ...] = ()
    beside: tuple[str, ...] = (UNKNOWN,)
    reads: Literal["choice", "list", "text", "line", "date"] = "choice"
    shows: Literal["label", "labels", "step", "doer", "moment", "text"] = "label"
    fields: tuple[tuple[str, KindName], ...] = ()
    open_point: bool = True
    example: bool = False
    told_several: bool = False

    @property
    def one(self) -> bool:
        """One of its choices is the answer."""
        return self.takes == "one"

    @property
    def some(self) -> bool:
        """Its choices are ticked, and the answer is a list."""
        return self.takes == "some"

    @property
    def open(self) -> bool:
        """Any words are an answer, also where choices are offered."""
        return self.takes == "words"

    @property
    def one_line(self) -> bool:
        """Its words have no second line, wherever they are typed."""
        return self.reads in ("line", "date")

    @property
    def longest(self) -> int:
        """UTF-16 units of an answer that are kept."""
        return LONGEST_LINE if self.one_line else LONGEST

    @property
    def typed(self) -> bool:
        """Words are the only answer: there is nothing to press but what stands beside."""
        return self.open and self.offers == "choices" and not self.fixed


_MAY_SKIP = (UNKNOWN, "/skip")
_FIELDS: tuple[tuple[str, KindName], ...] = (("who", "who"), ("when", "when"))

KIND: Mapping[KindName, Kind] = {
    "one_of": Kind("one"),
    "agree": Kind("one", open_point=False),
    "any_of": Kind("some", reads="list", shows="labels", beside=("/done", UNKNOWN),
                   told_several=True),
    "actions": Kind("some", "not_arranged", reads="list", shows="labels",
                    beside=("/done", "/skip"), fields=(("what", "line"), *_FIELDS)),
    "line": Kind("words", beside=_MAY_SKIP, reads="line", shows="text"),
    "text": Kind("words", beside=_MAY_SKIP, reads="text", shows="text", example=True),
    "step": Kind("words", "best_steps", beside=("/other", UNKNOWN), reads="text", shows="step",
                 fields=_FIELDS),
    "who": Kind("words", fixed=("me",), beside=_MAY_SKIP, reads="line", shows="doer"),
    "when": Kind("words", fixed=("this_week", "this_month"), beside=_MAY_SKIP, reads="date",
                 shows="moment"),
}  # fmt: skip
