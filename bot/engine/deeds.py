"""What a turn changes and says, done: inside the transaction of its update."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from content.messages.attachments import MY_DATA
from content.messages.render import messages, placed
from content.words.steering import SteeringWords
from content.words.vocabulary import Words
from flows.intents.at_desk import secret_of
from flows.model.context import zone_of
from flows.model.effects import Deed, Effect, SayTo
from flows.model.trajectory import KEEPERS, NEAR, TOGETHER, Meeting
from flows.table import WHO
from storage import audit, statements
from storage.trajectory import snapshots
from storage.trajectory.links import link_to
from storage.trajectory.seats import bind_canvas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.editions import Editions
    from bot.engine.entrusted import Entrusted
    from flows.model.desk import Desk
    from flows.model.messages import Message, Reply, Update
    from flows.model.turn import Intent, Turn
    from storage.store import Store

LINK = "/start …"  # what is kept of a text that held a link's secret
OF_PILOT = frozenset({
    "together", "differences", "differ_list", "differ", "choose_voice", "keep_both", "member",
    "part_is", "give_over", "remove", "remove_yes", "quit", "quit_yes", "drop_quit", "actions",
    "action", "went_done", "went_failed", "went_later", "no_note", "door", "no_door", "who_is",
    "until", "acting_said",
})  # fmt: skip
"""The verbs that speak of who fills a canvas together."""

OF_DIFFERENCES = frozenset({"differences", "differ_list", "differ", "choose_voice", "keep_both"})

OF_LINK = frozenset({"follow", "join", "decline", "same_pilot"})
"""The verbs that speak of who invites; all others do not, also while a link waits for a yes."""


def without_secret(update: Update) -> Update:
    """The same, but for the link that it follows: only hashes of those are kept."""
    held = secret_of(update) or (update.kind == "form" and "_form q" in update.text)
    return replace(update, text=LINK) if held else update


def without_words(update: Update, intent: Intent) -> Update:
    """The same without a link's secret, and without whom a kwartiermaker or an operator names."""
    if intent.verb == "follow":
        return replace(update, text=LINK)
    # They stand where they went, or where they wait for that: not here too.
    if intent.verb in ("reply_said", "remark_said", "unplaced"):
        return replace(update, text="…")
    if intent.verb == "remark" and intent.argument:
        return replace(update, text=f"{update.text.split(maxsplit=1)[0]} …")
    theirs = intent.argument and WHO.get(intent.verb) in ("keeper", "operator")
    if update.kind == "form":
        return replace(update, text=intent.verb)
    if update.kind != "text" or not theirs:
        return update
    command = update.text.split(maxsplit=1)[0] if update.text.startswith("/") else ""
    return replace(update, text=f"{command} …".strip())


def _about(desk: Desk, intent: Intent) -> int:
    """Whom the answers of this turn name: who invites, or whoever this person works with."""
    if WHO.get(intent.verb) == "operator":
        return KEEPERS
    if intent.verb in OF_PILOT:
        return TOGETHER
    link = (desk.followed or desk.invitation) if intent.verb in OF_LINK else None
    return (link.named if link else None) or NEAR


def _asks_own(turn: Turn) -> bool:
    """Whether it names questions of the person's own canvas: as these are asked there."""
    return turn.heard.verb in OF_DIFFERENCES and turn.session.walk is not None


def read_there(reply: Reply, zone: tzinfo | None) -> Reply:
    """The same with every moment on the clock of its reader."""
    return replace(reply, data={name: _there(fact, zone) for name, fact in reply.data.items()})


def _there(fact: Any, zone: tzinfo | None) -> Any:
    if isinstance(fact, Meeting):
        return replace(fact, at=fact.at.astimezone(zone))
    return fact.astimezone(zone) if isinstance(fact, datetime) else fact


OWN = frozenset({"question", "part_opened", "understood", "open_point"})
"""What is said of a shared canvas without a word of anybody else's."""


