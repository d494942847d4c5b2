"""The table of all moves: from where, to where, under which guard, and what is done.

The states are the parts of the canvas with what comes before and after; the
question is a cursor inside the part, so new content never migrates a state.
Every state hears every verb: nothing a person does can raise. Of the rows of a verb
the first counts whose guards all hold. A role opens a verb; which trajectory, seat or
link it may be about follows from the desk, which holds nothing of anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.advice.undertakings import HOW
from flows.exchange import seat_behind
from flows.guards import (
    ANSWERING,
    WITHOUT_RENEWAL,
    at_desk,
    consent_outdated,
    has_trajectory,
    having,
    held_up,
    live,
)
from flows.interview import (
    answering,
    editing,
    looking_back,
    noting,
    onward,
    privacy,
    questions,
    showing,
    unplaced,
)
from flows.needs import DESK_READ, NEEDS
from flows.prompts import broadcast, compose, responses
from flows.trajectory import (
    attempts,
    colleagues,
    connecting,
    correspondence,
    forwarding,
    heat_map,
    home,
    invitations,
    joining,
    meetings,
    overview,
    replying,
    sharing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.exchange import Exchange
    from flows.guards import Guard
    from flows.model.desk import Role

    Handler = Callable[[Exchange], None]
    At = tuple[Role, Guard | None, Handler]

WALKED = ("pilot", "impact", "routes", "ingredients", "pitfalls", "closing")
"""The parts of the canvas; a test holds that content/canvas.toml has just these."""

STARTED = (*WALKED[:-1], "advice", "closing", "done")
STATES = ("new", *STARTED)


@dataclass(frozen=True)
class Row:
    """`to`: None stays where it is; `then`: None does nothing; `needs`: what must be read."""

    verb: str
    source: tuple[str, ...]
    to: str | None
    guards: tuple[Guard, ...] = ()
    then: Handler | None = None
    needs: tuple[str, ...] = ()


def hold_up(x: Exchange) -> None:
    (privacy.renew if x.session.outdated else questions.only_reads)(x)


OF_A_LINK = ("reply_is", "send_reply", "reply_said")
"""What somebody does who was asked one thing, and has no more to do where that was taken back."""


def refused(x: Exchange) -> None:
    """A command that needs a trajectory, or a button whose subject has passed or was another's."""
    if x.intent.verb in TYPED:
        x.tell("no_trajectory")
    elif x.intent.verb in OF_A_LINK:
        x.tell("forward_over")
    else:
        x.tell("settled")


OF_A_PLACE = ("sharing", "remark")
"""What a colleague reads of who takes part in a trajectory, and perhaps does not themselves."""


def otherwise(x: Exchange) -> None:
    """The same words, as whoever may not do this means them; a button has no other meaning."""
    if x.intent.verb in PRESSED:
        x.tell("not_yours")
    elif x.intent.verb in OF_A_PLACE and x.session.walk and x.session.walk.joint:
        x.tell("no_place_here")
        x.go("again")
    elif x.intent.otherwise:
        x.intent = x.intent.otherwise
        x.trigger(x.intent.verb)


# ---------------------------------------------------------------- the interview

