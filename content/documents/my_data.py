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


@dataclass(frozen=True)
class PilotHistory:
    """`lines`: (question, answer, moment) of every answer there ever was, oldest first.

    Then (action, how it went, moment).
    """

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
class Passed:
    """A question to a colleague, or an answer to one. `how`: what it is, or became; key of words.

    `when`: made or given, and for a question that is out until when.
    """

    how: str
    question: str
    when: tuple[str, ...]
    who: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Mine:
    """All of it; every moment is in words already. `day` is the newest moment's, as ISO.

    `remarks`: (moment, what was said to a kwartiermaker); `devices`: (name, since, last seen);
    `passkeys`: (name, since); `holds`: (canvas, who, why, released); `did`: (moment,
    what, a key of doers, who where a name is known); `spoken`: (moment, whether the person
    said it, text).
    """

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
    remarks: tuple[tuple[str, str], ...] = ()
    passed: tuple[Passed, ...] = ()
    addresses: tuple[str, ...] = ()
    devices: tuple[tuple[str, str, str], ...] = ()
    passkeys: tuple[tuple[str, str], ...] = ()
    holds: tuple[tuple[int, str, str, bool], ...] = ()
    did: tuple[tuple[str, str, str, str], ...] = ()
    spoken: tuple[tuple[str, bool, str], ...] = ()


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
    yield from section(told["colleagues"], _passed(told, mine), pairs=True)
    yield from section(told["web"], _on_the_web(told, mine), pairs=True)
    yield from section(told["held"], _held(told, mine))
    yield Heading(told["account"])
    yield _account(words, told, mine)
    yield from [Paragraph(told["aside"].format(count=mine.aside))] if mine.aside else []
    yield Heading(told["talk"])
    yield Paragraph(told["talk_about"].format(days=words.keep.records))
    for at, own, text in mine.spoken:
        yield Paragraph(text, f"{at}, {told['you' if own else 'me']}")


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
    yield from (Item(text, told["remark"].format(moment=at)) for at, text in mine.remarks)
    yield from [Item(str(mine.prompts), told["prompts"])] if mine.prompts else []


def _passed(told: Mapping[str, Any], mine: Mine) -> Iterator[Item]:
    for one in mine.passed:
        how = str(told["passed"][one.how]).format(
            who=one.who or told["colleague"], answer=one.answer,
            **dict(zip("ab", one.when, strict=False)),
        )  # fmt: skip
        yield Item(how, one.question)


def _on_the_web(told: Mapping[str, Any], mine: Mine) -> Iterator[Item]:
    yield from (Item(address, told["address"]) for address in mine.addresses)
    for name, since, seen in mine.devices:
        yield Item(told["device_seen"].format(since=since, seen=seen), name or told["device"])
    for name, since in mine.passkeys:
        line = told["since"].format(moment=since)
        yield Item(f"{name}. {line}" if name else line, told["passkey"])


def _shared(words: Words, key: str) -> str:
    """What can be shared and looked at: a part, or something with a name of its own."""
    named = {**words.said["parts"], **words.tree["steering"]["what"]}
    return lower_first(named.get(key, ""))


def _held(told: Mapping[str, Any], mine: Mine) -> Iterator[Item]:
    for canvas, who, why, released in mine.holds:
        line = told["hold"].format(canvas=canvas, who=who, why=why)
        yield Item(f"{line} {told['released']}" if released else line)


def _account(words: Words, told: Mapping[str, Any], mine: Mine) -> Block:
    doers = words.said["said"]["doers"]
    rows = tuple((at, _deed(words, what), name or doers[who]) for at, what, who, name in mine.did)
    header = (told["when"], told["what"], told["who"])
    return Table(header, rows, shares=(1.2, 2, 1.2)) if rows else Paragraph(told["nothing"])


def _deed(words: Words, said: str) -> str:
    """A deed of the account, with what it was done to where that can be said."""
    deed, _, about = said.partition(" ")
    what, shared = str(words.said["said"]["deeds"][deed]), _shared(words, about)
    return f"{what} ({shared})" if shared else what