def naming_colleagues(turn: Turn, said: tuple[Message, ...]) -> tuple[Message, ...]:
    """What is said on a shared canvas may hold words of all on it."""
    walk = turn.session.walk
    if walk is None or walk.joint is None:
        return said
    return tuple(replace(one, about=TOGETHER) if _of_others(one) else one for one in said)


def _of_others(message: Message) -> bool:
    old = message.asks is not None and message.asks.old
    return bool(old or any(part.name not in OWN for part in message.parts))


def given_away(
    store: Store, update: Update, canvas: int | None, messages: tuple[Message, ...]
) -> None:
    """A line for each canvas that was given away as a file, also to its own person."""
    given = [canvas] if canvas and any(message.document for message in messages) else []
    if any(message.document in MY_DATA.values() for message in messages):
        given = [*store.canvases_of(update.chat)]
    if given:
        audit.exported(store, update.at, "person", given)


class Effects:
    """Does what turns decide about trajectories, and tells others of it."""

    def __init__(self, store: Store, editions: Editions, operators: Entrusted) -> None:
        self.store, self.editions, self.operators = store, editions, operators
        self.told: set[str] = set()

    def do(
        self, person: int, update: Update, effects: Iterable[Effect], *, operator: bool = False
    ) -> None:
        """`operator`: at the command line, in the place of this person."""
        for effect in effects:
            if isinstance(effect, SayTo):
                self._say_to(effect, person, update)
            elif isinstance(effect, Deed):
                who = {"operator": operator}
                self.told |= statements.apply(self.store, effect, person, update.at, **who)

    def said(self, desk: Desk, turn: Turn, update: Update) -> tuple[Message, ...]:
        """What the person reads of a turn at the desk; `turn`: as the session is by now."""
        session = turn.session
        content = self.editions.newest.to(update.chat)
        own = Words(content, session.language, session.walk) if _asks_own(turn) else None
        words = SteeringWords(content, session.language, desk.link, own)
        zone = zone_of(session.zone, update.at.tzinfo)
        replies = [read_there(reply, zone) for reply in turn.replies]
        said = placed(words, turn, replies)
        about = _about(desk, turn.heard)
        return tuple(replace(message, about=about) for message in said)

    def sit_down(self, update: Update) -> None:
        """After a turn that began a canvas: the seat that waited for one has it."""
        bind_canvas(self.store, update.chat, update.at)

    def seen_anew(self, chat: str) -> None:
        """What a kwartiermaker sees of this person is worked out now, not while they wait."""
        if self.store.known.get("seated"):
            with self.store.remembered.apart():
                snapshots.renew(self.store, self.editions.guide_of, "person", chat)

    # ------------------------------------------------------------ to others

    def heard(self) -> set[str]:
        """The chats that something was posted to since this was asked last."""
        told, self.told = self.told, set()
        return told

    def _say_to(self, effect: SayTo, person: int, update: Update) -> None:
        reply = self._numbered(effect) if effect.newest else effect.reply
        about = NEAR if effect.near else TOGETHER if effect.audience == "pilot" else person
        for row in self._readers(effect):
            if row["id"] == person:
                continue
            content, link = self.editions.newest.to(row["chat"]), link_to(self.store, row["chat"])
            words = SteeringWords(content, row["language"], link)
            zone = zone_of(row["zone"], update.at.tzinfo)
            for message in messages(words, [read_there(reply, zone)]):
                self.store.post(
                    row["chat"], replace(message, about=about), update.at, effect.canvas
                )
                self.told.add(row["chat"])

    def _numbered(self, effect: SayTo) -> Reply:
        """With the number of what was agreed last for this place in its buttons."""
        newest = self.store.newest_agreed(effect.number)
        keys = tuple(f"{verb} {newest}" for verb in effect.reply.choices)
        return replace(effect.reply, choices=keys)

    def _readers(self, effect: SayTo) -> list[dict[str, Any]]:
        if effect.audience == "operators":
            return [*self.operators.to_tell()]
        return self.store.to_tell(effect.audience, effect.number or 0)
