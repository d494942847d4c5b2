"""The words of one exchange: what comes in, what is known, what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclasses show it at run time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from flows.model.pilots import NO_PILOTS, Pilots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.model.canvas import Canvas, Depth
    from flows.model.moments import Moments
    from flows.model.rules import Rules
    from flows.model.trajectory import Agreed

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")

STEER = "steer."
"""How the key of an asking begins that is about trajectories and not about a canvas."""

UpdateKind = Literal["text", "press", "edit", "other", "start", "timer"]


@dataclass(frozen=True)
class Update:
    """One thing that a person did, or a moment that came (timer).

    `id` is unique per channel; `message` is the channel's own id of the text, by
    which a later edit finds its answer; a press carries `ref` (which asking),
    `text` (the choice's key) and `press` (by which the channel wants it answered).
    `reply`: the channel's id of an older message that this text answers.
    """

    id: str
    chat: str
    at: datetime
    kind: UpdateKind
    text: str = ""
    ref: str = ""
    message: str = ""
    language: Language | None = None
    press: str = ""
    reply: str = ""


@dataclass(frozen=True)
class Given:
    """One answer as kept: `value` None is a skip. `message`: the text it came from.

    `size` is that message's own length in UTF-16 units, by which a long paste's
    next piece is known.
    """

    question: str
    value: Any
    at: datetime
    message: str = ""
    size: int = 0


@dataclass(frozen=True)
class Choice:
    """A button: its key, what the reader sees, and whether it is ticked."""

    key: str
    label: str
    ticked: bool = False


@dataclass(frozen=True)
class Asking:
    """A message that had choices. `key` is a question's key or a menu's name.

    `ready`: it took the place of another question under the person's thumb, and a
    press before this moment is the second tap of two.
    """

    ref: str
    canvas: int | None
    key: str
    choices: tuple[Choice, ...] = ()
    ready: datetime | None = None


@dataclass(frozen=True)
class Intent:
    """What somebody means: a verb of the closed list, and what it is about.

    `guessed`: a typing error was mended; `otherwise`: what the same words mean where this
    person is nobody who can mean the first.
    """

    verb: str
    argument: Any = ""
    asking: Asking | None = None
    guessed: bool = False
    otherwise: Intent | None = None


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands. `question` is inside the part that the state names.

    `picked` are the ticks of an any-of question before Klaar; `plan` what is left
    of "I have five minutes"; `told` the parts opened, closed and half-way marks
    said, so that none is said twice.
    """

    question: str | None = None
    picked: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Walk:
    """One canvas of one person; `agreed`: what meetings agreed and the person confirmed."""

    id: int
    state: str
    depth: Depth
    cursor: Cursor
    given: Mapping[str, Given] = field(default_factory=dict)
    agreed: tuple[Agreed, ...] = ()

    @cached_property
    def values(self) -> dict[str, Any]:
        """The newest answers, skips left out; not all of them need apply."""
        return {k: g.value for k, g in self.given.items() if g.value is not None}

    @cached_property
    def skipped(self) -> frozenset[str]:
        return frozenset(k for k, g in self.given.items() if g.value is None)


@dataclass(frozen=True)
class Erasure:
    """What goes away: one canvas, or with None all that is known of this person."""

    canvas: int | None = None


@dataclass(frozen=True)
class Session:
    """All that is known when an update arrives.

    `shown` is what the person looks at; `pressed` the asking a press belongs to,
    if it is this person's; `edited` the answer that an edited text gave, with the
    canvas it is in; `repeated`: the same button was pressed a moment ago;
    `agreement`: which version of the privacy text the person agreed to, and when;
    `outdated`: that text promises something else since; `replied`: the asking under
    the message that a text replies to; `pilots`: all others, where the turn is about
    them; `zone`: the person's own time zone by its
    IANA name, empty where the house's counts.
    """

    chat: str
    language: Language
    agreed: bool
    walk: Walk | None
    pilots: Pilots = NO_PILOTS
    shown: Asking | None = None
    pressed: Asking | None = None
    edited: tuple[int, Given] | None = None
    edited_choices: tuple[Choice, ...] = ()
    last: Given | None = None
    repeated: bool = False
    agreement: tuple[str, str] = ("", "")
    outdated: bool = False
    replied: Asking | None = None
    zone: str = ""


@dataclass(frozen=True)
class Reply:
    """One thing to say: a template's name and its facts.

    `asking` names the question or menu whose choices go with it. Replies that
    `joins` flow into one message with the next; `brief` ones need no message; what is said
    `at_desk` has its words among those about trajectories.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    asking: str | None = None
    choices: tuple[str, ...] = ()
    joins: bool = False
    brief: bool = False
    at_desk: bool = False


@dataclass(frozen=True)
class Passage:
    """One reply in words: its name, and Telegram's HTML of it."""

    name: str
    html: str


@dataclass(frozen=True)
class Asks:
    """A question as it is asked, in plain words: a channel lays it out in its own way.

    `kind`: of the question, a row of flows/model/kinds.py; `progress`: how far the
    person is; `old`: what was answered before; `hint`: how to choose several. The last
    two are empty where there is nothing to say.
    """

    key: str
    kind: str
    progress: str
    text: str
    old: str = ""
    hint: str = ""
    at_most: int | None = None


@dataclass(frozen=True)
class Message:
    """What is said at once, in words: at most 4,096 units after parsing.

    `parts`: what is said, in order, the question last; `asks`: that question taken
    apart. `over`: the asking whose place it takes where the channel can, after the line
    `chosen`; `closes`: the asking whose buttons go, with that line under its text.
    `brief`: shown in passing, without a message of its own. `document`: the form and
    the name of a document that goes along, made when it is sent, such as "pdf canvas";
    `data`: JSON that it is made from, where that is not the canvas at that moment.
    `file_text`: a file that goes along as it is.
    `about`: the person that it names beside its reader, or NEAR or KEEPERS.
    `removes`: nothing to say, but the channel's numbers of messages that must go from
    the chat.
    """

    kind: str
    key: str
    parts: tuple[Passage, ...]
    choices: tuple[Choice, ...] = ()
    state: str = ""
    file_name: str = ""
    file_text: str = ""
    over: str = ""
    closes: str = ""
    chosen: str = ""
    brief: bool = False
    document: str = ""
    data: str = ""
    removes: tuple[int, ...] = ()
    about: int | None = None
    asks: Asks | None = None

    @property
    def html(self) -> str:
        """All of it as one text."""
        return "\n\n".join(part.html for part in self.parts)


@dataclass(frozen=True)
class Guide:
    """The structure that the core works on: what is asked, the rules, typed words.

    `steering`: tables of typed words for kwartiermakers, each word with its meaning;
    `renewed`: the questions are those that a canvas began with, the rules are newer.
    """

    canvas: Canvas
    rules: Rules
    commands: Mapping[str, str]
    moments: Moments
    steering: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    renewed: bool = False
