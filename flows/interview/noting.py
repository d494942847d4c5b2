"""What somebody says with a choice that was made before, and where a note is the answer itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.interview.answering import keep, take
from flows.interview.questions import ask, said_with, say_and_ask
from flows.model.kinds import KIND

if TYPE_CHECKING:
    from flows.exchange import Exchange


def note(x: Exchange) -> None:
    """Beside the choice of the message that was replied to; else of the newest choice."""
    replied = x.intent.asking.key if x.intent.asking else ""
    open_ = (k for k, g in x.here.own.items() if g.value is not None and k in x.guide.canvas)
    chosen = [k for k in open_ if not KIND[x.guide.canvas[k].kind].open]
    key = replied if replied in chosen else chosen[-1] if chosen and not replied else ""
    if not key or not x.argument:
        say_and_ask(x, "note_how")
        return
    question, own = x.guide.canvas[key], x.here.own[key]
    more = [own.note, x.argument]
    keep(x, question, own.value, note="\n".join(filter(None, more)))
    say_and_ask(x, "note_kept", key=key, value=own.value)


def enough(x: Exchange) -> None:
    """The note that was given already is the answer here."""
    question, said = x.question, said_with(x, x.question)
    if question and said:
        take(x, question, said)
    else:
        ask(x)