INTERVIEW: dict[str, tuple[Handler | None, Handler | None]] = {
    # verb         before a person agreed    after that
    "start":       (onward.welcome,          looking_back.start),
    "agree":       (onward.begin,            privacy.agree),
    "answer":      (onward.welcome_again,    answering.answer),
    "tick":        (onward.welcome_again,    answering.tick),
    "choose":      (onward.welcome_again,    answering.choose),
    "done":        (onward.welcome_again,    answering.done),
    "skip":        (onward.welcome_again,    answering.skip),
    "back":        (onward.welcome_again,    answering.back),
    "next":        (onward.welcome_again,    answering.go_next),
    "unknown":     (onward.welcome_again,    answering.unknown),
    "other":       (onward.welcome_again,    answering.other),
    "explain":     (onward.welcome_again,    showing.explain),
    "forward":     (onward.welcome_again,    showing.forward),
    "where":       (onward.welcome_again,    showing.where),
    "pause":       (onward.welcome_again,    showing.pause),
    "stop":        (showing.stop,            showing.stop),
    "help":        (onward.welcome_again,    showing.tell_help),
    "privacy":     (onward.privacy_new,      privacy.privacy),
    "again":       (onward.welcome_again,    questions.ask),
    "misfit":      (onward.welcome_again,    questions.misfit),
    "summary":     (onward.welcome_again,    showing.summary),
    "look":        (onward.welcome_again,    showing.look),
    "half_pages":  (onward.welcome_again,    showing.half_pages),
    "document":    (onward.welcome_again,    showing.document),
    "change":      (onward.welcome_again,    answering.change),
    "sure":        (onward.welcome_again,    answering.sure),
    "language":    (onward.language_new,     showing.language_switch),
    "depth":       (onward.welcome_again,    showing.depth),
    "five":        (onward.welcome_again,    showing.five),
    "look_back":   (onward.welcome_again,    looking_back.look_back),
    "still":       (onward.welcome_again,    looking_back.still),
    "went":        (onward.welcome_again,    looking_back.went),
    "since":       (onward.welcome_again,    looking_back.since),
    "year":        (onward.welcome_again,    looking_back.year),
    "new":         (onward.welcome_again,    showing.new),
    "pilots":      (onward.welcome_again,    showing.pilots),
    "strange":     (onward.welcome_again,    showing.strange),
    "stale":       (onward.welcome_again,    questions.stale),
    "elsewhere":   (onward.welcome_again,    showing.elsewhere),
    "answered":    (onward.welcome_again,    showing.answered),
    "piece":       (onward.welcome_again,    editing.piece),
    "edit":        (onward.welcome_again,    editing.edit),
    "quiet":       (None,                    None),
    "twice":       (onward.welcome_again,    questions.twice),
    "forget":      (privacy.forget_new,      privacy.forget),
    "erase":       (privacy.erase_new,       privacy.erase),
    "my_data":     (privacy.my_data,         privacy.my_data),
    "note":        (onward.welcome_again,    noting.note),
    "enough":      (onward.welcome_again,    noting.enough),
    "placed":      (onward.welcome_again,    unplaced.placed),
    "my_actions":  (onward.welcome_again,    showing.my_actions),
    "what_differs": (onward.welcome_again,   showing.what_differs),
}  # fmt: skip
GREETED = (onward.welcome, onward.welcome_again, onward.begin)
"""Instead of this a stranger with a link hears of that link, and a kwartiermaker of the desk."""


def _of_interview(verb: str, before: Handler | None, after: Handler | None) -> Iterator[Row]:
    if verb == "agree":
        yield Row(verb, STATES, None, (consent_outdated,), privacy.agree_anew)
    elif verb in ANSWERING:
        yield Row(verb, STATES, None, (held_up,), hold_up)
    elif verb not in WITHOUT_RENEWAL:
        yield Row(verb, STATES, None, (consent_outdated,), privacy.renew)
    if before in GREETED:
        yield Row(verb, ("new",), None, (having("invited"),), joining.follow, (DESK_READ,))
    if before in GREETED and verb != "agree":
        yield Row(verb, ("new",), None, (at_desk,), home.home, (DESK_READ,))
    needs = NEEDS.get(verb, ())
    yield Row(verb, ("new",), "pilot" if verb == "agree" else None, (), before, needs)
    yield Row(verb, STARTED, None, (), after, needs)


# ---------------------------------------------------------------- the desk of trajectories


