"""Walking: what comes next, from akkoord to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.advice import progress
from flows.advice.advice import observe
from flows.advice.disagreement import other_advice
from flows.advice.offering import best_steps, choices
from flows.interview.questions import LOOKING, advice_menu, ask, done_menu
from flows.model.canvas import UNKNOWN, Question
from flows.model.effects import Agree
from flows.model.journey import LOOKED
from flows.model.kinds import KIND
from flows.model.papers import AUTHOR, WAITS

if TYPE_CHECKING:
    from flows.exchange import Exchange

HALF_WAY = 5  # answers of a part after which its middle is looked back on (domain.md)


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
    if seen is None or any(x.here.says_otherwise(key) for key, _ in seen.because):
        return  # it would deny what they said themselves
    if at == "end" or x.tell_once(f"middle {part}"):
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
