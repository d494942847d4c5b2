"""The table of all moves, the machine that holds it, and one turn.

The states are the parts of the canvas with what comes before and after; the
question is a cursor inside the part, so new content never migrates a state.
Every state hears every verb: nothing a person does can raise. Of the rows of a verb
the first counts whose guards all hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from transitions import Machine

from flows.consent import WITHOUT_RENEWAL
from flows.exchange import Exchange, state_of
from flows.interview import answering, asking, onward, privacy, showing
from flows.prompts import broadcast, compose, responses
from flows.trajectory import invitations, joining, meetings, overview, sharing, takeaways
from flows.trajectory.roles import (
    PRESSED,
    at_desk,
    has_trajectory,
    invited,
    may,
    no_trajectory,
    not_yours,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.model.context import Context
    from flows.model.turn import Intent, Session, Turn, Update

    Handler = Callable[[Exchange], None]
    Guard = Callable[[Exchange], bool]

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
        pull(x, x.intent.verb)


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
    "again":       (onward.welcome_again,    asking.ask),
    "misfit":      (onward.welcome_again,    asking.misfit),
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
    "stale":       (onward.welcome_again,    asking.stale),
    "elsewhere":   (onward.welcome_again,    showing.elsewhere),
    "answered":    (onward.welcome_again,    showing.answered),
    "piece":       (onward.welcome_again,    answering.piece),
    "edit":        (onward.welcome_again,    answering.edit),
    "quiet":       (None,                    None),
    "twice":       (onward.welcome_again,    asking.twice),
    "forget":      (privacy.forget_new,      privacy.forget),
    "erase":       (privacy.erase_new,       privacy.erase),
    "my_data":     (privacy.my_data_new,     privacy.my_data),
}  # fmt: skip
GREETED = (onward.welcome, onward.welcome_again, onward.begin)
"""Instead of this a stranger with a link hears of that link, and a kwartiermaker of the desk."""


def _of_interview(verb: str, before: Handler | None, after: Handler | None) -> Iterator[Row]:
    if verb == "agree":
        yield Row(verb, STATES, None, (consent_outdated,), privacy.agree_anew)
    elif verb not in WITHOUT_RENEWAL:
        yield Row(verb, STATES, None, (consent_outdated,), privacy.renew)
    if before in GREETED:
        yield Row(verb, ("new",), None, (invited,), joining.invited, (DESK_READ,))
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


DESK: dict[str, tuple[Guard | None, Handler]] = {
    # verb           what must be there, and what happens
    "appoint":       (None, invitations.appoint),
    "appoint_yes":   live(invitations.appointing, partial(invitations.appointed, yes=True)),
    "appoint_no":    live(invitations.appointing, partial(invitations.appointed, yes=False)),
    "invite":        (has_trajectory, invitations.invite),
    "invite_page":   (invitations.any_open, invitations.invite_page),
    "withdraw":      live(invitations.open_link, invitations.withdraw),
    "renew":         live(invitations.open_link, invitations.renew),
    "admit":         live(invitations.admitting, partial(invitations.admitted, yes=True)),
    "refuse":        live(invitations.admitting, partial(invitations.admitted, yes=False)),
    "follow":        (None, joining.follow),
    "join":          (None, joining.join),
    "decline":       (None, joining.decline),
    "moving":        (None, joining.moving),
    "move_yes":      live(joining.wanted_move, partial(joining.moved, yes=True)),
    "move_no":       live(joining.wanted_move, partial(joining.moved, yes=False)),
    "desk_help":     (None, overview.help_here),
    "trajectory":    (None, overview.trajectory),
    "list_page":     (None, overview.list_page),
    "go":            live(overview.kept_one, overview.go),
    "overview":      (has_trajectory, overview.overview),
    "page":          (overview.any_seats, overview.page),
    "patterns":      (has_trajectory, overview.patterns),
    "ask":           (has_trajectory, broadcast.ask),
    "kind":          (broadcast.known_kind, broadcast.kind),
    "target":        live(broadcast.draft, broadcast.target),
    "send":          live(broadcast.previewed, broadcast.send),
    "drop":          (None, broadcast.drop),
    "call_off":      (None, broadcast.call_off),
    "portfolio":     (has_trajectory, takeaways.portfolio),
    "take":          (takeaways.takeable, takeaways.take),
    "meeting":       (has_trajectory, meetings.meeting),
    "town":          live(meetings.this_town, meetings.page_of),
    "paper":         live(meetings.this_town, meetings.paper),
    "unmeet":        live(meetings.ahead, meetings.unmeet),
    "report":        (has_trajectory, meetings.report),
    "settle":        live(meetings.unsettled, partial(meetings.settle, yes=True)),
    "refuse_agreed": live(meetings.unsettled, partial(meetings.settle, yes=False)),
    "sharing":       (None, sharing.sharing),
    "share_page":    (None, sharing.sharing),
    "share":         live(sharing.own_share, sharing.share),
    "take_back":     live(sharing.own_share, sharing.take_back),
    "leave":         live(sharing.own_seat, sharing.leave),
    "left":          live(sharing.own_seat, sharing.left),
    "logbook":       (None, sharing.logbook),
    "log_page":      (None, sharing.logbook),
    "answer_prompt": live(responses.offered, responses.answer),
    "replied":       live(responses.asked, responses.replied),
    "take_up":       live(responses.asked, responses.take_up),
    "later":         live(responses.still_asked, responses.later),
    "less":          (None, responses.less),
    "stop_prompts":  (None, responses.stop_prompts),
    "normal":        (None, responses.normal),
    "reminders":     (None, responses.reminders),
    "zone":          (None, responses.zone),
    "zone_is":       (None, responses.zone_is),
    "done_action":   live(responses.own_action, responses.done_action),
    "fine":          live(responses.asked, responses.fine),
}  # fmt: skip


def _of_desk(verb: str, guard: Guard | None, then: Handler) -> Iterator[Row]:
    needs = (DESK_READ, *filter(None, [NEEDS.get(verb)]))
    if verb not in WITHOUT_RENEWAL:
        yield Row(verb, STATES, None, (consent_outdated,), privacy.renew)
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
    *(row for verb, (guard, then) in DESK.items() for row in _of_desk(verb, guard, then)),
    *OF_TIMER,
)  # fmt: skip


# ---------------------------------------------------------------- the machine


def _machine() -> Machine:
    machine = Machine(
        model=None, states=list(STATES), initial="new", auto_transitions=False, send_event=False
    )
    for row in TABLE:
        machine.add_transition(
            row.verb, list(row.source), row.to, conditions=list(row.guards), after=row.then
        )
    return machine


MACHINE = _machine()
"""One for all conversations; an Exchange is its model, and what guards and verbs are given."""


def pull(x: Exchange, verb: str) -> None:
    """Let the machine hear a verb of the closed list."""
    MACHINE.events[verb].trigger(x, x)


_NEEDED = {(row.verb, state): set[str]() for row in TABLE for state in row.source}
for _row in TABLE:
    for _state in _row.source:
        _NEEDED[_row.verb, _state].update(_row.needs)


def needs(session: Session, intent: Intent) -> set[str]:
    """What must be read before this intent can be taken."""
    return _NEEDED[intent.verb, state_of(session)]


def take_turn(context: Context, update: Update, intent: Intent) -> Turn:
    """What this changes and what is said. Pure: the same in, the same out."""
    x = Exchange(context, update, intent)
    x.trigger = partial(pull, x)
    pull(x, intent.verb)
    return x.turn()
