"""Questioning: what is asked with which choices, the menus that come back, asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.model.canvas import UNKNOWN, Question
from flows.model.kinds import KIND
from flows.model.messages import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.exchange import Exchange

RENEWAL = ("agree", "/my_data", "/forget")
"""What can be done about a changed privacy text."""

NEXT_ASKED = 2
"""Questions that a too early advice offers to answer."""

SUMMARY_MENU = ("/look", "/half_pages", "/document", "/change")


def say_and_ask(x: Exchange, name: str, **data: Any) -> None:
    x.say(name, joins=True, **data)
    ask(x)


def ask(x: Exchange) -> None:
    """The question under the cursor with its choices; what was answered is shown.

    Outside the questions a person rests at the advice, or at the end.
    """
    question = x.question
    if question is None:
        (advice_menu if x.state == "advice" else done_menu)(x)
        return
    walk, plan = x.here, x.here.cursor.plan
    given = walk.given.get(question.key)
    old = given.value if given else None
    x.reply(
        Reply(
            "question",
            {
                "key": question.key,
                "position": progress.position(x.guide.canvas, walk, question),
                "picked": walk.cursor.picked,
                "old": old,
                "planned": len(plan) if question.key in plan else 0,
            },
            question.key,
            (*choices(x, question), *_extras(x, old)),
        )
    )


def choices(x: Exchange, question: Question) -> tuple[str, ...]:
    kind = KIND[question.kind]
    first = OFFERED[kind.offers](x) if kind.offers in OFFERED else question.choices
    return (*first, *kind.fixed, *kind.beside)


def _not_arranged(x: Exchange) -> Sequence[str]:
    return [key.partition(".")[2] for key in x.guide.canvas.not_arranged(x.here.values)]


def best_steps(x: Exchange) -> Sequence[str]:
    return [s.step for s in x.advice().first_steps]


OFFERED = {"not_arranged": _not_arranged, "best_steps": best_steps}
"""What is offered beside a question's own choices: it follows from the answers."""


def _extras(x: Exchange, old: Any) -> tuple[str, ...]:
    extras = ["/explain"]
    if old is not None:
        extras.append("/next")
    if not x.here.given and not x.answers:
        other = "quick" if x.here.depth == "full" else "full"
        extras += [f"/depth {other}", "/five"]
    forward = x.answers[-1] if x.answers else None
    if forward and forward.value == UNKNOWN and x.guide.canvas[forward.question].open_point:
        extras.append(f"/forward {forward.question}")
    return tuple(extras)


# ------------------------------------------------------------ the menus that come back


def advice_menu(x: Exchange) -> None:
    x.menu("routes", *_next_asked(x), "/next", "/look", "/change", *_deeper(x), key="advice")


def done_menu(x: Exchange) -> None:
    menu = (*_next_asked(x), "/summary", *SUMMARY_MENU, *_deeper(x), "/new")
    x.menu("done", *menu, key="finished")


def _deeper(x: Exchange) -> tuple[str, ...]:
    return () if x.here.depth == "full" else ("/depth full",)


def _next_asked(x: Exchange) -> tuple[str, ...]:
    """Buttons for what the advice waits for, where it is too early for one."""
    gate = x.advice().gate
    wanted = gate.lacking if gate.outcome == "too_early" else ()
    asked = x.here.opened(x.guide.canvas).asked[x.here.depth]
    return tuple(f"/change {key}" for key in wanted if key in asked)[:NEXT_ASKED]


def tell_summary(x: Exchange) -> None:
    """In three messages that each make sense; a menu must follow, in the last of them."""
    tell_renewed(x)
    x.say("summary")
    x.say("routes", joins=True)
    x.say("attention")
    x.say("steps", joins=True)


def tell_renewed(x: Exchange) -> None:
    """A canvas keeps its questions and gets the newest advice: that is said once."""
    if x.guide.renewed and x.tell_once("renewed"):
        x.say("renewed", joins=True)


# ------------------------------------------------------------ asking again


def go_back(x: Exchange) -> None:
    """To where the person was; that waits while a changed privacy text does."""
    if x.session.outdated:
        x.menu("agree_anew", *RENEWAL, key="renew")
    else:
        ask(x)


def misfit(x: Exchange) -> None:
    """Not understood: one sentence, and the same choices again."""
    menu = x.shown if x.shown and x.shown.key not in x.guide.canvas else None
    x.say("misfit_menu" if menu else "misfit", joins=True)
    if menu and menu.choices and menu.key not in ("advice", "finished"):
        x.reply(Reply("menu_again", {}, menu.key, tuple(c.key for c in menu.choices)))
    else:
        ask(x)


def twice(x: Exchange) -> None:
    """The second tap of two fell on a question that nobody can have read yet."""
    say_and_ask(x, "twice")


def stale(x: Exchange) -> None:
    say_and_ask(x, "stale")
