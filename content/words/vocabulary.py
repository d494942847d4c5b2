"""One walk in words: its questions and answers, and the advice that follows from them.

Everything that a template may call.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from content.words.answers import AnswerWords
from content.words.phrases import upper_first
from flows.advice.advice import Attention, Change, First, Route, Step, changes
from flows.advice.disagreement import OtherAdvice, other_advice
from flows.advice.undertakings import FIRST_STEP, undertakings
from flows.model.kinds import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from content.loader import Content
    from content.words.answers import Voices
    from flows.model.journey import Agreed
    from flows.model.messages import Language
    from flows.model.voices import Voice


class Words(AnswerWords):
    """What a template sees besides its own facts."""

    @cached_property
    def changes(self) -> dict[str, tuple[Change, ...]]:
        return self.changes_of(None)

    def changes_of(self, route: str | None) -> dict[str, tuple[Change, ...]]:
        """The same for one route, without the others' work."""
        kept = self.walk.values if self.walk else {}
        return changes(self.canvas, self.content.guide.rules, kept, route)

    def who(self, person: int) -> str:
        """What one of several who fill a canvas is called, to the one who reads this."""
        joint = self.walk.joint if self.walk else None
        if joint and person == joint.me:
            return str(self.said["said"]["you"])
        return (joint and joint.names.get(person)) or str(self.said["said"]["nameless"])

    def voiced(self, key: str) -> str:
        """Who said it and when, and what others say; empty where one person fills a canvas."""
        joint = self.walk.joint if self.walk else None
        voices = joint.newest(key) if joint else []
        if not joint or not voices:
            return ""
        first, *others = voices
        told = [f"{self._author(first)}, {self.day(first.given.at)}"]
        for voice in others:
            if voice.given.value != first.given.value:
                said = f"{self.value(key, voice.given.value)}{self._said_with(voice)}"
                told.append(f"{self._author(voice)}: {said}")
            else:
                told.append(self._author(voice))
        return f" ({'; '.join(told)})"

    def _said_with(self, voice: Voice) -> str:
        note = " ".join(voice.given.note.split())
        return f" (“{note}”)" if note else ""

    def _author(self, voice: Voice) -> str:
        """By name, for whoever reads a paper."""
        joint = self.walk.joint if self.walk else None
        return (joint and joint.names.get(voice.person)) or str(self.said["said"]["nameless"])

    @cached_property
    def disagreement(self) -> tuple[OtherAdvice, ...]:
        """Of each answer that differs, what would follow from it."""
        guide = self.content.guide
        return other_advice(self.canvas, guide.rules, self.walk) if self.walk else ()

    def disagreed(self, one: OtherAdvice) -> str:
        """What somebody else answered, and what would then be advised."""
        said, key = self.documents["summary"], one.voice.given.question
        told = self.value(key, one.voice.given.value).rstrip(".")
        text = str(said["disagrees"]).format(who=upper_first(self._author(one.voice)), said=told)
        if one.same:
            return f"{text} {said['advice_same']}"
        names = [str(self.advice_words["gate"][one.outcome]["title"])] if one.outcome else []
        names += self.with_fits(one.routes) if one.outcome != "small" else []
        names += [str(self.words_of_step(step)["label"]) for step in one.steps]
        return f"{text} {said['advice_other']} {'; '.join(names).rstrip('.')}."

    def attention_name(self, item: Attention) -> str:
        pitfalls = self.advice_words["pitfall"]
        return str(pitfalls[item.key]["name"]) if item.kind == "pitfall" else self.short(item.key)

    def route(self, route: Route | str) -> dict[str, str]:
        """Name, label and meaning; who adopts reads `out` as taking over."""
        words: dict[str, str] = self.advice_words["route"][getattr(route, "route", route)]
        if self.values.get("pilot.origin") != "adopting":
            return words
        own = {name: words.get(f"adopting_{name}", words[name]) for name in ("label", "what")}
        return words | own

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
        if route.way_here == route.way_elsewhere:
            found = {"both": route.way_here}
        told, said = self.advice_words, self.said["ways"]
        return [str(said[where]).format(way=told["way"][way], text=told["way_text"][way])
                for where, way in found.items() if way]  # fmt: skip

    def words_of_gate(self) -> Mapping[str, str]:
        return self.told(self.advice_words["gate"][self.advice.gate.outcome])

    def words_of_step(self, step: Step | str) -> Mapping[str, Any]:
        return self.told(self.advice_words["step"][getattr(step, "step", step)])

    def step_text(self, step: Step) -> str:
        words = self.words_of_step(step)
        return " ".join([words["text"], *(words["more"][key] for key in step.more)])

    def own_step(self) -> list[str]:
        """What the person does first, who does it and when, as far as it was said and is to do."""
        own = undertakings(self.content.guide, self.walk) if self.walk else ()
        if any(one.action == FIRST_STEP and not one.open for one in own):
            return []
        keys = ("closing.small_win", "closing.small_win.who", "closing.small_win.when")
        return [said.rstrip(" .;") for said in map(self.given, keys) if said]

    def acted_on(self) -> list[str]:
        """The ingredients that an action is meant for, as far as they still need one."""
        chosen, weak = self.values.get("ingredients.actions"), self.canvas.not_arranged(self.values)
        names = chosen if isinstance(chosen, (list, tuple)) else ()
        return [name for name in names if f"ingredients.{name}" in weak]

    @property
    def agreed(self) -> list[Agreed]:
        """What meetings agreed, in the order in which it was noted; what is over comes last."""
        return sorted(self.walk.agreed if self.walk else (), key=lambda one: one.over)

    def agreed_what(self, one: Agreed) -> str:
        """With how it went, where it is over."""
        how = "done" if one.done else "failed"
        return str(self.said["said"][how]).format(what=one.what) if one.over else one.what

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


class Personal(Exception):  # noqa: N818 - no fault: it is said anew, to one person
    """What is said rests on a person's own walk."""


class Anybody(Words):
    """The words for everybody, or for all of one voice: of no walk, so that none gets into them.

    Whatever would look at a person's own answers raises Personal.
    """

    def __init__(self, content: Content, language: Language, voices: Voices | None = None) -> None:
        super().__init__(content, language)
        del self.walk, self.pilots, self.keep, self.me
        if voices is not None:
            self.voices = voices

    def __getattr__(self, name: str) -> Any:
        raise Personal(name)
