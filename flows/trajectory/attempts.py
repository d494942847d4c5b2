"""How actions go: done, not, or later, each with a sentence; what it opened, what is next door."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.advice.advice import advise
from flows.advice.undertakings import (
    AGREED,
    FIRST_STEP,
    HOW,
    Undertaking,
    coded,
    decoded,
    done_steps,
    next_door,
    small_wins,
    undertakings,
)
from flows.intents import dates
from flows.intents.choices import Misfit, cut
from flows.intents.text import one_line
from flows.model.canvas import UNKNOWN
from flows.model.effects import (
    Answer,
    EndPrompt,
    KeepAttempt,
    NoteAttempt,
    NoteDoor,
    PostponeAgreed,
    SettleAgreed,
)
from flows.model.journey import Given
from flows.model.lists import number_in

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.journey import Walk, Went
    from flows.model.turn import Intent

UNTIL = ("week", "weeks", "month")
"""The days that can be chosen for later; any other is typed."""

LISTED = 8  # actions with a button of their own, and of those that are over as many lines
SENTENCE = 500  # UTF-16 units that are kept of what somebody says with it


def subject(intent: Intent) -> tuple[int, str, str]:
    """(canvas, action, what else) of a button, or of the one beside which words were asked for."""
    told = str(intent.argument)
    if intent.verb == "acting_said":
        told = _wanted(intent).partition(" ")[2]
    canvas, _, rest = told.partition(" ")
    action, _, more = rest.partition(" ")
    return number_in(canvas), decoded(action), more


def _wanted(intent: Intent) -> str:
    shown = intent.asking.choices if intent.asking else ()
    return next((c.key for c in shown if c.key.partition(" ")[0] in SAID), "")


def actions(x: Exchange) -> None:
    """All of this pilot: what is still to do, each with its button, and how the others went."""
    if x.session.walk is None:
        x.tell("actions_none")
        return
    walk = x.session.walk
    found = undertakings(x.guide, walk)
    todo, over = [one for one in found if one.open], [one for one in found if not one.open]
    wins = [one for one in small_wins(walk) if all(one != other.went for other in over)]
    if not found and not wins:
        x.tell("actions_none")
        x.go("again")
        return
    buttons = () if walk.only_reads else (*todo, *over)[:LISTED]
    labels = {f"action {walk.id} {coded(one.action)}": one for one in buttons}
    x.tell("actions", *labels, "acted", key="actions", labels=labels, todo=todo,
           over=over[-LISTED:], wins=wins[-LISTED:], shared=walk.joint is not None)  # fmt: skip


# ---------------------------------------------------------------- one of them


def this_one(x: Exchange) -> Undertaking | None:
    """What a button, or the words under it, is about: as long as it is there."""
    acting, (_, wanted, _) = x.context.acting, subject(x.intent)
    if acting is None or acting.walk.only_reads:
        return None
    found = undertakings(acting.guide, acting.walk)
    return next((one for one in found if one.action == wanted), None)


def _key(x: Exchange, verb: str, action: str = "") -> str:
    canvas, about, _ = subject(x.intent)
    return f"{verb} {canvas} {coded(action or about)}"


def action(x: Exchange, one: Undertaking) -> None:
    """Ask how it went."""
    x.tell("action", *(_key(x, verb) for verb in HOW), "acted", key="actions", one=one)


def went(x: Exchange, one: Undertaking) -> None:
    """Kept at once; then a sentence is asked, or the day."""
    how, canvas = HOW[x.intent.verb], subject(x.intent)[0]
    if x.desk.asked:
        x.do(EndPrompt(x.desk.asked.id, how))
    if how == "later":
        _ask_when(x, one)
        return
    if one.went is None or (one.went.how, one.went.canvas) != (how, canvas):
        _keep(x, one, how)  # said twice it keeps the sentence that it had
    if one.agreed:
        x.do(SettleAgreed(one.agreed.id, "done_at" if how == "done" else "failed_at"))
    name = "action_done" if how == "done" else "action_failed"
    x.tell(name, _key(x, "no_note"), key="acting", one=one)


def _keep(x: Exchange, one: Undertaking, how: Went) -> None:
    what, who = (json.dumps(said, ensure_ascii=False) for said in (one.what, one.who))
    x.do(KeepAttempt(subject(x.intent)[0], one.action, what, who, how))


def done_action(x: Exchange, agreed: int) -> None:
    """The button of before, under a prompt that was sent then."""
    seat = next(s for s in x.desk.own if any(one.id == agreed for one in s.agreed))
    if seat.canvas is None:
        x.do(SettleAgreed(agreed, "done_at"))
        x.tell("action_ticked")
        return
    if x.desk.asked:
        x.do(EndPrompt(x.desk.asked.id, "done"))
    x.go("went_done", f"{seat.canvas} {AGREED}{agreed}")


def agreed_here(x: Exchange) -> int | None:
    """An action that a meeting agreed with this adviser."""
    own = {one.id for seat in x.desk.own for one in seat.agreed}
    return x.number if x.number in own else None


# ---------------------------------------------------------------- a sentence with it


def said(x: Exchange, one: Undertaking) -> None:
    """Words under what is asked: a sentence, what is next door, who, or a day."""
    SAID[_wanted(x.intent).partition(" ")[0]](x, one, x.argument)


def note(x: Exchange, one: Undertaking, text: str) -> None:
    x.do(NoteAttempt(subject(x.intent)[0], one.action, cut(one_line(text), SENTENCE)))
    no_note(x, one)


def no_note(x: Exchange, one: Undertaking) -> None:
    """What was done opens something; what was not, not yet."""
    if one.went and one.went.how == "done":
        _offer(x, one)
    else:
        _end(x, one, "action_noted")


def _end(x: Exchange, one: Undertaking, name: str, **facts: Any) -> None:
    """Back to the question; past it where that was the day of this very action."""
    x.tell(name, one=one, **facts)
    here = x.session.walk
    if here:
        asked = (here.id, here.cursor.question) == (subject(x.intent)[0], f"{one.action}.when")
        x.go("next" if asked else "again")


def acted(x: Exchange) -> None:
    """Enough of this for now."""
    if x.session.walk:
        x.go("again")
    else:
        x.tell("actions_none")


# ---------------------------------------------------------------- what lies next door


def _there(x: Exchange) -> tuple[Walk, tuple[str, ...], Undertaking | None]:
    """The canvas, the steps next to what was done, and the first step that is under way."""
    walk, guide = x.acting.walk, x.acting.guide
    own = next((u for u in undertakings(guide, walk) if u.action == FIRST_STEP), None)
    one = this_one(x)
    advice = advise(guide.canvas, guide.rules, walk.values).without(done_steps(walk))
    return walk, next_door(guide.rules, advice, one) if one else (), own


def _offer(x: Exchange, one: Undertaking) -> None:
    labels = {f"{_key(x, 'door')} {step}": step for step in _there(x)[1]}
    keys = (*labels, _key(x, "no_door"))
    x.tell("action_door", *keys, key="acting", labels=labels, one=one, offered=bool(labels))


def door(x: Exchange, one: Undertaking) -> None:
    """A step of the advice."""
    step = subject(x.intent)[2]
    if step in _there(x)[1]:
        next_is(x, one, step)
    else:
        x.tell("settled")


def next_is(x: Exchange, one: Undertaking, step: str) -> None:
    """It stands with what was done; and is the first step now, where none is under way."""
    number, (walk, _, own) = subject(x.intent)[0], _there(x)
    step = cut(one_line(step), SENTENCE)
    x.do(NoteDoor(number, one.action, step))
    counts = walk.joint is None or walk.joint.counts(FIRST_STEP, step)
    if (own and own.open and own.action != one.action) or not counts:
        _end(x, one, "door_noted", step=step)
        return
    fields = {FIRST_STEP: step, f"{FIRST_STEP}.who": UNKNOWN, f"{FIRST_STEP}.when": UNKNOWN}
    x.do(*(Answer(number, Given(field, value, x.now)) for field, value in fields.items()))
    me = f"{_key(x, 'who_is', FIRST_STEP)} me"
    x.tell("next_step_is", me, "acted", key="acting", step=step)


def no_door(x: Exchange, one: Undertaking) -> None:
    _end(x, one, "action_noted")


# ---------------------------------------------------------------- who, and when


def who_is(x: Exchange, one: Undertaking) -> None:
    names(x, one, subject(x.intent)[2])


def names(x: Exchange, one: Undertaking, who: str) -> None:
    given = Given(f"{one.action}.who", cut(one_line(who), SENTENCE), x.now, x.update.message)
    x.do(Answer(subject(x.intent)[0], given))
    _ask_when(x, one)


def _ask_when(x: Exchange, one: Undertaking) -> None:
    keys = [f"{_key(x, 'until')} {span}" for span in UNTIL]
    x.tell("action_when", *keys, "acted", key="acting", one=one)


def until(x: Exchange, one: Undertaking) -> None:
    """What stands on the button is read as if it had been typed."""
    shown = x.intent.asking.choices if x.intent.asking else ()
    key = f"until {x.argument}"
    moved(x, one, next((c.label for c in shown if c.key == key), ""))


def moved(x: Exchange, one: Undertaking, text: str) -> None:
    """From now on it is to be done then."""
    when = dates.understand(text, x.now, x.newest.moments)
    if isinstance(when, Misfit):
        x.tell("action_when_unclear", joins=True)
        _ask_when(x, one)
        return
    if one.when is not None or one.went:
        _keep(x, one, "later")
    if one.agreed:
        x.do(PostponeAgreed(one.agreed.id, str(when["text"]), when["date"]))
    else:
        given = Given(f"{one.action}.when", when, x.now, x.update.message)
        x.do(Answer(subject(x.intent)[0], given))
    _end(x, replace(one, when=when), "action_later")


SAID = {"no_note": note, "no_door": next_is, "who_is": names, "until": moved}
"""Button -> what is done with the words that come in its place."""
