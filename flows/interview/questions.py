"""What is asked with which choices, and the menus that come back where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.advice.offering import choices
from flows.advice.undertakings import HOW, undertakings
from flows.model.canvas import UNKNOWN, Question
from flows.model.forwarded import askable
from flows.model.messages import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.advice.undertakings import Undertaking
    from flows.exchange import Exchange

RENEWAL = ("agree", "/my_data", "/forget")  # what can be done about a changed privacy text
LOOKING = "looking back"  # the mark of a walk in which a look-back is under way
NEXT_ASKED = 2  # questions that a too early advice offers to answer
FIVE_OVER = ("five_ended", "five_nothing")  # what is said where five minutes have had their time
READING_MENU = ("/look", "/half_pages", "/document")
SUMMARY_MENU = (*READING_MENU, "/change")


def say_and_ask(x: Exchange, name: str, **data: Any) -> None:
    x.say(name, joins=True, **data)
    ask(x)


def to_say(name: str, *, asks: bool = True) -> Callable[[Exchange], None]:
    """A verb that says one thing, and then asks what was asked."""

    def said(x: Exchange) -> None:
        x.say(name, joins=asks)
        if asks:
            ask(x)

    return said


def ask(x: Exchange) -> None:
    """The question under the cursor with its choices; what was answered is shown.

    Outside the questions a person rests at the advice, or at the end.
    """
    walk, cursor, key = x.here, x.here.cursor, x.here.cursor.question
    if key is None or walk.only_reads:
        _rest(x)
        return
    question = x.guide.canvas[key]
    old = walk.given[key].value if key in walk.given else None
    noted = said_with(x, question) if old is None and key.endswith("_note") else ""
    enough = ("/enough",) if noted else ()
    facts = {
        "key": key,
        "position": progress.position(x.guide.canvas, walk, question),
        "picked": cursor.picked,
        "old": old,
        "noted": noted,
        "planned": len(cursor.plan) if key in cursor.plan else 0,
    }
    looks = LOOKING in cursor.told and key in cursor.plan and key in walk.given
    facts |= {"since": walk.given[key].at} if looks else {}
    passed = passed_action(x) if looks else None
    facts |= {"passed": passed} if passed else {}
    offered = choices(x.guide, walk, question)
    back = (*WENT, *LOOK_BACK) if passed else ("/still", *offered, *LOOK_BACK)
    shown = back if looks else (*offered, *_extras(x, old))
    x.reply(Reply("question", facts, key, (*enough, *shown)))


LOOK_BACK = ("/explain", "/since")
WENT = tuple(f"/went {how}" for how in HOW.values())


def passed_action(x: Exchange) -> Undertaking | None:
    """The action whose day this question asks, where that day has come and nobody said how."""
    key = x.here.cursor.question or ""
    own = undertakings(x.guide, x.here) if key.endswith(".when") else ()
    one = next((one for one in own if f"{one.action}.when" == key), None)
    return one if one and one.open and "" < one.date <= x.now.date().isoformat() else None


def _rest(x: Exchange) -> None:
    """Where nothing is asked; of whoever only reads a shared canvas nothing ever is."""
    if x.here.only_reads:
        x.menu("reading", "/summary", *disputed(x), *READING_MENU, key="reading")
    else:
        (advice_menu if x.state == "advice" else done_menu)(x)


def said_with(x: Exchange, question: Question | None) -> str:
    """What this person said already with the choice that this question asks more about."""
    base = question.key.removesuffix("_note") if question else ""
    own = x.here.own.get(base) if question and base != question.key else None
    return own.note if own else ""


def _extras(x: Exchange, old: Any) -> tuple[str, ...]:
    extras = ["/explain"]
    if old is not None:
        extras.append("/next")
    if not x.here.given and not x.answers:
        other = "quick" if x.here.depth == "full" else "full"
        extras += [f"/depth {other}", "/five"]
    if any(reply.name in FIVE_OVER for reply in x.replies):
        extras.append("/summary")
    forward = x.answers[-1] if x.answers else None
    if forward and forward.value == UNKNOWN and askable(x.guide.canvas[forward.question]):
        extras.append(f"/forward {forward.question}")
    return tuple(extras)


# ------------------------------------------------------------ the menus that come back


def advice_menu(x: Exchange) -> None:
    menu = (*_next_asked(x), "/next", "/look", "/change")
    menu = (*menu, *disputed(x), *points(x), *_undertaken(x), *_deeper(x))
    x.menu("routes", *menu, key="advice")


def done_menu(x: Exchange) -> None:
    first = (*_next_asked(x), "/summary", *SUMMARY_MENU)
    menu = (*first, *disputed(x), *points(x), *_undertaken(x), *_deeper(x), "/new")
    x.menu("done", *menu, key="finished")


def disputed(x: Exchange) -> tuple[str, ...]:
    """On a shared canvas: to what differs, and what of that goes to the table, with how many."""
    joint = x.here.joint
    found = len(joint.differences) + len(joint.tabled) if joint else 0
    return (f"/what_differs {found}",) if found else ()


def points(x: Exchange) -> tuple[str, ...]:
    """Colleagues may know what is open."""
    found = x.guide.canvas.open_points(x.here.values)
    return ("/forward",) if any(askable(x.guide.canvas[key]) for key in found) else ()


def _undertaken(x: Exchange) -> tuple[str, ...]:
    """What is undertaken can be told of, and was."""
    return ("/my_actions",) if x.here.attempts or undertakings(x.guide, x.here) else ()


def _deeper(x: Exchange) -> tuple[str, ...]:
    return () if x.here.depth == "full" else ("/depth full",)


def _next_asked(x: Exchange) -> tuple[str, ...]:
    """Buttons for what the advice waits for, where it is too early for one."""
    gate = x.advice().gate
    wanted = gate.lacking if gate.outcome == "too_early" else ()
    asked = x.here.opened(x.guide.canvas)[x.here.depth]
    return tuple(f"/change {key}" for key in wanted if key in asked)[:NEXT_ASKED]


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


stale = to_say("stale")
only_reads = to_say("only_reads")
twice = to_say("twice")  # the second tap of two fell on a question that nobody can have read yet
