"""What steering says, in words: its replies and notices as messages."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from content.documents.calendar import calendar_file
from content.messages.render import ENVIRONMENT, plain, shown, split
from content.words import Words, lower_first, short_text
from flows.model.turn import Choice, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.loader import Content
    from flows.model.turn import Asking, Language, Reply

OVER = frozenset(
    {"trajectories", "overview", "ask_what", "ask_whom", "preview", "sharing", "logbook"}
)
"""Menus in whose place the next step may come; all other texts stay."""

WITH_CALENDAR = frozenset({"meeting_planned", "meeting_told"})

TO_OTHERS = frozenset({"invite_text", "invitation_paper"})

LABEL = 48


class SteeringWords:
    """Steering's words in one language; `link`: the address of one, up to its secret."""

    def __init__(
        self, content: Content, language: Language, link: str = "", words: Words | None = None
    ) -> None:
        self.words = words or Words(content, language)
        self.tree: Mapping[str, Any] = content.words[language]["steering"]
        self.link = link

    # ------------------------------------------------------------ messages

    def messages(
        self, replies: Iterable[Reply], state: str = "", pressed: Asking | None = None
    ) -> tuple[Message, ...]:
        """All that a turn says; replies that join flow into the next."""
        return tuple(self._messages(replies, state, _over(pressed)))

    def _messages(self, replies: Iterable[Reply], state: str, over: str) -> Iterator[Message]:
        from content.messages.attachments import along  # noqa: PLC0415 - a first question has none

        pending: list[str] = []
        for reply in replies:
            pending.append(self.html(reply.name, reply.data))
            if reply.joins:
                continue
            *before, last = split("\n\n".join(pending))
            yield from (Message(reply.name, "", text, (), state) for text in before)
            choices = tuple(self._choices(reply))
            name, text = self._calendar(reply)
            document, data = along(self._for(reply.name, reply.data), reply.name, reply.data)
            yield Message(
                reply.name, reply.asking or "", last, choices, state, name, text, over=over,
                document=document, data=data,
            )  # fmt: skip
            pending, over = [], ""

    def _calendar(self, reply: Reply) -> tuple[str, str]:
        """(name, text) of a meeting for the calendar."""
        if reply.name not in WITH_CALENDAR:
            return "", ""
        summary = f"{reply.data['trajectory'].name}, {reply.data['town']}"
        return "gesprek.ics", calendar_file(summary, reply.data)

    def _for(self, name: str, data: Mapping[str, Any]) -> SteeringWords:
        """What goes to somebody else is in the language of the trajectory."""
        return self.into(data["trajectory"].language) if name in TO_OTHERS else self

    def into(self, language: Language) -> SteeringWords:
        if language == self.words.language:
            return self
        return SteeringWords(self.words.content, language, self.link)

    def html(self, name: str, data: Mapping[str, Any]) -> str:
        said = self._for(name, data)
        facts = {**said._helpers(), "library": partial(said.library, data), **data}  # noqa: SLF001 - one of its own
        return str(_template(said.tree["say"][name]).render(facts)).strip("\n")

    def plain(self, name: str, data: Mapping[str, Any]) -> str:
        return plain(self.html(name, data))

    def _helpers(self) -> dict[str, Any]:
        return {
            "day": self.day, "moment": self.moment, "part": self.part, "address": self.address,
            "short": self.short, "answer": self.value, "what": self.what, "week": self.week,
            "route": self.route, "said": self.tree["said"],
            "kind_name": lambda key: self.tree["kinds"][key], "level": self.level,
            "zone_name": self.zone,
            "question": self.question, "choice": self.choice,
            "eight_words": lambda side: self.tree["eight"][side],
            "deeds": self.words.said["said"]["deeds"], "doers": self.words.said["said"]["doers"],
        }  # fmt: skip

    # ------------------------------------------------------------ buttons

    def _choices(self, reply: Reply) -> Iterator[Choice]:
        labels = reply.data.get("labels", {})
        for key in reply.choices:
            yield Choice(key, self._label(key, labels.get(key)))

    def _label(self, key: str, about: Any) -> str:
        verb, _, argument = key.partition(" ")
        buttons = self.tree["buttons"]
        source = buttons.get(key) or buttons[verb]
        facts = {**self._helpers(), "about": about, "argument": argument}
        return short_text(_plain_template(source).render(facts), LABEL)

    # ------------------------------------------------------------ words for facts

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
        keys = [part.key for part in self.words.canvas.parts]
        name, number = self.words.part_name(key), keys.index(key) if key in keys else 0
        if not 0 < number < len(keys) - 1:
            return name
        return str(self.tree["said"]["part_numbered"]).format(n=number, name=lower_first(name))

    def short(self, key: str) -> str:
        return self.words.short(key) if key in self.words.canvas else key

    def value(self, key: str, value: Any) -> str:
        return self.words.value(key, value) if key in self.words.canvas else str(value)

    def question(self, key: str) -> str:
        return self.words.text(key) if key in self.words.canvas else self.short(key)

    def route(self, key: str) -> str:
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


def _over(pressed: Asking | None) -> str:
    own = pressed and pressed.key.rpartition(".")[2]
    return pressed.ref if pressed and own in OVER else ""


PLAIN = Environment(autoescape=False, finalize=shown)  # noqa: S701 - labels of buttons are no HTML
PLAIN.filters |= ENVIRONMENT.filters


@lru_cache(maxsize=512)
def _template(source: str) -> Any:
    return ENVIRONMENT.from_string(source.strip("\n"))


@lru_cache(maxsize=512)
def _plain_template(source: str) -> Any:
    return PLAIN.from_string(source)
