"""The table of all moves: from where, to where, under which guard, and what is done.

The states are the parts of the canvas with what comes before and after; the
question is a cursor inside the part, so new content never migrates a state.
Every state hears every verb: nothing a person does can raise. Of the rows of a verb
the first counts whose guards all hold. A role opens a verb; which trajectory, seat or
link it may be about follows from the desk, which holds nothing of anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from flows.consent import WITHOUT_RENEWAL
from flows.interview import answering, onward, privacy, showing
from flows.prompts import broadcast, compose, responses
from flows.trajectory import invitations, joining, meetings, overview, sharing, takeaways
from flows.trajectory.roles import (
    ADVISER,
    AGREED,
    ANYONE,
    INVITED,
    KEEPER,
    OPERATOR,
    TAKING_PART,
    at_desk,
    has_trajectory,
    having,
    no_trajectory,
    not_yours,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.exchange import Exchange

    Handler = Callable[[Exchange], None]
    Guard = Callable[[Exchange], bool]
    At = tuple[str, Guard | None, Handler]

Found = TypeVar("Found")

WALKED = ("pilot", "impact", "routes", "ingredients", "pitfalls", "closing")
"""The parts of the canvas; a test holds that content/canvas.toml has just these."""

STARTED = (*WALKED[:-1], "advice", "closing", "done")
STATES = ("new", *STARTED)


DESK_READ, NEAR_READ, LOG_READ, PILOTS_READ = "desk", "near", "log", "pilots"
"""What must be read before a row can be taken: the desk, the shared answers of a municipality
or of all, who did what, the person's other pilots."""


@dataclass(frozen=True)
class Row:
    """`to`: None stays where it is; `then`: None does nothing; `needs`: what must be read."""

    verb: str
    source: tuple[str, ...]
    to: str | None
    guards: tuple[Guard, ...] = ()
    then: Handler | None = None
    needs: tuple[str, ...] = ()


NEEDS = {
    **dict.fromkeys(("town", "paper", "meeting", "take"), NEAR_READ),
    **dict.fromkeys(("logbook", "log_page"), LOG_READ),
    **dict.fromkeys(("pilots", "forget", "erase", "elsewhere", "new"), PILOTS_READ),
    **dict.fromkeys(("follow", "join"), PILOTS_READ),
}


def consent_outdated(x: Exchange) -> bool:
    """Whether the privacy text changed since this person said yes to it."""
    return x.session.outdated


def otherwise(x: Exchange) -> None:
    """The same words, as whoever may not do this means them."""
    if x.intent.otherwise:
        x.intent = x.intent.otherwise
        x.trigger(x.intent.verb)


# ---------------------------------------------------------------- the interview

INTERVIEW: dict[str, tuple[Handler | None, Handler | None]] = {
    # verb         before a person agreed    after that
    "start":       (onward.welcome,          showing.start),
    "agree":       (onward.begin,            privacy.agree),
    "answer":      (onward.welcome_again,    answering.answer),
    "tick":        (onward.welcome_again,    answering.tick),
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
    "again":       (onward.welcome_again,    onward.ask),
    "misfit":      (onward.welcome_again,    onward.misfit),
    "summary":     (onward.welcome_again,    showing.summary),
    "look":        (onward.welcome_again,    showing.look),
    "half_pages":  (onward.welcome_again,    showing.half_pages),
    "document":    (onward.welcome_again,    showing.document),
    "change":      (onward.welcome_again,    answering.change),
    "sure":        (onward.welcome_again,    answering.sure),
    "language":    (onward.language_new,     showing.language_switch),
    "depth":       (onward.welcome_again,    showing.depth),
    "five":        (onward.welcome_again,    showing.five),
    "new":         (onward.welcome_again,    showing.new),
    "pilots":      (onward.welcome_again,    showing.pilots),
    "strange":     (onward.welcome_again,    showing.strange),
    "stale":       (onward.welcome_again,    onward.stale),
    "elsewhere":   (onward.welcome_again,    showing.elsewhere),
    "answered":    (onward.welcome_again,    showing.answered),
    "piece":       (onward.welcome_again,    answering.piece),
    "edit":        (onward.welcome_again,    answering.edit),
    "quiet":       (None,                    None),
    "twice":       (onward.welcome_again,    onward.twice),
    "forget":      (privacy.forget_new,      privacy.forget),
    "erase":       (privacy.erase_new,       privacy.erase),
    "my_data":     (privacy.my_data,         privacy.my_data),
}  # fmt: skip
GREETED = (onward.welcome, onward.welcome_again, onward.begin)
"""Instead of this a stranger with a link hears of that link, and a kwartiermaker of the desk."""


