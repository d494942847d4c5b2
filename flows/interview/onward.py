"""Walking: what is asked with which choices, and what comes next, from akkoord to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.advice.advice import observe
from flows.advice.disagreement import other_advice
from flows.advice.offering import best_steps, choices
from flows.advice.undertakings import HOW, undertakings
from flows.model.canvas import UNKNOWN, Question
from flows.model.effects import Agree
from flows.model.forwarded import askable
from flows.model.journey import LOOKED
from flows.model.kinds import KIND
from flows.model.messages import Reply
from flows.model.papers import AUTHOR, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.advice.undertakings import Undertaking
    from flows.exchange import Exchange

RENEWAL = ("agree", "/my_data", "/forget")  # what can be done about a changed privacy text
LOOKING = "looking back"  # the mark of a walk in which a look-back is under way
NEXT_ASKED = 2  # questions that a too early advice offers to answer
HALF_WAY = 5  # answers of a part after which its middle is looked back on (domain.md)
FIVE_OVER = ("five_ended", "five_nothing")  # what is said where five minutes have had their time
SUMMARY_MENU = ("/look", "/half_pages", "/document", "/change")


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
        x.menu("reading", "/summary", *SUMMARY_MENU[:-1], key="reading")
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
    menu = (*_next_asked(x), "/next", "/look", "/change", *points(x), *_undertaken(x), *_deeper(x))
    x.menu("routes", *menu, key="advice")


def done_menu(x: Exchange) -> None:
    first = (*_next_asked(x), "/summary", *SUMMARY_MENU)
    menu = (*first, *points(x), *_undertaken(x), *_deeper(x), "/new")
    x.menu("done", *menu, key="finished")


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


def tell_summary(x: Exchange) -> None:
    """In three messages that each make sense; a menu must follow, in the last of them."""
    tell_renewed(x)
    x.say("summary")
    tell_other_advice(x)
    x.say("routes", joins=True)
    x.say("attention")
    x.say("steps", joins=True)


def tell_other_advice(x: Exchange) -> None:
    """On a shared canvas: whose answers would make it another advice."""
    if x.here.joint and x.here.joint.disputed:
        found = other_advice(x.guide.canvas, x.guide.rules, x.here)
        others = tuple(one for one in found if not one.same)
        x.say("advice_differs", joins=True, count=len(found), others=others)


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


stale = to_say("stale")
only_reads = to_say("only_reads")
twice = to_say("twice")  # the second tap of two fell on a question that nobody can have read yet


# ------------------------------------------------------------ before akkoord


def welcome(x: Exchange) -> None:
    x.menu("welcome", "agree", "/language", "/privacy")


def welcome_again(x: Exchange) -> None:
    x.say("agree_first", joins=True)
    welcome(x)


def privacy_new(x: Exchange) -> None:
    x.say("privacy", joins=True)
    x.menu("agree_or_not", "agree", "/language", key="welcome")


def language_new(x: Exchange) -> None:
    x.switch_language()
    welcome(x)


def begin(x: Exchange) -> None:
    x.do(Agree())
    x.open("quick")
    x.say("agreed", joins=True)
    go_on(x)


# ------------------------------------------------------------ going on


def go_on(x: Exchange) -> None:
    """Close what is finished, then ask what is missing, or give the advice, or end."""
    if x.here.only_reads:
        ask(x)
        return
    if AUTHOR in x.here.given:
        _hand_over(x)
    upcoming = progress.next_question(x.guide.canvas, x.here)
    planned = upcoming is not None and upcoming.key in x.here.cursor.plan
    if LOOKING in x.here.cursor.told and not planned:
        _end_look_back(x)
        return
    if not planned:
        _look_back(x, upcoming)
    if upcoming is None:
        _finish(x)
    elif upcoming.part == "closing" and not planned and "advice" not in x.here.cursor.told:
        _give_advice(x)
    else:
        _open(x, upcoming, planned=planned)


def pass_over(x: Exchange) -> None:
    """A planned question that keeps its answer has had its turn."""
    if x.here.cursor.question in x.here.cursor.plan:
        x.point(plan=tuple(k for k in x.here.cursor.plan if k != x.here.cursor.question))


def _end_look_back(x: Exchange) -> None:
    """All was looked at: back to where the person was, and what changed is told."""
    told = tuple(mark for mark in x.here.cursor.told if mark != LOOKING)
    x.point(told=(*told, f"{LOOKED}{x.now.isoformat(timespec='seconds')}"), plan=())
    upcoming = progress.next_question(x.guide.canvas, x.here)
    if upcoming is None:
        x.trigger("finish")
    elif upcoming.part == "closing" and "advice" not in x.here.cursor.told:
        x.trigger("give_advice")
        upcoming = None
    else:
        _enter(x, upcoming.part)
    x.point(question=upcoming.key if upcoming else None, picked=())
    x.go("since")


def _hand_over(x: Exchange) -> None:
    """The document that waited for its author's name, once that was answered or skipped."""
    told = x.here.cursor.told
    waiting = [mark for mark in told if mark.startswith(WAITS)]
    if waiting:
        x.point(told=tuple(mark for mark in told if mark not in waiting))
        x.say("document", name=waiting[-1].removeprefix(WAITS))


