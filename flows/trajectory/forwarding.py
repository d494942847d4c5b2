"""One question to a colleague: a link to it, what is out, and an answer taken over or left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.advice import progress
from flows.exchange import Exchange, at_desk
from flows.model.canvas import UNKNOWN
from flows.model.effects import Answer, ForwardQuestion, Recall, SettleProposal, ShowName
from flows.model.forwarded import KEY_LETTERS, MOST_OUT, Forwarded, Proposal, askable
from flows.model.trajectory import LIVES, hashed
from flows.model.voices import OF, Given

if TYPE_CHECKING:
    from flows.model.messages import Reply

NEXT = "next"
"""In the place of a question: the first open point that is not out yet."""


def forward(x: Exchange) -> None:
    """A link to one question; where the open points go out one by one, the way to the next."""
    if x.session.reads:  # what came back could not be taken over
        x.say("only_reads")
        x.go("again")
        return
    one_by_one = x.argument in ("", NEXT)
    left = _left(x) if one_by_one else [x.argument]
    if not x.here or not left or not askable(x.guide.canvas.get(left[0])):
        x.tell("forward_none")
    elif len(x.forwarding.out) >= MOST_OUT:
        x.tell("forward_full", most=MOST_OUT)
    else:
        _link(x, left[0])
        if one_by_one and len(left) > 1:
            x.tell("forward_next", f"forward_one {NEXT}", "forward_end", left=len(left) - 1)
            return
    x.go("again")


def _left(x: Exchange) -> list[str]:
    """The open points that nobody was asked yet."""
    out = {one.question for one in x.forwarding.out if one.canvas == x.here.id}
    points = x.guide.canvas.open_points(x.here.values) if x.here else ()
    return [key for key in points if key not in out and askable(x.guide.canvas[key])]


def _link(x: Exchange, key: str) -> None:
    secret, until = x.desk.secret("q", 0), x.now + LIVES["q"]
    made = hashed(secret)
    x.do(ForwardQuestion(made, x.here.id, key, until))
    show = (f"show_name {made[:KEY_LETTERS]}",) if _name(x.here.values) else ()
    x.tell("forward_made", *show, key="forwarding", asked=key, until=until.date())
    x.tell("forward_text", secret=secret, key_of=key)


def ended(x: Exchange) -> None:
    """Enough questions went out for now."""
    x.go("again")


def _name(values: Any) -> str:
    """The pilot and its municipality, as far as they were said."""
    said = [values.get(key) for key in ("pilot.name", "pilot.organisation")]
    return ", ".join(one for one in said if isinstance(one, str) and one != UNKNOWN)


# ---------------------------------------------------------------- what is out


def this_one(x: Exchange) -> Forwarded | None:
    """A question of this person's that is out."""
    return next((one for one in x.forwarding.out if one.key == x.argument), None)


def forwarded(x: Exchange) -> None:
    """Everything that is out, each with a button that takes it back; then what waits for a yes."""
    out, waiting = x.forwarding.out, x.forwarding.waiting
    labels = {f"recall {one.key}": one.question for one in out}
    if labels:
        x.tell("forwarded", *labels, key="forwarded", labels=labels, out=out)
    elif not waiting:
        x.tell("forwarded_none")
    for one in waiting:
        x.reply(proposed(one))


def show_name(x: Exchange, one: Forwarded) -> None:
    shown = _name(x.forwarding.walk.values) if x.forwarding.walk else ""
    x.do(ShowName(one.id, shown))
    x.tell("name_shown", shown=shown)


def recall(x: Exchange, one: Forwarded) -> None:
    x.do(Recall(one.id))
    x.tell("recalled", asked=one.question)


# ---------------------------------------------------------------- what came back


def proposed(one: Proposal) -> Reply:
    """What a colleague answers, to whose canvas it is."""
    verbs = ("take_answer", "leave_answer", "later_answer")
    keys = tuple(f"{verb} {one.receipt}" for verb in verbs)
    return at_desk("proposal", *keys, key="proposal", **_facts(one))


def _facts(one: Proposal) -> dict[str, Any]:
    return {"asked": one.of.question, "who": one.who, "note": one.note, "value": one.value}


def waiting(x: Exchange) -> Proposal | None:
    """An answer on a canvas of this person that waits for a yes."""
    return next((one for one in x.forwarding.waiting if one.receipt == x.argument), None)


def take(x: Exchange, one: Proposal) -> None:
    """It becomes an answer by that colleague's name; in the place of another only when asked."""
    guide, walk, key = x.forwarding.guide, x.forwarding.walk, one.of.question
    if guide is None or walk is None or key not in walk.opened(guide.canvas)["paper"]:
        x.do(SettleProposal(one.receipt, "left"))
        x.tell("proposal_passed", asked=key)
        return
    if walk.only_reads:  # a part that was given after the question went out: it waits
        x.say("only_reads")
        return
    old = walk.values.get(key)
    lost = progress.dropped(guide.canvas, walk, key, one.value)
    stands = old not in (None, UNKNOWN) and old != one.value
    if x.intent.verb == "take_answer" and (stands or lost):
        keys = (f"replace_answer {one.receipt}", f"leave_answer {one.receipt}")
        x.tell("proposal_replaces", *keys, key="proposal", old=old, lost=lost, **_facts(one))
        return
    source = f"{OF}{one.who}: {one.note}" if one.note else f"{OF}{one.who}"
    given = Given(key, one.value, x.now, source)
    x.do(Answer(walk.id, given), SettleProposal(one.receipt, "taken"))
    x.tell("proposal_taken", **_facts(one))
    here = x.session.walk
    if here and here.id == walk.id and here.cursor.question == key:
        x.go("next")


def leave(x: Exchange, one: Proposal) -> None:
    """Nothing changes on the canvas; the words of the colleague go."""
    x.do(SettleProposal(one.receipt, "left"))
    x.tell("proposal_left", asked=one.of.question)


def later(x: Exchange, one: Proposal) -> None:
    x.tell("proposal_later", asked=one.of.question)
