"""What somebody undertakes: the own steps and what meetings agreed, how each went, what is next.

Small wins, and what each opens (CDKM): what was done, and the steps of the advice next to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.model.canvas import UNKNOWN
from flows.model.rules import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flows.advice.advice import Advice
    from flows.model.guidebook import Guide
    from flows.model.journey import Agreed, Attempt, Walk, Went
    from flows.model.rules import Rules, StepRule

FIRST_STEP, PICKED, AGREED = "closing.small_win", "ingredients.actions", "agreed."
DOORS = 3  # steps that are offered as next door
HOW: Mapping[str, Went] = {"went_done": "done", "went_failed": "failed", "went_later": "later"}
"""Button -> how it went."""


def coded(action: str) -> str:
    """As a button bears it: on Telegram that has 64 bytes for all it says."""
    return action.replace(f"{PICKED}.", "+")


def decoded(code: str) -> str:
    """The action that a button names."""
    return code.replace("+", f"{PICKED}.", 1) if code.startswith("+") else code


@dataclass(frozen=True)
class Undertaking:
    """`action`: the question that it answers, or `agreed.5`; `when`: as that was answered.

    `went`: how it went last, None where nobody said so.
    """

    action: str
    what: Any
    who: Any
    when: Any
    went: Attempt | None = None
    agreed: Agreed | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        if self.agreed:
            return not self.agreed.over
        return self.went is None or self.went.how == "later"

    @property
    def date(self) -> str:
        """The day that was understood, as ISO, or nothing."""
        return str(self.when.get("date") or "") if isinstance(self.when, dict) else ""


def undertakings(guide: Guide, walk: Walk) -> tuple[Undertaking, ...]:
    """The own first step, those for ingredients, then what meetings agreed."""
    return (*_own(guide, walk), *(_of_meeting(walk, one) for one in walk.agreed))


def _own(guide: Guide, walk: Walk) -> Iterator[Undertaking]:
    values = guide.canvas.relevant(walk.values)
    if values.get(FIRST_STEP, UNKNOWN) != UNKNOWN:
        yield _made(walk, FIRST_STEP, values, values[FIRST_STEP])
    picked, weak = values.get(PICKED), guide.canvas.not_arranged(values)
    for name in picked if isinstance(picked, (list, tuple)) else ():
        action = f"{PICKED}.{name}"
        if f"ingredients.{name}" in weak:
            yield _made(walk, action, values, _known(values.get(f"{action}.what")))


def _made(walk: Walk, action: str, values: dict[str, Any], what: Any) -> Undertaking:
    who, when = (_known(values.get(f"{action}.{field}")) for field in ("who", "when"))
    if who == "me" and walk.joint:
        who = walk.joint.colleague(f"{action}.who") or who  # whoever said so
    return Undertaking(action, what, who, when, _newest(walk, action, what))


def _known(value: Any) -> Any:
    return None if value == UNKNOWN else value


def _newest(walk: Walk, action: str, what: Any) -> Attempt | None:
    """How this went last; another step in its place is another one."""
    found = [one for one in walk.attempts if one.action == action and one.what == what]
    return found[-1] if found else None


def _of_meeting(walk: Walk, one: Agreed) -> Undertaking:
    when = {"text": one.due_text, "date": one.due}
    went = _newest(walk, f"{AGREED}{one.id}", one.what)
    return Undertaking(f"{AGREED}{one.id}", one.what, one.who, when, went, one)


def ended(attempts: Iterable[Attempt], *how: Went) -> tuple[Attempt, ...]:
    """How each action went last, where it went so, oldest first."""
    newest: dict[tuple[str, str], Attempt] = {}
    for one in attempts:
        newest.pop((one.action, repr(one.what)), None)
        newest[one.action, repr(one.what)] = one
    return tuple(one for one in newest.values() if one.how in how)


def small_wins(walk: Walk | None) -> tuple[Attempt, ...]:
    """What was done and is not undone."""
    return ended(walk.attempts, "done") if walk else ()


def done_steps(walk: Walk) -> set[str]:
    """The steps of the advice that were done; those in the person's own words are none."""
    return {str(one.what) for one in small_wins(walk) if one.action == FIRST_STEP}


# ---------------------------------------------------------------- what lies next door


def next_door(rules: Rules, advice: Advice, one: Undertaking) -> tuple[str, ...]:
    """The advised steps that rest on the same answers, then those of the same routes.

    In the order of the advice; of what is in the person's own words nothing is known, and then
    the first steps are next.
    """
    own = _rule(rules, one)
    steps = [step.step for step in advice.steps if step.step != one.what]
    if own is None and not one.action.startswith(f"{PICKED}."):
        return tuple(steps[:DOORS])
    asked = _asked(own) if own else {one.action.replace(PICKED, "ingredients")}
    near = {rule.key: _near(rule, own, asked) for rule in rules.steps}
    return tuple(sorted((s for s in steps if near[s]), key=lambda s: -near[s])[:DOORS])


def _rule(rules: Rules, one: Undertaking) -> StepRule | None:
    """The step that was chosen, or the one that an ingredient asks for."""
    topic = one.action.replace(PICKED, "ingredients")
    for rule in rules.steps:
        if rule.key == one.what or (topic != one.action and topic in _asked(rule)):
            return rule
    return None


def _asked(rule: StepRule) -> set[str]:
    return set(keys_of((rule.when, rule.partly)))


def _near(rule: StepRule, own: StepRule | None, asked: set[str]) -> int:
    """2 where the same answers call for it, 1 where it is on the same routes, else 0."""
    if asked & _asked(rule):
        return 2
    same = own and {*own.sides, *own.touches} & {*rule.sides, *rule.touches}
    return 1 if same else 0