TYPED: dict[str, At] = {
    "appoint": ("operator", None, invitations.appoint),
    "home": ("keeper", has_trajectory, home.home),
    "trajectory": ("keeper", None, home.trajectory),
    "invite": ("keeper", has_trajectory, invitations.invite),
    "overview": ("keeper", has_trajectory, overview.overview),
    "patterns": ("keeper", has_trajectory, heat_map.patterns),
    "ask": ("keeper", has_trajectory, broadcast.ask),
    "meeting": ("keeper", has_trajectory, meetings.meeting),
    "report": ("keeper", has_trajectory, meetings.report),
    "portfolio": ("keeper", has_trajectory, sharing.portfolio),
    "sharing": ("adviser", None, sharing.sharing),
    "remark": ("adviser", None, correspondence.remark),
    "moving": ("adviser", None, joining.moving),
    "connect": ("agreed", None, connecting.connect),
    "reminders": ("agreed", None, responses.reminders),
    "zone": ("agreed", None, responses.zone),
    "logbook": ("agreed", None, sharing.logbook),
    "forwarded": ("agreed", None, forwarding.forwarded),
    "together": ("agreed", None, colleagues.together),
    "differences": ("agreed", None, colleagues.differences),
    "actions": ("agreed", None, attempts.actions),
}  # fmt: skip
"""Commands, who may mean each. Who has not the role hears what any unknown command gets."""

