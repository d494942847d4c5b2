"""Questions and answers of one walk in one language: labels, short names, reasons, dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from content.words.phrases import lower_first, upper_first
from flows.advice.advice import Advice, advise
from flows.advice.comparison import compare
from flows.advice.undertakings import done_steps
from flows.expiry import Keep
from flows.model.kinds import KIND, UNKNOWN
from flows.model.lists import NO_PILOTS, Pilots

if TYPE_CHECKING:
    from content.loader import Content
    from content.structure import Tree
    from flows.advice.comparison import Comparison
    from flows.model.canvas import Because, Question
    from flows.model.journey import Earlier, Past, Walk
    from flows.model.messages import Language

    Voices = tuple[str, ...]


NEVER: Earlier | None = None
NO_PAST: Past | None = None


class Told(Protocol):
    """An answer, in force or of before."""

    @property
    def value(self) -> Any: ...
    @property
    def note(self) -> str: ...


class AnswerWords:
    """What was asked and answered, as its reader says it. Pure: from the content and the walk.

    `earlier`: the same canvas as it stood the last time, where that is to be told;
    `past`: all that happened with it, likewise.
    """

    def __init__(
        self,
        content: Content,
        language: Language,
        walk: Walk | None = None,
        pilots: Pilots = NO_PILOTS,
        keep: Keep | None = None,
    ) -> None:
        self.content, self.language, self.walk, self.pilots = content, language, walk, pilots
        self.keep, self.me, self.earlier, self.past = keep or Keep(), "", NEVER, NO_PAST
        self.tree = content.words[language]
        self.said = self.tree["messages"]
        self.canvas = content.guide.canvas

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The answers that apply."""
        return self.canvas.relevant(self.walk.values) if self.walk else {}

    # Parsed where they are first asked for: a talk begins without either.

    @cached_property
    def questions(self) -> Tree:
        return self.tree["questions"]

    @property
    def advice_words(self) -> Tree:
        return self.tree["advice"]

    @property
    def documents(self) -> Tree:
        return self.tree["documents"]

    @cached_property
    def advice(self) -> Advice:
        found = advise(self.canvas, self.content.guide.rules, self.values)
        acted = self.walk if self.walk and self.walk.attempts else None
        return found.without(done_steps(acted)) if acted else found

    @cached_property
    def compared(self) -> Comparison | None:
        """What changed since that last time."""
        if self.earlier is None or self.walk is None:
            return None
        return compare(self.content.guide, self.earlier.given, self.walk.given)

    # ------------------------------------------------------------ questions

    def table(self, key: str) -> Mapping[str, Any]:
        """A question's words; the fields of actions share theirs."""
        question = self.canvas.get(key)
        name = f"action.{key.rpartition('.')[2]}" if question and question.of else key
        return self.questions[name]  # type: ignore[no-any-return]

    def text(self, key: str) -> str:
        """The question as asked, in the voice that fits."""
        table = self.table(key)
        text = str(self.variant(table, table["text"])).replace("{{ about }}", self.about(key))
        if "{{ raised }}" not in text:
            return text
        # The pitfalls that these answers raise, the heaviest first.
        raised = [item.key for item in self.advice.attention if item.kind == "pitfall"]
        names = (lower_first(self.advice_words["pitfall"][key]["name"]) for key in raised)
        return text.replace("{{ raised }}", ", ".join(names))

    @cached_property
    def voices(self) -> Voices:
        """Who says it, then how far it is: words may have a variant for each."""
        origin, stage = map(self._given, ("pilot.origin", "pilot.stage"))
        early = "preparing" if stage == "considering" else stage
        found = (f"{origin}_{early}", origin, stage, early)
        return tuple(str(voice) for voice in found if voice)

    def _given(self, key: str) -> Any:
        """An answer that applies; what is always asked applies without a look at the others."""
        question = self.canvas.get(key)
        if self.walk is None or question is None or question.when:
            return self.values.get(key)
        given = self.walk.given.get(key)
        return given.value if given else None

    def variant(self, table: Mapping[str, Any], plain: Any, name: str = "") -> Any:
        """What a table says in the voice that fits, else what it says plainly."""
        if self.content.variants[name].isdisjoint(table):
            return plain
        return next((table[name + v] for v in self.voices if name + v in table), plain)

    def told(self, table: Mapping[str, Any]) -> Mapping[str, Any]:
        """Words of the advice, with what is said otherwise in the voice that fits."""
        found = self.variant(table, None)
        # An origin or a stage may be an answer itself, with a sentence instead of a table.
        return {**table, **found} if isinstance(found, Mapping) else table

    def help(self, key: str) -> list[str]:
        """The lines that explain a question."""
        table = self.table(key)
        return list(self.variant(table, table["help"], "help_"))

    def example(self, key: str) -> str:
        table = self.table(key)
        return str(self.variant(table, table.get("example", ""), "example_"))

    def short(self, key: str) -> str:
        own = str(self.table(key)["short"])
        return f"{self.about(key)}, {own.lower()}" if self.canvas[key].of else own

    def point(self, key: str) -> str:
        """A question as a point to find out; one about an action by what it is about."""
        return self.short(key) if self.canvas[key].of else self.text(key)

    def shorts(self, keys: Iterable[str]) -> list[str]:
        return [self.short(key) for key in keys]

    def about(self, key: str) -> str:
        """What an action is about: an ingredient, or the first step."""
        question = self.canvas.get(key)
        return self.short(question.about) if question and question.about else ""

    def label(self, question: Question, choice: str) -> str:
        """A choice's words, in the voice that fits."""
        if choice == UNKNOWN:
            return str(self.said["buttons"]["unknown"])
        if KIND[question.kind].offers == "best_steps":
            step = self.advice_words["step"].get(choice)
            return str(self.told(step)["label"]) if step else choice
        table = self.table(question.key)
        labels = {**table["choices"], **self.variant(table, {}, "choices_")}
        return str(labels.get(choice, choice))

    def credited(self, key: str, value: Any) -> str:
        """An answer with what was said about it, and whose it is where a colleague gave it."""
        note, given = self.note(key), self.walk.given.get(key) if self.walk else None
        said = f"{self.value(key, value)} (“{note}”)" if note else self.value(key, value)
        if given is None or not given.colleague:
            return said
        return str(self.said["said"]["credited"]).format(said=said, who=given.colleague)

    def colleague(self, key: str, *, agreed: bool = False) -> str:
        """What the colleague is called who gave what is in force; nothing where nobody else did.

        `agreed`: nor where its reader stands behind it as well.
        """
        joint = self.walk.joint if self.walk else None
        found = joint.colleague(key, agreed=agreed) if joint else None
        return "" if found is None else found or str(self.said["said"]["nameless"])

    def value(self, key: str, value: Any) -> str:
        """An answer as its reader says it."""
        if value in (None, UNKNOWN):
            return str(self.said["said"][value or "nothing"])
        question = self.canvas[key]
        return SAID[KIND[question.kind].shows](self, question, value)

    def note(self, key: str) -> str:
        """What the person said with this choice, on one line; nothing where it does not apply."""
        return " ".join(self.walk.note(key).split()) if self.walk and key in self.values else ""

    def more(self, key: str) -> str:
        """What was written about a choice: with it, and where the full round asks for more."""
        found = (self.note(key), self.given(f"{key}_note") if f"{key}_note" in self.canvas else "")
        return "\n".join(dict.fromkeys(filter(None, found)))

    def noted(self, key: str) -> str:
        """An answer in words with what was said beside it."""
        said, note = self.given(key), self.note(key)
        return f"{said} (“{note}”)" if said and note else said

    def with_note(self, key: str, given: Told) -> str:
        """The same of any answer of any time."""
        said, note = self.value(key, given.value), " ".join(given.note.split())
        return f"{said} (“{note}”)" if note else said

    def given(self, key: str) -> str:
        """An answer in words, or nothing where there is none or it is not known yet."""
        value = self.values.get(key)
        return "" if value in (None, UNKNOWN) else self.value(key, value)

    def moment(self, value: Mapping[str, Any]) -> str:
        """The person's words, and the day that was understood."""
        if not value.get("date"):
            return str(value["text"])
        day = self.day(date.fromisoformat(value["date"]))
        said = lower_first(value["text"])
        # "1 maart" says nothing that "1 maart 2027" does not.
        return day if f"{day} ".startswith(f"{said.casefold()} ") else f"{said} ({day})"

    def day(self, day: date) -> str:
        return f"{day.day} {self.said['months'][str(day.month)]} {day.year}"

    def reason(self, key: str, value: Any) -> str:
        """An answer as a form says it: what it was about, and what was said."""
        return f"{self.short(key)}: {self.value(key, value)}"

    def because(self, key: str, value: Any) -> str:
        """An answer as a sentence; as a form where it has none, with a full stop."""
        told = self.told(self.tree["reasons"].get(key, {}))
        if isinstance(value, str) and isinstance(told.get(value), str):
            return str(told[value])
        if isinstance(value, (list, tuple)) and told:
            return self._listed(key, value, told)
        return f"{self.reason(key, value).rstrip('.')}."

    def _listed(self, key: str, value: Iterable[str], told: Mapping[str, Any]) -> str:
        alone, given = self.canvas[key].alone, list(value)
        if "listed" not in told or alone in given:
            return " ".join(str(told[choice]) for choice in given if choice in told)
        missing = [c for c in self.canvas[key].choices if c not in (*given, alone)]
        names = ", ".join(lower_first(self.label(self.canvas[key], c)) for c in missing)
        return str(told["listed"]).replace("{{ missing }}", names)

    def reasons(self, because: Because) -> list[str]:
        """What a conclusion rests on, a sentence for each answer."""
        # Whose it is goes without saying, but where it is all there is to say.
        told = [pair for pair in because if pair[0] != "pilot.origin"]
        return [self.because(key, value) for key, value in told or because]

    def part_number(self, part: str) -> int:
        """The four parts of the canvas have numbers; what comes before and after has none."""
        numbered = [one.key for one in self.canvas.parts][1:-1]
        return numbered.index(part) + 1 if part in numbered else 0

    def part_name(self, part: str) -> str:
        return str(self.said["parts"][part])

    # ------------------------------------------------------------ the pilot

    def for_others(self) -> Self:
        """The same words as a paper has them, where others read "ik" as a name or a role."""
        return self.said_of(self.author or str(self.documents["page"]["me"]))

    def said_of(self, person: str) -> Self:
        """The same words where this person is who says "ik"."""
        named = type(self)(self.content, self.language, self.walk, self.pilots, self.keep)
        named.me = person
        named.earlier, named.past = self.earlier, self.past
        return named

    @property
    def author(self) -> str:
        """Who filled it in: the name that was given, or else the role; empty where unknown."""
        name, role = self.given("pilot.author"), self.values.get("pilot.role")
        if name or role in (None, UNKNOWN, "other"):
            return " ".join(name.split())
        return upper_first(self.given("pilot.role"))

    @property
    def pilot_name(self) -> str:
        return self.given("pilot.name") or str(self.said["buttons"]["no_name"])

    @property
    def organisation(self) -> str:
        return self.given("pilot.organisation")

    @property
    def updated(self) -> date | None:
        """The day of the newest answer: a document's date, so that it never depends on a clock."""
        times = [given.at for given in self.walk.given.values()] if self.walk else []
        return max(times).date() if times else None


def _label(words: AnswerWords, question: Question, value: str) -> str:
    return lower_first(words.label(question, value))


def _myself(words: AnswerWords, question: Question) -> str:
    """Who "me" is: on a shared canvas whoever said so."""
    return words.colleague(question.key) or words.me or _label(words, question, "me")


SAID: Mapping[str, Callable[[AnswerWords, Question, Any], str]] = {
    "text": lambda _, __, value: str(value),
    "label": _label,
    "labels": lambda words, question, value: ", ".join(_label(words, question, v) for v in value),
    "step": lambda words, question, value: words.label(question, value),
    "doer": lambda words, question, value:
        _myself(words, question) if value == "me" else value,
    "moment": lambda words, _, value: value if isinstance(value, str) else words.moment(value),
}  # fmt: skip
"""How an answer is said, by what its kind `shows`; in a paper "me" is a name or a role."""
