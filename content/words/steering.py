"""Everything that a template may call: the words of a trajectory, and of the reader's own walk."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from content.words.naming import leads, pointing
from content.words.phrases import lower_first, short_text, upper_first
from content.words.undertaken import followed, undertaken, went_of, what_of, won
from content.words.vocabulary import Anybody, Personal, Words
from flows.advice.comparison import GATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from content.loader import Content
    from flows.expiry import Keep
    from flows.model.journey import Given, View
    from flows.model.messages import Language
    from flows.trajectory.agenda import SharedShift

T = TypeVar("T")

EVENT = 60  # characters of what was agreed, in the news
CAUSE = 40  # characters of an answer that is named as a reason
NAMED = 4  # questions that are named of those with another answer
PERSONAL = object()  # is remembered where what is said rests on a person's own walk
OF_WALK = (
    "shorts", "value", "reason", "because", "reasons", "part_name", "route", "fit", "step_text",
    "first_text", "note_text", "ways", "words_of_step", "words_of_gate",
    "agreed_line", "note", "pilot_name", "labels", "with_fits", "keep", "day", "who", "disagreed",
)  # fmt: skip
OF_TRAJECTORY = (
    "address", "moment", "part", "short", "what", "week", "route_label", "route_fit", "level",
    "question", "choice", "zone_name", "weekday", "lacks", "of_all", "help_of", "with_note",
    "anew", "happened", "turned",
)  # fmt: skip


def kept(said: Mapping[str, Any], keep: Keep) -> Mapping[str, str]:
    """What is said of where the answers are; `said`: the table of messages.toml."""
    found: Mapping[str, str] = said["kept"]["server" if keep.server else "file"]
    return found


HELPERS: Mapping[str, Callable[[SteeringWords], Any]] = {
    **{name: attrgetter(f"words.{name}") for name in OF_WALK},
    **{name: attrgetter(name) for name in OF_TRAJECTORY},
    "undertaken": lambda said: partial(undertaken, said.words),
    "what_of": lambda said: partial(what_of, said.words),
    "went_of": lambda said: partial(went_of, said.words),
    "won": lambda said: partial(won, said.words),
    "kept": lambda said: kept(said.words.said, said.words.keep),
    "followed": lambda said: partial(followed, said.words),
    "verb": lambda said: said.remembered(_pointing)["verb"],
    "word": lambda said: said.remembered(_pointing)["word"],
    "how": lambda said: said.remembered(_pointing)["how"],
    "answer": lambda said: said.value,
    "kind_name": lambda said: said.tree["kinds"].__getitem__,
    "unsent": lambda said: said.tree["unsent"].__getitem__,
    "snag": lambda said: said.snag,
    "eight_words": lambda said: said.tree["eight"].__getitem__,
    "deeds": lambda said: said.words.said["said"]["deeds"],
    "parts": lambda said: said.tree["parts"],
    "named_in": lambda said: lambda where: said.tree["said"]["named_in"].get(where, ""),
    "part_name_of": lambda said: said.tree["part_buttons"].__getitem__,
    "question_of": lambda said: said.question,
    "point_of": lambda said: said.point,
    "doers": lambda said: said.words.said["said"]["doers"],
}
"""What a template may name, beside its own facts."""


def _pointing(said: SteeringWords) -> dict[str, Any]:
    return pointing(said.words.content, said.words.language)


class SteeringWords:
    """What templates see besides their own facts, for one reader.

    `content`: as the reader's channel says it; `link`: the address of an invitation, up to
    its secret.
    """

    def __init__(
        self,
        content: Content,
        language: Language,
        link: str = "",
        words: Words | None = None,
    ) -> None:
        self.words: Words = words or Words(content, language)
        self.tree: Any = self.words.tree["steering"]
        self.link, self.documents = link, self.tree["documents"]

    def remembered(self, make: Callable[..., T], *facts: Any) -> T:
        """What `make` says with these words, of these facts, which can be looked up.

        Said to anybody it is the same for everybody, and to anybody of one voice for all of
        that voice: so it is remembered. What rests on a person's own walk is said anew.
        """
        content, language = self.words.content, self.words.language
        for of_voice in (False, True):
            voices = self.words.voices if of_voice else None
            key = (make, facts, language, self.link, voices)
            found: Any = content.spoken.get(key)
            if found is None:
                words = Anybody(content, language, voices)
                said = SteeringWords(content, language, self.link, words)
                try:
                    found = make(said, *facts)
                except Personal:
                    found = PERSONAL
                content.spoken[key] = found
            if found is not PERSONAL:
                return found  # type: ignore[no-any-return]
        return make(self, *facts)

    def helpers(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of these names that are helpers."""
        return {name: HELPERS[name](self) for name in names if name in HELPERS}

    def source(self, table: str, *names: str) -> str:
        """The first of these under `say` or `buttons`, of the dialogue or of a desk."""
        # One name space: tests hold that no name is in both.
        tables: Any = self.words.said[table], self.tree[table]
        return str(next(found[name] for name in names for found in tables if name in found))

    def into(self, language: Language) -> SteeringWords:
        """For who gets a link: in their language, as it is said where the link leads."""
        content = self.words.content.to(leads(self.link))
        if language == self.words.language and content is self.words.content:
            return self
        return SteeringWords(content, language, self.link)

    def address(self, secret: str) -> str:
        """Where a link leads: an address, or in a terminal what to type."""
        return f"{self.link or '/start '}{secret}"

    def snag(self, how: str, due: datetime) -> str:
        """What keeps a prompt from going as planned; `due`: from when it may."""
        return str(self.tree["snags"][how]).format(when=self.moment(due))

    def moment(self, at: datetime) -> str:
        weekday = self.tree["weekdays"][str(at.weekday())]
        return f"{weekday} {self.words.day(at)}, {at:%H:%M}"

    def weekday(self, on: date) -> str:
        return f"{self.tree['weekdays'][str(on.weekday())]} {self.words.day(on)}"

    def zone_name(self, name: str) -> str:
        """A time zone as people call it; where content has no words, by the place in its name."""
        place = name.rpartition("/")[2].replace("_", " ")
        called = self.tree["zones"].get(name, [place])[0]
        return str(self.tree["buttons"].get(f"zone_is {name}", called))

    def week(self, monday: date) -> str:
        return f"{monday.day} {self.words.said['months'][str(monday.month)]}"

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

    def with_note(self, key: str, given: Given, person: str) -> str:
        """An answer of this person's and what was said with it: to others "ik" is nobody."""
        if key not in self.words.canvas:
            return str(given.value)
        words = self.words.said_of(person) if given.value == "me" else self.words
        return words.with_note(key, given)

    def point(self, key: str) -> str:
        """A question as it lies on the table."""
        return self.words.point(key) if key in self.words.canvas else self.short(key)

    def question(self, key: str) -> str:
        return self.words.text(key) if key in self.words.canvas else self.short(key)

    def help_of(self, key: str) -> list[str]:
        return self.words.help(key)

    def route_label(self, key: str) -> str:
        return str(self.words.route(key)["label"])

    def route_fit(self, key: str, fit: str) -> str:
        """A route and how it fits, in the words that its adviser reads."""
        return f"{self.words.route_names([key])[0]}: {self.words.advice_words['fit'][fit]}"

    def anew(self, seen: View) -> str:
        """What became another since the last meeting, as it is now, as far as that is shared."""
        gates, said = self.words.advice_words["gate"], self.tree["anew"]
        fits = {GATE: str(gates[seen.gate]["title"])} if seen.gate else {}
        fits |= {key: self.words.advice_words["fit"][fit] for key, fit in seen.routes or ()}
        names = {GATE: said["outcome"]}
        told = [
            said["now"].format(about=names.get(key) or self.route_label(key), now=fits[key])
            for key in seen.moved
            if key in fits
        ]
        told += [self.short(key) for key in seen.revised[:NAMED]]
        more = len(seen.revised) - NAMED
        return ", ".join(map(lower_first, told)) + (f" +{more}" if more > 0 else "")

    def happened(self, what: str, about: Sequence[str]) -> str:
        """What an adviser did, as the end of a sentence that begins with who it was."""
        named = [lower_first(self.what(one)) if what == "shared" else short_text(one, EVENT)
                 for one in dict.fromkeys(about)]  # fmt: skip
        return str(self.tree["news"][what]).format(what=", ".join(named))

    def turned(self, one: SharedShift) -> tuple[str, str]:
        """(what, how it is now and why) of something that is another since the last meeting."""
        said = self.tree["anew"]
        if one.now is None:
            return str(said["step"]), str(self.words.words_of_step(one.about[0])["label"])
        gates, fits = self.words.advice_words["gate"], self.words.advice_words["fit"]
        outcome = one.about == (GATE,)
        name = said["outcome"] if outcome else ", ".join(map(self.route_label, one.about))
        now = self.words.told(gates[one.now])["title"] if outcome else fits[one.now]
        answers = "; ".join(self._cause(key, given) for key, given in one.because)
        why = [said["because"].format(answers=answers)] if answers else []
        why += [said["by_rule"]] if one.by_rule else []
        return upper_first(name), ". ".join([lower_first(str(now)), *why])

    def _cause(self, key: str, given: Given | None) -> str:
        name = lower_first(self.short(key))
        return f"{name} ({short_text(self.value(key, given.value), CAUSE)})" if given else name

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

    def lacks(self, key: str) -> str:
        """What it means that an ingredient is not there, as the end of a sentence."""
        return str(self.tree["lacks"].get(key, self.short(key)))

    def of_all(self, count: int, of: int) -> str:
        """So many municipalities of those that share it, in words where there are words."""
        said, counts = self.tree["said"], self.tree["counts"]
        numbers = (counts.get(str(number), str(number)) for number in (count, of))
        whole = {1: "of_one", 2: "of_both"}.get(of, "of_every")
        how = whole if count == of else "of_all"
        return str(said[how]).format(**dict(zip(("count", "of"), numbers, strict=True)))

    def level(self, value: str | None) -> str:
        """An ingredient in the heat map, as a sign that reads aloud as a word."""
        levels = self.tree["levels"]
        return str(levels["hidden"] if value is None else levels[value or "open"])