PRESSED: dict[str, At] = {
    "appoint_yes": ("operator", *live(invitations.waiting, invitations.appointed)),
    "appoint_no": ("operator", *live(invitations.waiting, invitations.appointed)),
    "go": ("keeper", *live(overview.kept_one, overview.go)),
    "home_page": ("keeper", has_trajectory, home.home),
    "manage": ("keeper", None, overview.list_page),
    "municipality": ("keeper", *live(home.seat_there, home.municipality)),
    "there": ("keeper", *live(home.seat_there, home.municipality)),
    "meeting_page": ("keeper", *live(meetings.this_town, meetings.page_of)),
    "shared_of": ("keeper", *live(home.seat_there, home.shared_of)),
    "ask_one": ("keeper", *live(home.seat_there, broadcast.ask_one)),
    "ask_this": ("keeper", broadcast.askable, broadcast.ask_this),
    "plan": ("keeper", *live(home.plannable, home.plan)),
    "reporting": ("keeper", *live(home.seat_there, home.reporting)),
    "list_page": ("keeper", None, overview.list_page),
    "invite_page": ("keeper", invitations.any_unused, invitations.invite_page),
    "invite_as": ("keeper", *live(invitations.meant, invitations.invite_as)),
    "withdraw": ("keeper", *live(invitations.unused, invitations.withdraw)),
    "renew": ("keeper", *live(invitations.unused, invitations.renew)),
    "admit": ("keeper", *live(invitations.admitting, invitations.admitted)),
    "refuse": ("keeper", *live(invitations.admitting, invitations.admitted)),
    "page": ("keeper", overview.any_seats, overview.page),
    "kind": ("keeper", broadcast.known_kind, broadcast.kind),
    "target": ("keeper", *live(broadcast.draft, broadcast.target)),
    "send": ("keeper", *live(broadcast.previewed, broadcast.send)),
    "drop": ("keeper", None, broadcast.drop),
    "call_off": ("keeper", None, broadcast.call_off),
    "town": ("keeper", *live(meetings.this_town, meetings.page_of)),
    "unmeet": ("keeper", *live(meetings.ahead, meetings.unmeet)),
    "paper": ("keeper", *live(meetings.this_town, meetings.paper)),
    "take": ("keeper", sharing.takeable, sharing.take),
    "remarks_of": ("keeper", *live(correspondence.of_town, correspondence.remarks_of)),
    "answer_remark": ("keeper", *live(broadcast.remark, broadcast.answer_remark)),
    "visit": ("keeper", *live(correspondence.visitable, correspondence.visit)),
    "share": ("adviser", *live(sharing.own_share, sharing.share)),
    "share_page": ("adviser", None, sharing.sharing),
    "take_back": ("adviser", *live(sharing.own_share, sharing.take_back)),
    "leave": ("adviser", *live(sharing.own_seat, sharing.leave)),
    "left": ("adviser", *live(sharing.own_seat, sharing.left)),
    "drop_leave": ("agreed", None, sharing.stays),
    "remark_to": ("adviser", *live(correspondence.heard_by, correspondence.written)),
    "remark_end": ("adviser", None, correspondence.ended),
    "unremark": ("adviser", *live(correspondence.own_remarks, correspondence.take_back)),
    "unremark_all": ("adviser", *live(correspondence.own_remarks, correspondence.take_back)),
    "share_summary": ("adviser", *live(sharing.own_seat, sharing.share_summary)),
    "keep_private": ("adviser", None, sharing.keep_private),
    "settle": ("adviser", *live(meetings.unsettled, meetings.settle)),
    "refuse_agreed": ("adviser", *live(meetings.unsettled, meetings.settle)),
    "join": ("anyone", None, joining.join),
    "decline": ("anyone", None, joining.decline),
    "same_pilot": ("anyone", None, joining.same_pilot),
    "apart": ("agreed", None, joining.apart),
    "let_in": ("agreed", *live(joining.wants_along, joining.let_in)),
    "keep_out": ("agreed", *live(joining.wants_along, joining.let_in)),
    "move_yes": ("agreed", *live(joining.wanted_move, joining.moved)),
    "move_no": ("agreed", *live(joining.wanted_move, joining.moved)),
    "connect_yes": ("agreed", *live(connecting.wanted_connection, connecting.connected)),
    "connect_no": ("agreed", *live(connecting.wanted_connection, connecting.connected)),
    "connect_look": ("anyone", None, connecting.go_on),
    "later": ("agreed", *live(responses.still_asked, responses.later)),
    "less": ("agreed", None, responses.prompting),
    "stop_prompts": ("agreed", None, responses.prompting),
    "normal": ("agreed", None, responses.prompting),
    "zone_is": ("agreed", None, responses.zone_is),
    "take_up": ("agreed", *live(responses.asked, responses.take_up)),
    "answer_prompt": ("agreed", *live(responses.offered, responses.replied)),
    "done_action": ("agreed", *live(attempts.agreed_here, attempts.done_action)),
    "action": ("agreed", *live(attempts.this_one, attempts.action)),
    **{verb: ("agreed", *live(attempts.this_one, attempts.went)) for verb in HOW},
    "no_note": ("agreed", *live(attempts.this_one, attempts.no_note)),
    "door": ("agreed", *live(attempts.this_one, attempts.door)),
    "no_door": ("agreed", *live(attempts.this_one, attempts.no_door)),
    "who_is": ("agreed", *live(attempts.this_one, attempts.who_is)),
    "until": ("agreed", *live(attempts.this_one, attempts.until)),
    "acted": ("agreed", None, attempts.acted),
    "fine": ("agreed", *live(responses.asked, responses.fine)),
    "log_page": ("agreed", None, sharing.logbook),
    "forward_one": ("agreed", None, forwarding.forward),
    "forward_end": ("agreed", None, forwarding.ended),
    "show_name": ("agreed", *live(forwarding.this_one, forwarding.show_name)),
    "recall": ("agreed", *live(forwarding.this_one, forwarding.recall)),
    "take_answer": ("agreed", *live(forwarding.waiting, forwarding.take)),
    "replace_answer": ("agreed", *live(forwarding.waiting, forwarding.take)),
    "leave_answer": ("agreed", *live(forwarding.waiting, forwarding.leave)),
    "later_answer": ("agreed", *live(forwarding.waiting, forwarding.later)),
    "reply_is": ("anyone", *live(replying.draft, replying.chosen)),
    "send_reply": ("anyone", *live(replying.draft, replying.send)),
    "drop_reply": ("anyone", None, replying.dropped),
    "unsay": ("anyone", *live(replying.own, replying.unsay)),
    "differ_list": ("agreed", None, colleagues.differences),
    "differ": ("agreed", *live(colleagues.differing, colleagues.differ)),
    "choose_voice": ("agreed", *live(colleagues.owned_difference, colleagues.choose_voice)),
    "keep_both": ("agreed", *live(colleagues.owned_difference, colleagues.keep_both)),
    "add_member": ("agreed", colleagues.may_add, colleagues.ask_name),
    "member": ("agreed", *live(colleagues.other_member, colleagues.member)),
    "part_is": ("agreed", *live(colleagues.other_member, colleagues.part_is)),
    "give_over": ("agreed", *live(colleagues.other_member, colleagues.give_over)),
    "remove": ("agreed", *live(colleagues.other_member, colleagues.remove)),
    "remove_yes": ("agreed", *live(colleagues.other_member, colleagues.remove_yes)),
    "quit": ("agreed", *live(colleagues.on_shared, colleagues.quit_asked)),
    "quit_yes": ("agreed", *live(colleagues.on_shared, colleagues.quit_yes)),
    "drop_quit": ("agreed", None, sharing.stays),
    "answer_asked": ("agreed", *live(unplaced.for_asked, unplaced.answer_asked)),
    "send_words": ("agreed", *live(correspondence.waiting, correspondence.send_words)),
    "place": ("agreed", *live(unplaced.for_question, unplaced.place)),
    "place_before": ("agreed", *live(unplaced.for_before, unplaced.place_before)),
    "drop_words": ("agreed", *live(unplaced.waiting, unplaced.drop)),
}  # fmt: skip
"""Buttons."""

