"""The words of one walk in one language: labels, short names, reasons, dates.

Everything that a template may call. Pure: from the content and the answers.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.advice import Advice, Change, First, Route, Step, advise, changes
from flows.canvas import ANY_OF, UNKNOWN, Because, Question
from flows.keep import Keep
from flows.pilots import NO_PILOTS, Pilots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from content.loader import Content
    from flows.desk import Agreed
    from flows.turn import Language, Walk


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
        self.keep = keep or Keep()
        tree = content.words[language]
        self.questions, self.advice_words, self.said, self.documents = (
            tree["questions"], tree["advice"], tree["messages"], tree["documents"],
        )  # fmt: skip
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
        """The question as asked: the variant of who takes over, then of the stage."""
        table = self.table(key)
        variants = [self.values.get("pilot.origin"), self.values.get("pilot.stage")]
        found = next((table[v] for v in variants if isinstance(v, str) and v in table), None)
        return str(found or table["text"]).replace("{{ about }}", self.about(key))

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
        """A choice's words, in the variant for who takes over."""
        if choice == UNKNOWN:
            return str(self.said["buttons"]["unknown"])
        if question.kind == "step":
            return str(self.advice_words["step"].get(choice, {}).get("label", choice))
        table = self.table(question.key)
        adopting = self.values.get("pilot.origin") == "adopting"
        labels = table.get("choices_adopting" if adopting else "choices") or table["choices"]
        return str(labels.get(choice) or table["choices"].get(choice, choice))

    def value(self, key: str, value: Any) -> str:
        """An answer as its reader says it."""
        question = self.canvas[key]
        if value is None:
            return str(self.said["said"]["nothing"])
        if value == UNKNOWN:
            return str(self.said["said"]["unknown"])
        if question.kind == "when" and not isinstance(value, str):
            return self.moment(value)
        if question.kind in ANY_OF:
            return ", ".join(lower_first(self.label(question, choice)) for choice in value)
        if question.choices or (question.kind == "who" and value == "me"):
            return lower_first(self.label(question, value))
        return self.label(question, value) if question.kind == "step" else str(value)

    def given(self, key: str) -> str:
        """An answer in words, or nothing where there is none or it is not known yet."""
        value = self.values.get(key)
        return "" if value in (None, UNKNOWN) else self.value(key, value)

    def moment(self, value: Mapping[str, Any]) -> str:
        """The person's words, and the day that was understood."""
        if not value.get("date"):
            return str(value["text"])
        day = self.day(date.fromisoformat(value["date"]))
        return day if value["text"] == day else f"{lower_first(value['text'])} ({day})"

    def day(self, day: date) -> str:
        return f"{day.day} {self.said['months'][str(day.month)]} {day.year}"

    def reason(self, key: str, value: Any) -> str:
        """An answer as a reason: what it was about, and what was said."""
        return f"{self.short(key)}: {self.value(key, value)}"

    def reasons(self, because: Because) -> list[str]:
        return [self.reason(key, value) for key, value in because]

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
        if first.rule == "gate":
            return str(self.advice_words["first_gate"]["text"])
        return str(self.advice_words["route"][route.route]["first"][first.rule]["text"])

    def note_text(self, route: Route, note: First) -> str:
        text = str(self.advice_words["route"][route.route]["note"][note.rule]["text"])
        return text.replace("{{ missing }}", ", ".join(self.not_anchored()))

    def not_anchored(self) -> list[str]:
        names = self.said["said"]["missing_anchors"]
        given = self.values.get("routes.anchored") or ()
        return [str(name) for key, name in names.items() if key not in given]

    def ways(self, route: Route) -> list[str]:
        found = {"here": route.way_here, "elsewhere": route.way_elsewhere}
        return [
            str(self.said["ways"][where]).format(
                way=self.advice_words["way"][way], text=self.advice_words["way_text"][way]
            )
            for where, way in found.items()
            if way
        ]

    def words_of_step(self, step: Step) -> Mapping[str, str]:
        return self.advice_words["step"][step.step]  # type: ignore[no-any-return]

    def step_text(self, step: Step) -> str:
        words = self.advice_words["step"][step.step]
        return " ".join([words["text"], *(words["more"][key] for key in step.more)])

    def step_line(self, step: Step) -> str:
        """A step in a list; the small win reads as the person chose it."""
        chosen = self.values.get("closing.small_win")
        if step.step != "small_win" or chosen in (None, UNKNOWN):
            return str(self.words_of_step(step)["label"])
        fields = [self.values.get(f"closing.small_win.{name}") for name in ("who", "when")]
        known = [
            self.value(f"closing.small_win.{name}", value)
            for name, value in zip(("who", "when"), fields, strict=True)
            if value not in (None, UNKNOWN)
        ]
        return ", ".join([self.value("closing.small_win", chosen).rstrip(" .;"), *known])

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

    # ------------------------------------------------------------ the pilot

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


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def main_clause(text: str) -> str:
    """What must come first, without the why: that is told where a route is looked at."""
    return text.split(",", maxsplit=1)[0].rstrip(".") + "."
