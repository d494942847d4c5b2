"""Everything that is kept of one person, to read: what /mijngegevens gives beside the JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from content.documents.blocks import Bullets, Document, Heading, Item, Paragraph, Table, section
from content.words.phrases import lower_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from content.documents.blocks import Block
    from content.words.vocabulary import Words

SHARED = ("summary", "all", "overview", "patterns", "meeting", "portfolio")
"""What an account's line may be about, beside the parts."""


@dataclass(frozen=True)
class PilotHistory:
    """`lines`: (question, answer, moment) of every answer there ever was, oldest first."""

    id: int
    name: str
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Place:
    """A seat in a trajectory. `shared`: keys of what is shared now."""

    municipality: str
    since: str
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Did:
    """A line of the account: `who` is a name where one is known, else a key of doers."""

    at: str
    what: str
    who: str
    name: str


@dataclass(frozen=True)
class Spoken:
    at: str
    mine: bool
    text: str


@dataclass(frozen=True)
class Mine:
    """All of it; every moment is in words already. `day` is the newest moment's, as ISO."""

    chat: str
    pseudonym: str
    zone: str
    agreed: str
    version: str
    day: str
    keeper: str = ""
    prompts: int = 0
    aside: int = 0
    pilots: tuple[PilotHistory, ...] = ()
    places: tuple[Place, ...] = ()
    agreements: tuple[str, ...] = ()
    holds: tuple[tuple[int, str, str, bool], ...] = ()
    did: tuple[Did, ...] = ()
    spoken: tuple[Spoken, ...] = ()


def my_data(words: Words, mine: Mine) -> Document:
    told, page = words.documents["my_data"], words.documents["page"]
    blocks = tuple(_blocks(words, told, mine))
    return Document(
        told["title"], "", told["kind"], words.language, mine.day, "", blocks, dict(page)
    )


def _blocks(words: Words, told: Mapping[str, Any], mine: Mine) -> Iterator[Block]:
    yield _person(told, mine)
    for pilot in mine.pilots:
        yield Heading(told["pilot"].format(id=pilot.id, name=pilot.name))
        header = (told["question"], told["answer"], told["when"])
        table = Table(header, pilot.lines, shares=(1.3, 2.4, 1.2))
        yield table if pilot.lines else Paragraph(told["no_answers"])
    yield from section(told["trajectories"], _trajectories(words, told, mine), pairs=True)
    yield from section(told["held"], (_held(told, hold) for hold in mine.holds))
    yield Heading(told["account"])
    yield _account(words, told, mine)
    yield from [Paragraph(told["aside"].format(count=mine.aside))] if mine.aside else []
    yield Heading(told["talk"])
    yield Paragraph(told["talk_about"].format(days=words.keep.records))
    for said in mine.spoken:
        yield Paragraph(said.text, f"{said.at}, {told['you' if said.mine else 'me']}")


def _person(told: Mapping[str, Any], mine: Mine) -> Block:
    agreed = told["agreed_to"].format(moment=mine.agreed, version=mine.version)
    facts = {
        "chat": mine.chat, "pseudonym": mine.pseudonym, "language": told["own_language"],
        "zone": mine.zone or told["house_zone"],
        "agreed": agreed if mine.agreed else told["not_agreed"], "keeper": mine.keeper,
    }  # fmt: skip
    return Bullets(tuple(Item(v, told[k]) for k, v in facts.items() if v), pairs=True)


def _trajectories(words: Words, told: Mapping[str, Any], mine: Mine) -> Iterator[Item]:
    for place in mine.places:
        names = ", ".join(_shared(words, key) for key in place.shared)
        what = told["shared"].format(what=names) if names else told["shared_none"]
        yield Item(f"{told['since'].format(moment=place.since)} {what}", place.municipality)
    yield from (Item(text, told["agreement"]) for text in mine.agreements)
    yield from [Item(str(mine.prompts), told["prompts"])] if mine.prompts else []


def _shared(words: Words, key: str) -> str:
    """What can be shared and looked at: a part, or something with a name of its own."""
    named = words.content.words[words.language]["steering"]["what"]
    return lower_first(str(named[key]) if key in named else words.part_name(key))


def _held(told: Mapping[str, Any], hold: tuple[int, str, str, bool]) -> Item:
    canvas, who, why, released = hold
    line = told["hold"].format(canvas=canvas, who=who, why=why)
    return Item(f"{line} {told['released']}" if released else line)


def _account(words: Words, told: Mapping[str, Any], mine: Mine) -> Block:
    doers = words.said["said"]["doers"]
    rows = tuple((one.at, _deed(words, one.what), one.name or doers[one.who]) for one in mine.did)
    header = (told["when"], told["what"], told["who"])
    return Table(header, rows, shares=(1.2, 2, 1.2)) if rows else Paragraph(told["nothing"])


def _deed(words: Words, said: str) -> str:
    """A deed of the account, with what it was done to where that can be said."""
    deed, _, about = said.partition(" ")
    what = str(words.said["said"]["deeds"][deed])
    known = about in (*SHARED, *(part.key for part in words.canvas.parts))
    return f"{what} ({_shared(words, about)})" if known else what