def _open(x: Exchange, question: Question, *, planned: bool) -> None:
    _enter(x, question.part)
    x.point(question=question.key, picked=())
    if not planned and x.tell_once(f"opened {question.part}"):
        size = progress.part_size(x.guide.canvas, x.here, question.part)
        x.say("part_opened", joins=True, part=question.part, size=size)
    if KIND[question.kind].offers == "best_steps" and best_steps(x.guide, x.here):
        x.say("steps_brief", joins=True)
    ask(x)


def _enter(x: Exchange, part: str) -> None:
    if x.state != part:
        x.trigger(f"open_{part}")


def visit(x: Exchange, question: Question) -> None:
    stand_at(x, question)
    ask(x)


def stand_at(x: Exchange, question: Question) -> None:
    """Where that is asked, with what was chosen there before."""
    _enter(x, question.part)
    kept = x.here.values.get(question.key) if KIND[question.kind].some else ()
    offered = choices(x.guide, x.here, question)
    picked = tuple(k for k in kept or () if k in offered) if kept != UNKNOWN else ()
    x.point(question=question.key, picked=picked)


def _look_back(x: Exchange, upcoming: Question | None) -> None:
    """The middle of part 2, and the end of each part, give one sentence back."""
    part, canvas = x.state, x.guide.canvas
    if upcoming and upcoming.part == part:
        due = (part, "middle") in x.guide.rules.observed
        if due and f"middle {part}" not in x.here.cursor.told:
            values = x.here.values
            if len([q for q in canvas.own[part] if q.key in values]) >= HALF_WAY:
                _observe(x, part, "middle")
    elif part in canvas.by_part and any(a.question.startswith(part) for a in x.answers):
        _close(x, part)


def _close(x: Exchange, part: str) -> None:
    left = {q.part for q in progress.missing(x.guide.canvas, x.here)}
    if part in left or not x.tell_once(f"closed {part}") or part == "closing":
        return
    _observe(x, part, "end")
    if x.here.depth == "full" and left - {"closing"}:
        x.menu("recap", f"/change {part}", part=part, key="recap")


def _observe(x: Exchange, part: str, at: str) -> None:
    seen = observe(x.guide.rules, part, at, x.guide.canvas.relevant(x.here.values))
    if seen and (at == "end" or x.tell_once(f"middle {part}")):
        x.say("observation", joins=True, key=seen.rule, because=seen.because)


def _give_advice(x: Exchange) -> None:
    x.trigger("give_advice")
    x.point(question=None, picked=())
    tell_renewed(x)
    tell_other_advice(x)
    x.say("gate")
    advice_menu(x)


def _finish(x: Exchange) -> None:
    first_time = x.tell_once("finished")
    x.trigger("finish")
    x.point(question=None, picked=(), plan=())
    if first_time:
        tell_summary(x)
    elif not any(reply.name == "document" for reply in x.replies):
        x.say("updated", joins=True)
    done_menu(x)
    offer_sharing(x)


def offer_sharing(x: Exchange) -> None:
    """Whoever takes part in a trajectory is asked once, at an advice, what may be seen of it."""
    advised = x.state in ("advice", "closing", "done")
    if advised and x.session.seated and x.tell_once("offered to share"):
        x.go("offer_sharing")
