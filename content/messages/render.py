"""Reply -> Message: words for facts, in Telegram's HTML, escaped in one place."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from content.messages.facts import facts_of
from content.words import Words, ended, lower_first, main_clause, short_text, upper_first
from flows.intents.choices import cut, units
from flows.intents.text import visible
from flows.model import papers
from flows.model.canvas import ANY_OF, ONE_OF
from flows.model.periods import Keep
from flows.model.turn import Choice, Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from content.loader import Content
    from flows.model.turn import Reply, Session, Turn

LIMIT = 4_096
"""UTF-16 units of one Telegram message, after parsing."""

PRIVACY_VERSION = "2"
"""Goes up when the privacy text promises something else."""


STANDARD = Keep()


def shown(fact: Any) -> Any:
    """What a template shows: also what was kept before texts were cleaned as they came in."""
    return visible(fact) if isinstance(fact, str) and not isinstance(fact, Markup) else fact


ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined, finalize=shown)
ENVIRONMENT.filters |= {
    "short_text": short_text,
    "lower_first": lower_first,
    "lowered": lambda texts: [lower_first(text) for text in texts],
    "upper_first": upper_first,
    "main_clause": main_clause,
    "ended": ended,
    "comma": ", ".join,
    "semicolon": "; ".join,
}


@lru_cache(maxsize=1024)
def _template(source: str) -> Any:
    return ENVIRONMENT.from_string(source.strip("\n"))


def render(content: Content, turn: Turn, keep: Keep = STANDARD) -> tuple[Message, ...]:
    """All messages of a turn; replies that join flow into the next. `keep`: what is promised."""
    session = turn.session
    words = Words(content, session.language, session.walk, session.pilots, keep)
    messages: list[Message] = []
    pending: list[str] = []
    for reply in turn.replies:
        pending.append(_html(words, session, reply))
        if not reply.joins:
            html = "\n\n".join(text for text in pending if text)
            messages += _messages(words, session, reply, html)
            pending = []
    return tuple(_placed(words, turn, messages))


def sentence(words: Mapping[str, Any], name: str, /, **facts: Any) -> str:
    """Something said outside a turn, with no more than its own facts."""
    return str(_template(words["messages"]["say"][name]).render(facts)).strip("\n")


MY_DATA = {"my_data": "pdf my-data", "my_data_json": "json my-data"}
"""Reply -> what goes along, made of all that is kept of the person."""

STAYING = frozenset({"welcome", "advice", "finished", "summary", "recap", "documents", "renew"})
"""Menus under a text that is worth keeping: what follows does not take their place."""


def _placed(words: Words, turn: Turn, messages: list[Message]) -> Iterator[Message]:
    """The first message after a press takes the place of what was pressed, or closes it."""
    pressed, answered = turn.session.pressed, _typed_at(words, turn)
    for number, message in enumerate(messages):
        if not number and answered:
            yield replace(message, closes=answered, chosen=_chosen(words, turn))
        elif number or pressed is None or message.brief or turn.replies[0].name == "twice":
            yield message
        elif pressed.key not in STAYING or pressed.key == message.key:
            yield replace(message, over=pressed.ref, chosen=_chosen(words, turn))
        elif turn.opened:
            yield replace(message, closes=pressed.ref, chosen=_agreed(words))
        else:
            yield message


def _typed_at(words: Words, turn: Turn) -> str:
    """The question with choices that was answered in words: its buttons have had their time."""
    shown = turn.session.shown
    if turn.session.pressed or shown is None or shown.key not in words.canvas:
        return ""
    chosen = words.canvas[shown.key].kind in (*ONE_OF, *ANY_OF)
    asked_again = any(reply.asking == shown.key for reply in turn.replies)
    return shown.ref if chosen and (turn.answers or asked_again) else ""


def _chosen(words: Words, turn: Turn) -> str:
    if not turn.answers:
        return ""
    given = turn.answers[-1]
    facts = {"key": given.question, "v": given.value, **_common(words)}
    return str(_template(words.said["say"]["chosen"]).render(facts))


def _agreed(words: Words) -> str:
    return str(
        Markup.escape(words.said["buttons"]["ticked"].format(label=words.said["buttons"]["agree"]))
    )


def _messages(words: Words, session: Session, reply: Reply, html: str) -> Iterator[Message]:
    state = session.walk.state if session.walk and session.agreed else "new"
    choices = tuple(_choices(words, session, reply))
    *before, last = split(html)
    for text in before:
        yield Message(reply.name, reply.asking or "", text, (), state)
    name, text, document = "", "", MY_DATA.get(reply.name, "")
    if reply.name == "document":
        paper, form = papers.NAMED[reply.data["name"]]
        document = f"{form} {paper.what}"
    if document == "md summary":
        from content.documents.markdown import summary_markdown  # noqa: PLC0415 - a document

        name, text = map(visible, summary_markdown(words))
    asking, brief = reply.asking or "", reply.brief
    yield Message(
        reply.name, asking, last, choices, state, name, text, brief=brief, document=document
    )


def split(html: str) -> list[str]:
    """Pieces within Telegram's limit, cut between lines; no tag spans a line.

    A line that is too long by itself loses its markup, and is cut between characters.
    """
    if 2 * len(html) <= LIMIT:  # a character is two units at most, and markup counts for none
        return [html]
    pieces, piece = [], ""
    for line in _lines(html):
        longer = f"{piece}\n{line}" if piece else line
        if units(plain(longer)) > LIMIT:
            pieces.append(piece)
            longer = line
        piece = longer
    return [*pieces, piece]


def _lines(html: str) -> Iterator[str]:
    for line in html.split("\n"):
        text = plain(line)
        if units(text) <= LIMIT:
            yield line
            continue
        while text:
            piece = cut(text, LIMIT)
            text = text[len(piece) :]
            yield str(Markup.escape(piece))


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def plain(html: str) -> str:
    """What is left after parsing: what a terminal shows, and what Telegram counts."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return "".join(parser.text)


