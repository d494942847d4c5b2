"""Questioning: what is asked with which choices, and asked again where it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.interview.menus import RENEWAL, advice_menu, done_menu
from flows.model.canvas import UNKNOWN, Question
from flows.model.kinds import KIND
from flows.model.messages import Asking, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.exchange import Exchange


def say_and_ask(x: Exchange, name: str, **data: Any) -> None:
    x.say(name, joins=True, **data)
    ask(x)


def ask(x: Exchange) -> None:
    """The question under the cursor with its choices; what was answered is shown."""
    question = x.question
    if question is None:
        _rest(x)
        return
    walk, plan = x.here, x.here.cursor.plan
    x.reply(
        Reply(
            "question",
            {
                "key": question.key,
                "position": progress.position(x.guide.canvas, walk, question),
                "picked": walk.cursor.picked,
                "old": walk.values.get(question.key),
                "planned": len(plan) if question.key in plan else 0,
            },
            question.key,
            (*choices(x, question), *_extras(x, question)),
        )
    )


def _rest(x: Exchange) -> None:
    """Outside the questions a person rests at the advice, or at the end."""
    if x.state == "advice":
        advice_menu(x)
    else:
        done_menu(x)


def choices(x: Exchange, question: Question) -> tuple[str, ...]:
    kind = KIND[question.kind]
    return (*OFFERED[kind.offers](x, question), *kind.fixed, *kind.beside)


def _own(_: Exchange, question: Question) -> Sequence[str]:
    return question.choices


def _not_arranged(x: Exchange, _: Question) -> Sequence[str]:
    return [key.partition(".")[2] for key in x.guide.canvas.not_arranged(x.here.values)]


def best_steps(x: Exchange, _: Question | None = None) -> Sequence[str]:
    return [s.step for s in x.advice().first_steps]


OFFERED = {"choices": _own, "not_arranged": _not_arranged, "best_steps": best_steps}


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
    say_and_ask(x, "twice")


def stale(x: Exchange) -> None:
    say_and_ask(x, "stale")
