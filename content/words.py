"""The words of one walk in one language: labels, short names, reasons, dates.

Everything that a template may call. Pure: from the content and the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.advice.advice import Advice, Attention, Change, First, Route, Step, advise, changes
from flows.model.kinds import KIND, UNKNOWN
from flows.model.periods import Keep
from flows.model.pilots import NO_PILOTS, Pilots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from content.loader import Content
    from flows.model.canvas import Because, Question
    from flows.model.trajectory import Agreed
    from flows.model.turn import Language, Walk


class Words:
    """What a template sees besides its own facts."""

    def __init__(
        self,
        content: Content,
        language: Language,
        walk: Walk | None = None,
        pilots: Pilots = NO_PILOTS,
        keep: Keep | None = None,
    ) -> None:
        self.content, self.language, self.walk, self.pilots = content, language, walk, pilots
        self.keep, self.me = keep or Keep(), ""
        tree = content.words[language]
        self.questions, self.advice_words, self.said, self.documents = (
            tree["questions"], tree["advice"], tree["messages"], tree["documents"],
        )  # fmt: skip
        self.sentences = tree["reasons"]
        self.canvas = content.guide.canvas
        self.values: Mapping[str, Any] = self.canvas.relevant(walk.values) if walk else {}

    # ------------------------------------------------------------ questions

    def table(self, key: str) -> Mapping[str, Any]:
        """A question's words; the fields of actions share theirs."""
        question = self.canvas.get(key)
        if question and question.of:
            return self.questions[f"action.{key.rpartition('.')[2]}"]  # type: ignore[no-any-return]
        return self.questions[key]  # type: ignore[no-any-return]

    def text(self, key: str) -> str:
        """The question as asked, in the voice that fits."""
        table = self.table(key)
        text = str(self.variant(table, table["text"])).replace("{{ about }}", self.about(key))
        return text.replace("{{ raised }}", self.raised()) if "{{ raised }}" in text else text

    @property
    def voices(self) -> list[str]:
        """Who says it, then how far it is: words may have a variant for each."""
        origin, stage = (self.values.get(f"pilot.{name}") for name in ("origin", "stage"))
        early = "preparing" if stage == "considering" else stage
        found = (f"{origin}_{early}", origin, stage, early)
        return [str(voice) for voice in found if voice]

    def variant(self, table: Mapping[str, Any], plain: Any, name: str = "") -> Any:
        """What a table says in the voice that fits, else what it says plainly."""
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

    def raised(self) -> str:
        """The pitfalls that these answers raise, the heaviest first."""
        found = [item for item in self.advice.attention if item.kind == "pitfall"]
        return ", ".join(lower_first(self.attention_name(item)) for item in found)

    def attention_name(self, item: Attention) -> str:
        if item.kind == "ingredient":
            return self.short(item.key)
        return str(self.advice_words["pitfall"][item.key]["name"])

    def short(self, key: str) -> str:
        question = self.canvas[key]
        if question.of:
            return f"{self.about(key)}, {str(self.table(key)['short']).lower()}"
        return str(self.table(key)["short"])

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
            known = choice in self.advice_words["step"]
            return str(self.words_of_step(choice)["label"]) if known else choice
        table = self.table(question.key)
        labels = {**table["choices"], **self.variant(table, {}, "choices_")}
        return str(labels.get(choice, choice))

    def value(self, key: str, value: Any) -> str:
        """An answer as its reader says it."""
        question = self.canvas[key]
        if value is None:
            return str(self.said["said"]["nothing"])
        if value == UNKNOWN:
            return str(self.said["said"]["unknown"])
        return SAID[KIND[question.kind].shows](self, question, value)

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
        told = self.told(self.sentences.get(key, {}))
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
        """What a conclusion rests on, a sentence for each answer.

        Whose it is goes without saying, but where it is all there is to say.
        """
        told = [pair for pair in because if pair[0] != "pilot.origin"]
        return [self.because(key, value) for key, value in told or because]

    def part_name(self, part: str) -> str:
        return str(self.said["parts"][part])

    # ------------------------------------------------------------ advice

    @cached_property
    def advice(self) -> Advice:
        return advise(self.canvas, self.content.guide.rules, self.values)

    @cached_property
    def changes(self) -> dict[str, tuple[Change, ...]]:
        kept = self.walk.values if self.walk else {}
        return changes(self.canvas, self.content.guide.rules, kept)

    def changes_of(self, route: str) -> tuple[Change, ...]:
        """The same for one route, without the others' work."""
        kept = self.walk.values if self.walk else {}
        return changes(self.canvas, self.content.guide.rules, kept, route)[route]

    def route(self, route: Route | str) -> dict[str, str]:
        """Name, label and meaning; who adopts reads `out` as taking over."""
        words = dict(self.advice_words["route"][route if isinstance(route, str) else route.route])
        if self.values.get("pilot.origin") == "adopting":
            words["label"] = words.get("adopting_label", words["label"])
            words["what"] = words.get("adopting_what", words["what"])
        return words

    def route_names(self, routes: Iterable[Route | str]) -> list[str]:
        return [f"{self.route(r)['name']} ({self.route(r)['label']})" for r in routes]

    def labels(self, routes: Iterable[Route | str]) -> list[str]:
        return [str(self.route(r)["label"]) for r in routes]

    def with_fits(self, routes: Iterable[Route]) -> list[str]:
        return [f"{self.route(r)['label']} ({self.fit(r)})" for r in routes]

    def fit(self, route: Route) -> str:
        return str(self.advice_words["fit"][route.fit])

    def first_text(self, route: Route, first: First) -> str:
        """Said of this route where it has its own sentence, else of any route."""
        own = self.advice_words["route"][route.route].get("first", {})
        table = own.get(first.rule) or self.advice_words["first"][first.rule]
        return str(self.told(table)["text"])

    def note_text(self, route: Route, note: First) -> str:
        text = str(self.advice_words["route"][route.route]["note"][note.rule]["text"])
        return text.replace("{{ missing }}", ", ".join(self.not_anchored()))

    def not_anchored(self) -> list[str]:
        names = self.said["said"]["missing_anchors"]
        given = self.values.get("routes.anchored") or ()
        return [str(name) for key, name in names.items() if key not in given]

    def ways(self, route: Route) -> list[str]:
        found = {"here": route.way_here, "elsewhere": route.way_elsewhere}
        if route.way_here and route.way_here == route.way_elsewhere:
            found = {"both": route.way_here}
        return [
            str(self.said["ways"][where]).format(
                way=self.advice_words["way"][way], text=self.advice_words["way_text"][way]
            )
            for where, way in found.items()
            if way
        ]

    def words_of_gate(self) -> Mapping[str, str]:
        return self.told(self.advice_words["gate"][self.advice.gate.outcome])

    def words_of_step(self, step: Step | str) -> Mapping[str, Any]:
        key = step if isinstance(step, str) else step.step
        return self.told(self.advice_words["step"][key])

    def step_text(self, step: Step) -> str:
        words = self.words_of_step(step)
        return " ".join([words["text"], *(words["more"][key] for key in step.more)])

    def own_step(self) -> list[str]:
        """What the person does first, who does it and when, as far as it was said."""
        keys = ("closing.small_win", "closing.small_win.who", "closing.small_win.when")
        return [said.rstrip(" .;") for said in map(self.given, keys) if said]

    def acted_on(self) -> list[str]:
        """The ingredients that an action is meant for, as far as they still need one."""
        chosen = self.values.get("ingredients.actions")
        weak = self.canvas.not_arranged(self.values)
        names = chosen if isinstance(chosen, (list, tuple)) else ()
        return [name for name in names if f"ingredients.{name}" in weak]

    @property
    def agreed(self) -> list[Agreed]:
        """What meetings agreed, in the order in which it was noted; what is done comes last."""
        return sorted(self.walk.agreed if self.walk else (), key=lambda one: one.done)

    def agreed_what(self, one: Agreed) -> str:
        return str(self.said["said"]["done"]).format(what=one.what) if one.done else one.what

    def agreed_line(self, one: Agreed) -> str:
        """What, who and when, as the meeting noted it."""
        when = self.moment({"text": one.due_text, "date": one.due})
        return ", ".join((self.agreed_what(one), one.who, when))

    def own_view(self) -> str:
        """Where the person's own choice and the answers differ: a question, no correction."""
        chosen = self.values.get("routes.own_choice")
        leading = [r.route for r in self.advice.routes if r.fit in ("fits", "first")]
        if not chosen or chosen == UNKNOWN or not leading or set(chosen) & set(leading):
            return ""
        names = [" + ".join(self.route(r)["name"] for r in some) for some in (chosen, leading[:2])]
        text = str(self.advice_words["own_view"]["differs"])
        return text.replace("{{ chosen }}", names[0]).replace("{{ suggested }}", names[1])

    @property
    def early(self) -> bool:
        """Too little was answered for any outcome: no paper gives one."""
        return self.advice.gate.outcome == "too_early"

    @property
    def told_routes(self) -> list[Route]:
        """The routes about which something can be said in favour, best first."""
        return [r for r in self.advice.routes if r.fit not in ("open", "not_now")]

    # ------------------------------------------------------------ the pilot

    def for_others(self) -> Words:
        """The same words as a paper has them, where others read "ik" as a name or a role."""
        named = Words(self.content, self.language, self.walk, self.pilots, self.keep)
        named.me = self.author or str(self.documents["page"]["me"])
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
        name = self.values.get("pilot.name")
        return str(name) if name and name != UNKNOWN else str(self.said["buttons"]["no_name"])

    @property
    def organisation(self) -> str:
        name = self.values.get("pilot.organisation")
        return str(name) if name and name != UNKNOWN else ""

    @property
    def updated(self) -> date | None:
        """The day of the newest answer: a document's date, so that it never depends on a clock."""
        times = [given.at for given in self.walk.given.values()] if self.walk else []
        return max(times).date() if times else None


