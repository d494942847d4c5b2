"""A colleague answers one question by its link: an answer, who it is, a sentence with it.

Nobody needs an account for it, nor says yes to more than is said there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.exchange import at_desk
from flows.intents.choices import Misfit, listed, open_text
from flows.model.canvas import UNKNOWN, Question
from flows.model.effects import DropReply, KeepReply, SayTo
from flows.model.forwarded import Forwarded, Proposal, askable
from flows.model.kinds import KIND
from flows.trajectory.forwarding import proposed
from flows.trajectory.invitations import named, short

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.messages import Choice

ANSWERS = "reply_is"
FORM = ("name", "role", "note")


def follow(x: Exchange) -> None:
    """What is asked, and what is kept of an answer; or what became of the one given before."""
    asked, before = x.forwarding.followed, x.forwarding.before
    if before and before.sent:
        keys = (f"unsay {before.receipt}",) if before.waits else ()
        x.tell("replied_before", *keys, key="replied", settled=before.settled)
        x.go("start")
    elif asked is None or not asked.open(x.now) or question_of(x, asked) is None:
        x.tell("forward_over")
        x.go("start")
    elif asked.owner == x.desk.person:
        x.tell("forward_own")
        x.go("start")
    else:
        one = Proposal(asked, x.forwarding.receipt)
        _keep(x, one)
        _ask(x, one)


def question_of(x: Exchange, asked: Forwarded) -> Question | None:
    """None where the guide does not ask it any more."""
    found = x.newest.canvas.get(asked.question)
    return found if askable(found) else None


def _ask(x: Exchange, one: Proposal) -> None:
    """What is still needed of it."""
    question = x.newest.canvas[one.of.question]
    if one.value is None:
        labels = {f"{ANSWERS} {key}": question.key for key in question.choices}
        x.tell(
            "follow_q", *labels, "drop_reply", key="replying", labels=labels,
            key_of=question.key, shown=one.of.shown, some=KIND[question.kind].some,
        )  # fmt: skip
    elif not one.name:
        x.tell("reply_name", "drop_reply", key="replying")
    else:
        x.tell("reply_note", "send_reply", "drop_reply", key="replying", who=one.who)


def _keep(x: Exchange, one: Proposal) -> None:
    value = None if one.value is None else json.dumps(one.value, ensure_ascii=False)
    x.do(KeepReply(one.of.id, one.receipt, value, one.name, one.role, one.note, one.sent))


def draft(x: Exchange) -> Proposal | None:
    """The answer that this person is giving, as long as it can be given."""
    one = x.forwarding.draft
    return one if one and one.of.open(x.now) and question_of(x, one.of) else None


def chosen(x: Exchange, one: Proposal) -> None:
    """A button: one of the choices is the answer."""
    question = x.newest.canvas[one.of.question]
    value = _value(question, [x.argument])
    if one.value is not None or value is None:
        _ask(x, one)
    else:
        _filled(x, replace(one, value=value))


def said(x: Exchange, one: Proposal) -> None:
    """Words: the answer, then who gives it, then a sentence with it."""
    text = x.argument
    if one.value is None:
        value = _read(x.newest.canvas[one.of.question], text, x.intent.asking)
        if value is None:
            x.tell("reply_unread", joins=True)
            _ask(x, one)
        else:
            _filled(x, replace(one, value=value))
    elif not one.name:
        name, role = named(text)
        _filled(x, replace(one, name=name, role=role))
    else:
        sent(x, replace(one, note=short(text)))


def _filled(x: Exchange, one: Proposal) -> None:
    _keep(x, one)
    _ask(x, one)


def _read(question: Question, text: str, asking: Any) -> Any:
    if KIND[question.kind].open:
        found = open_text(question, text)
        return None if isinstance(found, Misfit) else found
    offered: list[Choice] = [c for c in asking.choices if c.key.startswith(ANSWERS)]
    return _value(question, [key.partition(" ")[2] for key in listed(text, offered) or ()])


def _value(question: Question, keys: list[str]) -> Any:
    """What an answer to it is that holds these choices; None where there is none."""
    kind = KIND[question.kind]
    if not keys or not set(keys) <= set(question.choices) or (kind.one and len(keys) > 1):
        return None
    if question.at_most and len(keys) > question.at_most:
        return None
    alone = [question.alone] if question.alone in keys else keys
    return keys[0] if kind.one else [key for key in question.choices if key in alone]


def send(x: Exchange, one: Proposal) -> None:
    """Without more words."""
    if one.value is None or not one.name:
        _ask(x, one)
    else:
        sent(x, one)


def sent(x: Exchange, one: Proposal) -> None:
    """From here on it waits for whose canvas it is."""
    one = replace(one, sent=True)
    _keep(x, one)
    near = not x.desk.agreed
    x.do(SayTo("person", one.of.owner, proposed(one), near=near, canvas=one.of.canvas))
    x.tell("joined_q", f"unsay {one.receipt}", key="replied")
    if x.session.walk:
        x.go("again")


def dropped(x: Exchange) -> None:
    """Nothing of it is kept."""
    if x.forwarding.draft:
        x.do(DropReply(x.forwarding.draft.receipt))
    x.tell("reply_dropped")


def own(x: Exchange) -> Proposal | None:
    """An answer that this person sent, and that waits."""
    one = x.forwarding.before
    return one if one and one.waits else None


def unsay(x: Exchange, one: Proposal) -> None:
    x.do(DropReply(one.receipt))
    x.tell("reply_unsaid")
    gone = at_desk("proposal_gone", who=one.who, asked=one.of.question)
    x.do(SayTo("person", one.of.owner, gone, near=not x.desk.agreed, canvas=one.of.canvas))


# ---------------------------------------------------------------- all at once, on a page


def form(x: Exchange) -> None:
    """The lines of a page: the secret, what was chosen or written, then who and what with it.

    Raises nothing: what a page of ours does not send is as a link that is over.
    """
    asked, before = x.forwarding.followed, x.forwarding.before
    if asked is None or before or not asked.open(x.now) or question_of(x, asked) is None:
        x.tell("forward_over")
        return
    fields = json.loads(x.rest) if x.rest else {}
    value = form_value(x.newest.canvas[asked.question], fields)
    name, role, note = (short(str(fields.get(field, ""))) for field in FORM)
    if value is not None and name:
        sent(x, Proposal(asked, x.forwarding.receipt, value, name, role, note))


def form_value(question: Question, fields: Any) -> Any:
    """What a page's fields answer; None where that is nothing."""
    if KIND[question.kind].open:
        found = open_text(question, str(fields.get("text", "")).strip())
        return None if isinstance(found, Misfit) or not found else found
    return _value(question, [str(key) for key in fields.get("keys", ()) if key != UNKNOWN])
