"""What the guide writes by mail: a question, what is new, a way back, a yes to an address."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.channels.web.mail.post import Letter
from content.words.vocabulary import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.channels.web.mail.inquiries import Inquiry
    from content.loader import Content
    from flows.model.messages import Choice, Language

NEWS: Mapping[str, str] = {
    "appoint_waits": "waits", "wants_in": "waits", "move_vouch": "waits",
    "has_joined": "joined", "seat_left": "left", "not_gone": "not_gone",
    "seat_moved": "moved", "move_off": "moved", "moved_here": "moved", "moved_away": "moved",
    "move_refused": "moved", "move_asked": "asks_move",
    "taken_t": "keeper", "taken_h": "keeper", "keeper_new": "keeper", "you_are_keeper": "keeper",
    "you_are_in": "seat", "you_are_out": "seat",
    "meeting_told": "meeting", "meeting_off": "meeting", "confirm_agreed": "agreed",
    "remark_waits": "remark", "news": "news",
    "goes_soon": "goes_soon", "privacy_news": "privacy_news",
}  # fmt: skip
"""What was said to somebody by itself -> what a mail says of it: that it is there, no more."""

OF_GUIDE = frozenset({"goes_soon", "privacy_news"})
"""What is about the person's own canvas and not about a trajectory."""


class Letters:
    """`url`: where the web is, without a slash at its end."""

    def __init__(self, content: Content, url: str) -> None:
        self.content, self.url = content, url

    def words(self, language: Language) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content.words[language]["web"]["mail"]
        return found

    def prompt(self, to: str, asked: Inquiry, token: str) -> Letter:
        words, here = self.words(asked.language), f"{self.url}/mail/{token}"
        typed = ((words["answer"], here),) if asked.typed else ()
        last = () if asked.asks else (words["reply" if asked.lines else "inside"],)
        look = () if asked.asks else ((words["look"], f"{self.url}/gesprek"),)
        return Letter(
            to, asked.language, str(asked.number),
            words["by_keeper" if asked.by else "by_guide"].format(by=asked.by),
            asked.heading, (*typed, *_links(here, asked.choices)), words["why_prompt"],
            lead=asked.lead, lines=(*asked.lines, *last), also=(*look, *_links(here, asked.also)),
            ends=words["ends"], stop=f"{self.url}/geen-mail/{token}",
        )  # fmt: skip

    def news(
        self, to: str, language: Language, kinds: Sequence[str], number: int, token: str
    ) -> Letter:
        """`kinds`: of the messages, oldest first; `number`: of the newest."""
        words, told = self.words(language), [NEWS[kind] for kind in kinds]
        title = words["news_guide" if {*told} <= OF_GUIDE else "news_trajectory"]
        lines = [
            words["often"].format(what=words["news"][one], count=told.count(one))
            if told.count(one) > 1 else words["news"][one] for one in dict.fromkeys(told)
        ]  # fmt: skip
        return Letter(
            to, language, str(number), title, title, ((words["look"], f"{self.url}/gesprek"),),
            words["why_news"], lines=tuple(lines), ends=words["ends"],
            stop=f"{self.url}/geen-mail/{token}",
        )  # fmt: skip

    # ------------------------------------------------------------ asked for

    def day(self, language: Language, at: datetime) -> str:
        return Words(self.content, language).day(at.date())

    def way_back(self, to: str, language: Language, doors: Sequence[tuple[str, str]]) -> Letter:
        """`doors`: (token, since when this is the address) of everybody who has it."""
        words = self.words(language)
        which = words["return_link" if len(doors) == 1 else "return_which"]
        links = [(which.format(day=day), f"{self.url}/in/{token}") for token, day in doors]
        return self._asked(to, language, "return", tuple(links))

    def is_yours(self, to: str, language: Language, token: str) -> Letter:
        label = self.words(language)["address_link"]
        return self._asked(to, language, "address", ((label, f"{self.url}/adres/{token}"),))

    def changed(self, to: str, language: Language) -> Letter:
        """To the address of before: whoever reads there hears that another took its place."""
        label = self.words(language)["changed_link"]
        return self._asked(to, language, "changed", ((label, f"{self.url}/terug"),))

    def _asked(
        self, to: str, language: Language, name: str, links: tuple[tuple[str, str], ...]
    ) -> Letter:
        """A letter of no message: each has a number that nobody can guess."""
        words = self.words(language)
        why = words["why_changed" if name == "changed" else "why_asked"]
        return Letter(
            to, language, secrets.token_hex(12), words[f"{name}_subject"],
            words[f"{name}_heading"], links, why, lines=(words[f"{name}_line"],),
        )  # fmt: skip


def _links(here: str, choices: Sequence[Choice]) -> tuple[tuple[str, str], ...]:
    return tuple((one.label, f"{here}?{urlencode({'k': one.key})}") for one in choices)