def _doer(words: Words, question: Question, value: str) -> str:
    """Who does it: in a paper "me" is a name or a role."""
    return words.me or lower_first(words.label(question, value)) if value == "me" else value


SAID: Mapping[str, Callable[[Words, Question, Any], str]] = {
    "text": lambda _, __, value: str(value),
    "label": lambda words, question, value: lower_first(words.label(question, value)),
    "labels": lambda words, question, value: ", ".join(
        lower_first(words.label(question, choice)) for choice in value
    ),
    "step": lambda words, question, value: words.label(question, value),
    "doer": _doer,
    "moment": lambda words, _, value: value if isinstance(value, str) else words.moment(value),
}
"""How an answer is said, by what its kind of question `shows`."""


def short_text(text: Any, limit: int) -> str:
    """On one line, cut at a word where there is one."""
    line = " ".join(str(text).split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" ,.;:") + "…"


def lower_first(text: str) -> str:
    """The first letter small, unless it begins a name in capitals."""
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def ended(text: str) -> str:
    """With a full stop, where it has none."""
    return text if text.endswith((".", "?", "…")) else f"{text}."


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def main_clause(text: str) -> str:
    """What must come first, without the why: that is told where a route is looked at."""
    return text.split(",", maxsplit=1)[0].rstrip(".") + "."