def _of_interview(verb: str, before: Handler | None, after: Handler | None) -> Iterator[Row]:
    if verb == "agree":
        yield Row(verb, STATES, None, (consent_outdated,), privacy.agree_anew)
    elif verb not in WITHOUT_RENEWAL:
        yield Row(verb, STATES, None, (consent_outdated,), privacy.renew)
    if before in GREETED:
        yield Row(verb, ("new",), None, (having(INVITED),), joining.invited, (DESK_READ,))
    if before in GREETED and verb != "agree":
        yield Row(verb, ("new",), None, (at_desk,), overview.hello, (DESK_READ,))
    needs = tuple(filter(None, [NEEDS.get(verb)]))
    yield Row(verb, ("new",), "pilot" if verb == "agree" else None, (), before, needs)
    yield Row(verb, STARTED, None, (), after, needs)


# ---------------------------------------------------------------- the desk of trajectories


def live(
    find: Callable[[Exchange], Found | None], then: Callable[[Exchange, Found], None]
) -> tuple[Guard, Handler]:
    """What a button is about, as long as it is there, and what happens with it."""

    def there(x: Exchange) -> bool:
        return find(x) is not None

    def done(x: Exchange) -> None:
        if (found := find(x)) is not None:
            then(x, found)

    there.__name__ = find.__name__
    return there, done


TYPED: dict[str, At] = {
    "appoint": (OPERATOR, None, invitations.appoint),
    "trajectory": (KEEPER, None, overview.trajectory),
    "invite": (KEEPER, has_trajectory, invitations.invite),
    "overview": (KEEPER, has_trajectory, overview.overview),
    "patterns": (KEEPER, has_trajectory, overview.patterns),
    "ask": (KEEPER, has_trajectory, broadcast.ask),
    "meeting": (KEEPER, has_trajectory, meetings.meeting),
    "report": (KEEPER, has_trajectory, meetings.report),
    "portfolio": (KEEPER, has_trajectory, takeaways.portfolio),
    "sharing": (ADVISER, None, sharing.sharing),
    "moving": (ADVISER, None, joining.moving),
    "reminders": (AGREED, None, responses.reminders),
    "zone": (AGREED, None, responses.zone),
    "logbook": (AGREED, None, sharing.logbook),
}  # fmt: skip
"""Commands. Who has not the role hears what any unknown command gets."""