# ---------------------------------------------------------------- texts


def _html(words: Words, session: Session, reply: Reply) -> str:
    if reply.name.startswith("half_page"):
        from content.documents.markdown import half_page  # noqa: PLC0415 - a document

        return str(Markup.escape(visible(half_page(words, reply.name).strip())))
    source = words.said["say"][reply.name]
    facts = {**reply.data, **_common(words), **facts_of(words, session, reply)}
    return str(_template(source).render(facts)).strip("\n")


def _common(words: Words) -> dict[str, Any]:
    names = (
        "short", "shorts", "value", "reason", "because", "reasons", "part_name", "route",
        "route_names", "fit", "step_text",
        "first_text", "note_text", "ways", "words_of_step", "words_of_gate",
        "advice_words", "agreed_line", "pilot_name", "organisation", "labels", "with_fits", "keep",
    )  # fmt: skip
    return {name: getattr(words, name) for name in names} | {"privacy_version": PRIVACY_VERSION}


# ---------------------------------------------------------------- buttons


def _choices(words: Words, session: Session, reply: Reply) -> Iterator[Choice]:
    picked = reply.data.get("picked", ())
    for key in reply.choices:
        label = visible(_label(words, session, reply, key))
        if key in picked:
            yield Choice(key, str(words.said["buttons"]["ticked"]).format(label=label), ticked=True)
        else:
            yield Choice(key, label)


def _label(words: Words, session: Session, reply: Reply, key: str) -> str:
    buttons = words.said["buttons"]
    if key.startswith("/"):
        return _command_label(words, session, reply, *key.removeprefix("/").split(" ", 1))
    if reply.asking in words.canvas and reply.asking is not None:
        return words.label(words.canvas[reply.asking], key)
    return str(buttons["renew" if reply.asking == "renew" else key])


def _command_label(
    words: Words, session: Session, reply: Reply, verb: str, argument: str = ""
) -> str:
    buttons = words.said["buttons"]
    if verb == "change" and argument in words.canvas:
        value = words.values.get(argument)
        return short_text(words.reason(argument, value), 48)
    if verb == "change" and argument:
        listed = reply.asking == "change"
        return words.part_name(argument) if listed else str(buttons["change"])
    if verb == "document" and argument:
        return str(words.said["documents"][argument])
    if verb == "look" and argument:
        route = next(r for r in words.advice.routes if r.route == argument)
        return f"{words.route(route)['name']}: {words.fit(route)}"
    if verb in ("pilots", "forget") and argument:
        return _pilot_label(words, verb, argument)
    return _plain_label(buttons, session, reply, verb, argument)


def _pilot_label(words: Words, verb: str, argument: str) -> str:
    buttons = words.said["buttons"]
    if argument == "all":
        return str(buttons["forget_all"])
    if argument.startswith("page "):
        back = int(argument.partition(" ")[2]) < words.pilots.at
        return str(buttons["page_back" if back else "page_on"])
    name = words.pilots.names.get(argument) or buttons["no_name"]
    text = name if verb == "pilots" else str(buttons["forget"]).format(name=name)
    return short_text(text, 48)


def _plain_label(buttons: Any, session: Session, reply: Reply, verb: str, argument: str) -> str:
    ended = bool(session.walk and session.walk.cursor.question is None)
    if reply.asking == "forget_sure" and verb == "again":
        return str(buttons["keep_it"])
    name = {
        ("depth", "full"): "depth_full" if reply.name == "question" else "depth_deeper",
        ("depth", "quick"): "depth_quick",
        ("next", ""): "next_step" if reply.asking == "advice" else "keep",
        ("again", ""): "again_end" if ended else "again",
        ("forget", ""): "forget_any",
    }.get((verb, argument), verb)
    return str(buttons[name])