HEARD: dict[str, At] = {
    "follow": ("anyone", None, joining.follow),
    "acting_said": ("agreed", *live(attempts.this_one, attempts.said)),
    "replied": ("agreed", *live(responses.asked, responses.replied)),
    "reply_said": ("anyone", *live(replying.draft, replying.said)),
    "ask_said": ("keeper", *live(seat_behind, broadcast.ask_said)),
    "plan_said": ("keeper", *live(seat_behind, meetings.plan_said)),
    "report_said": ("keeper", *live(seat_behind, meetings.report_said)),
    "remark_said": ("adviser", None, correspondence.said),
    "answer_said": ("keeper", *live(broadcast.to_one, broadcast.answer_said)),
    "offer_sharing": ("anyone", None, sharing.offer_sharing),
    "desk_help": ("taking part", None, overview.help_here),
    "unplaced": ("agreed", None, unplaced.offer),
    "aside": ("anyone", None, unplaced.aside),
}  # fmt: skip
"""A link, a text that replies to a prompt, and what the interview would explain."""

FILLED: dict[str, At] = {
    "table": ("keeper", has_trajectory, overview.table),
    "write": ("keeper", broadcast.writable, broadcast.write),
    "reply_form": ("anyone", None, replying.form),
    "unsay_form": ("anyone", *live(replying.own, replying.unsay)),
}  # fmt: skip
"""What the pages of a trajectory have room for at once; a chat takes more steps."""

DESK = {**TYPED, **PRESSED, **HEARD, **FILLED}
WHO = {verb: who for verb, (who, _, _) in DESK.items()}


def _of_desk(verb: str, who: Role, guard: Guard | None, then: Handler) -> Iterator[Row]:
    needs = (DESK_READ, *NEEDS.get(verb, ()))
    if verb not in WITHOUT_RENEWAL:
        yield Row(verb, STATES, None, (consent_outdated,), privacy.renew)
    may = having(who)
    if guard:
        yield Row(verb, STATES, None, (may, guard), then, needs)
    yield Row(verb, STATES, None, (may,), refused if guard else then, needs)
    yield Row(verb, STATES, None, (), otherwise, needs)


TABLE = (
    *(Row(f"open_{part}", STARTED, part) for part in WALKED),
    Row("give_advice", STARTED, "advice"),
    Row("finish", STARTED, "done"),
    Row("leave_all", STARTED, "new"),
    *(row for verb, (before, after) in INTERVIEW.items()
      for row in _of_interview(verb, before, after)),
    *(row for verb, at in DESK.items() for row in _of_desk(verb, *at)),
    Row("hand_over", STATES, None, (), compose.hand_over),
)  # fmt: skip