PRESSED: dict[str, At] = {
    "appoint_yes": (OPERATOR, *live(invitations.waiting, partial(invitations.appointed, yes=True))),
    "appoint_no": (OPERATOR, *live(invitations.waiting, partial(invitations.appointed, yes=False))),
    "go": (KEEPER, *live(overview.kept_one, overview.go)),
    "list_page": (KEEPER, None, overview.list_page),
    "invite_page": (KEEPER, invitations.any_open, invitations.invite_page),
    "withdraw": (KEEPER, *live(invitations.open_link, invitations.withdraw)),
    "renew": (KEEPER, *live(invitations.open_link, invitations.renew)),
    "admit": (KEEPER, *live(invitations.admitting, partial(invitations.admitted, yes=True))),
    "refuse": (KEEPER, *live(invitations.admitting, partial(invitations.admitted, yes=False))),
    "page": (KEEPER, overview.any_seats, overview.page),
    "kind": (KEEPER, broadcast.known_kind, broadcast.kind),
    "target": (KEEPER, *live(broadcast.draft, broadcast.target)),
    "send": (KEEPER, *live(broadcast.previewed, broadcast.send)),
    "drop": (KEEPER, None, broadcast.drop),
    "call_off": (KEEPER, None, broadcast.call_off),
    "town": (KEEPER, *live(meetings.this_town, meetings.page_of)),
    "unmeet": (KEEPER, *live(meetings.ahead, meetings.unmeet)),
    "paper": (KEEPER, *live(meetings.this_town, meetings.paper)),
    "take": (KEEPER, takeaways.takeable, takeaways.take),
    "share": (ADVISER, *live(sharing.own_share, sharing.share)),
    "share_page": (ADVISER, None, sharing.sharing),
    "take_back": (ADVISER, *live(sharing.own_share, sharing.take_back)),
    "leave": (ADVISER, *live(sharing.own_seat, sharing.leave)),
    "left": (ADVISER, *live(sharing.own_seat, sharing.left)),
    "settle": (ADVISER, *live(meetings.unsettled, partial(meetings.settle, yes=True))),
    "refuse_agreed": (ADVISER, *live(meetings.unsettled, partial(meetings.settle, yes=False))),
    "join": (ANYONE, None, joining.join),
    "decline": (ANYONE, None, joining.decline),
    "move_yes": (AGREED, *live(joining.wanted_move, partial(joining.moved, yes=True))),
    "move_no": (AGREED, *live(joining.wanted_move, partial(joining.moved, yes=False))),
    "later": (AGREED, *live(responses.still_asked, responses.later)),
    "less": (AGREED, None, responses.less),
    "stop_prompts": (AGREED, None, responses.stop_prompts),
    "normal": (AGREED, None, responses.normal),
    "zone_is": (AGREED, None, responses.zone_is),
    "take_up": (AGREED, *live(responses.asked, responses.take_up)),
    "answer_prompt": (AGREED, *live(responses.offered, responses.answer)),
    "done_action": (AGREED, *live(responses.own_action, responses.done_action)),
    "fine": (AGREED, *live(responses.asked, responses.fine)),
    "log_page": (AGREED, None, sharing.logbook),
}  # fmt: skip
"""Buttons."""

HEARD: dict[str, At] = {
    "follow": (ANYONE, None, joining.follow),
    "replied": (AGREED, *live(responses.asked, responses.replied)),
    "desk_help": (TAKING_PART, None, overview.help_here),
}  # fmt: skip
"""A link, a text that replies to a prompt, and what the interview would explain."""

DESK = {**TYPED, **PRESSED, **HEARD}
WHO = {verb: who for verb, (who, _, _) in DESK.items()}
"""Who may mean it."""


def _of_desk(verb: str, who: str, guard: Guard | None, then: Handler) -> Iterator[Row]:
    needs = (DESK_READ, *filter(None, [NEEDS.get(verb)]))
    if verb not in WITHOUT_RENEWAL:
        yield Row(verb, STATES, None, (consent_outdated,), privacy.renew)
    may = having(who)
    yield Row(verb, STATES, None, (may, *filter(None, [guard])), then, needs)
    if guard:
        refusal = no_trajectory if guard is has_trajectory else settled
        yield Row(verb, STATES, None, (may,), refusal, needs)
    yield Row(verb, STATES, None, (), not_yours if verb in PRESSED else otherwise, needs)


OF_TIMER = (
    Row("hand_over", STATES, None, (compose.unwanted,), compose.end),
    Row("hand_over", STATES, None, (compose.too_soon,), compose.put_off),
    Row("hand_over", STATES, None, (), compose.hand_over),
)
"""What becomes of a prompt whose time has come."""

TABLE = (
    *(Row(f"open_{part}", STARTED, part) for part in WALKED),
    Row("give_advice", STARTED, "advice"),
    Row("finish", STARTED, "done"),
    Row("leave_all", STARTED, "new"),
    *(row for verb, (before, after) in INTERVIEW.items()
      for row in _of_interview(verb, before, after)),
    *(row for verb, at in DESK.items() for row in _of_desk(verb, *at)),
    *OF_TIMER,
)  # fmt: skip
