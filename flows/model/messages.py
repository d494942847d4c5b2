"""What comes in from a person, and what is said to them with what they can press."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclasses show it at run time
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")

STEER = "steer."
"""How the key of an asking begins that is about trajectories and not about a canvas."""

UpdateKind = Literal["text", "press", "choose", "form", "edit", "other", "start", "timer"]


@dataclass(frozen=True)
class Update:
    """One thing that a person did, or a moment that came (timer).

    `id` is unique per channel; `message` is the channel's own id of the text, by
    which a later edit finds its answer; a press carries `ref` (which asking),
    `text` (the choice's key) and `press` (by which the channel wants it answered); who may
    `choose` several at once names all that are ticked now, with spaces between. A text
    with a `ref` was written under that asking, and means nothing else. A form of a page at
    a desk says with `text` a verb and what it is about, and with `ref` the number of the
    trajectory. `reply`: the channel's id of an older message that this text answers. `note`:
    what was filled in beside the choice. `came`: when it reached the guide, where it may have
    waited on the way. `screen_name`: what the person is called in the channel, where it says so;
    kept of who uses an invitation alone.
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
    note: str = ""
    came: datetime | None = None
    screen_name: str = ""


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
    press before this moment is the second tap of two. `made`: since when it stands in the chat,
    also where it was asked again; None: it is on its way.
    """

    ref: str
    canvas: int | None
    key: str
    choices: tuple[Choice, ...] = ()
    ready: datetime | None = None
    made: datetime | None = field(default=None, compare=False)


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
