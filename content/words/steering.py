"""The words of a trajectory in one language: moments, parts, what was shared and looked at.

Everything that a template may call, beside the words of the reader's own walk.
"""

from __future__ import annotations

from collections import ChainMap
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from content.words.naming import TYPED, Naming, pointing
from content.words.phrases import lower_first
from content.words.vocabulary import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content.loader import Content
    from flows.model.messages import Language

OF_WALK = (
    "shorts", "value", "reason", "because", "reasons", "part_name", "route", "route_names", "fit",
    "step_text", "first_text", "note_text", "ways", "words_of_step", "words_of_gate",
    "agreed_line", "pilot_name", "organisation", "labels", "with_fits", "keep",
)  # fmt: skip
OF_TRAJECTORY = (
    "address",
    "day",
    "moment",
    "part",
    "short",
    "what",
    "week",
    "route_label",
    "level",
    "question",
    "choice",
)


class SteeringWords:
    """What templates see besides their own facts, for one reader.

    `link`: the address of an invitation, up to its secret; `naming`: how the reader's
    channel calls a verb.
    """

    def __init__(
        self,
        content: Content,
        language: Language,
        link: str = "",
        words: Words | None = None,
        naming: Naming = TYPED,
    ) -> None:
        self.words = words or Words(content, language)
        self.tree: Any = content.words[language]["steering"]
        self.link, self.naming = link, naming
        # One name space for the dialogue and the desk: tests hold that no name is in both.
        self.say = ChainMap(self.tree["say"], self.words.said["say"])
        self.buttons = ChainMap(self.tree["buttons"], self.words.said["buttons"])

    @cached_property
    def helpers(self) -> Mapping[str, Any]:
        said, tree = self.words.said["said"], self.tree
        return {
            **{name: getattr(self.words, name) for name in OF_WALK},
            **{name: getattr(self, name) for name in OF_TRAJECTORY},
            **pointing(self.words.content.words[self.words.language], self.naming),
            "answer": self.value, "zone_name": self.zone, "said": tree["said"],
            "kind_name": tree["kinds"].__getitem__, "eight_words": tree["eight"].__getitem__,
            "deeds": said["deeds"], "doers": said["doers"],
        }  # fmt: skip

    def into(self, language: Language) -> SteeringWords:
        """The same in another language, without the reader's walk."""
        if language == self.words.language:
            return self
        return SteeringWords(self.words.content, language, self.link, naming=self.naming)

    def address(self, secret: str) -> str:
        """Where a link leads: an address, or in a terminal what to type."""
        return f"{self.link or '/start '}{secret}"

    def day(self, at: date) -> str:
        day = at.date() if isinstance(at, datetime) else at
        return self.words.day(day)

    def moment(self, at: datetime) -> str:
        weekday = self.tree["weekdays"][str(at.weekday())]
        return f"{weekday} {self.words.day(at.date())}, {at:%H:%M}"

    def zone(self, name: str) -> str:
        """A time zone as people call it; where content has no words, by the place in its name."""
        place = name.rpartition("/")[2].replace("_", " ")
        called = self.tree["zones"].get(name, [place])[0]
        return str(self.tree["buttons"].get(f"zone_is {name}", called))

    def week(self, monday: date) -> str:
        months = self.words.said["months"]
        return f"{monday.day} {months[str(monday.month)]}"

    def part(self, key: str) -> str:
        """A part's number and name; what comes before and after has no number."""
        if key in ("", "done"):
            return str(self.tree["said"]["part_done" if key else "part_none"])
        name, number = self.words.part_name(key), self.words.part_number(key)
        if not number:
            return name
        return str(self.tree["said"]["part_numbered"]).format(n=number, name=lower_first(name))

    def short(self, key: str) -> str:
        return self.words.short(key) if key in self.words.canvas else key

    def value(self, key: str, value: Any) -> str:
        return self.words.value(key, value) if key in self.words.canvas else str(value)

    def question(self, key: str) -> str:
        return self.words.text(key) if key in self.words.canvas else self.short(key)

    def route_label(self, key: str) -> str:
        return str(self.words.route(key)["label"])

    @property
    def documents(self) -> Mapping[str, Any]:
        """The words that papers of a trajectory have of their own."""
        documents: Mapping[str, Any] = self.tree["documents"]
        return documents

    def choice(self, key: str, value: str) -> str:
        """A choice under a prompt, as the question itself would show it."""
        return self.words.label(self.words.canvas[key], value)

    def library(self, data: Mapping[str, Any], kind: str) -> str:
        """What a prompt of this kind says by itself."""
        texts = self.tree["library"]
        at = self.moment(data["at"]) if "at" in data else ""
        return str(texts[kind]).format(by=data.get("by") or texts["nobody"], at=at)

    def what(self, share: str) -> str:
        """What can be shared, and what was looked at."""
        named = self.tree["what"]
        return str(named[share]) if share in named else self.words.part_name(share)

    def level(self, value: str | None) -> str:
        """An ingredient in the heat map, as a sign that reads aloud as a word."""
        levels = self.tree["levels"]
        return str(levels["hidden"] if value is None else levels[value or "open"])
