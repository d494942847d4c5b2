"""Questioning: what is asked with which choices, and asked again where it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.advice import progress
from flows.interview.menus import RENEWAL, advice_menu, done_menu
from flows.model.canvas import ONE_OF, UNKNOWN, Question
from flows.model.turn import Asking, Reply

if TYPE_CHECKING:
    from flows.exchange import Exchange


def ask(x: Exchange) -> None:
    """The question under the cursor with its choices; what was answered is shown."""
    question = x.question
    if question is None:
        _rest(x)
        return
    walk = x.here
    x.reply(
        Reply(
            "question",
            {
                "key": question.key,
                "position": progress.position(x.guide.canvas, walk, question),
                "picked": walk.cursor.picked,
                "old": walk.values.get(question.key),
                "planned": _planned(x, question),
            },
            question.key,
            (*choices(x, question), *_extras(x, question)),
        )
    )


def _planned(x: Exchange, question: Question) -> int:
    plan = x.here.cursor.plan
    return len(plan) if question.key in plan else 0


def _rest(x: Exchange) -> None:
    """Outside the questions a person rests at the advice, or at the end."""
    if x.state == "advice":
        advice_menu(x)
    else:
        done_menu(x)


def choices(x: Exchange, question: Question) -> tuple[str, ...]:
    if question.kind in ONE_OF:
        return (*question.choices, UNKNOWN)
    if question.kind == "any_of":
        return (*question.choices, "/done", UNKNOWN)
    if question.kind == "actions":
        weak = x.guide.canvas.not_arranged(x.here.values)
        return (*(key.partition(".")[2] for key in weak), "/done", "/skip")
    if question.kind == "step":
        return (*best_steps(x), "/other", UNKNOWN)
    named = {"who": ("me",), "when": ("this_week", "this_month")}
    return (*named.get(question.kind, ()), UNKNOWN, "/skip")


def best_steps(x: Exchange) -> list[str]:
    return [s.step for s in x.advice().first_steps]


def _extras(x: Exchange, question: Question) -> tuple[str, ...]:
    extras = ["/explain"]
    if question.key in x.here.values:
        extras.append("/next")
    if not x.here.given and not x.answers:
        other = "quick" if x.here.depth == "full" else "full"
        extras += [f"/depth {other}", "/five"]
    forward = x.answers[-1] if x.answers else None
    if forward and forward.value == UNKNOWN and x.guide.canvas[forward.question].open_point:
        extras.append(f"/forward {forward.question}")
    return tuple(extras)


# ------------------------------------------------------------ asking again


def go_back(x: Exchange) -> None:
    """To where the person was; that waits while a changed privacy text does."""
    if x.session.outdated:
        x.menu("agree_anew", *RENEWAL, key="renew")
    else:
        ask(x)


def misfit(x: Exchange) -> None:
    """Not understood: one sentence, and the same choices again."""
    shown = x.shown
    open_menu = shown and shown.key not in x.guide.canvas
    x.say("misfit_menu" if open_menu else "misfit", joins=True)
    if open_menu and shown:
        _repeat_menu(x, shown)
    else:
        ask(x)


def _repeat_menu(x: Exchange, shown: Asking) -> None:
    if shown.key in ("advice", "finished") or not shown.choices:
        ask(x)
    else:
        x.reply(Reply("menu_again", {}, shown.key, tuple(c.key for c in shown.choices)))


def quiet(x: Exchange) -> None:
    """The same press again under a new id: nothing happens, nothing is said."""


def twice(x: Exchange) -> None:
    """The second tap of two fell on a question that nobody can have read yet."""
    x.say("twice", joins=True)
    ask(x)


def stale(x: Exchange) -> None:
    x.say("stale", joins=True)
    ask(x)
