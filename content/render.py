"""Reply -> Message: words for facts, in Telegram's HTML, escaped in one place."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from content.documents import half_page, summary_markdown
from content.words import Words, lower_first
from flows.answers import units
from flows.canvas import UNKNOWN
from flows.progress import missing
from flows.turn import Choice, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from content.loader import Content
    from flows.turn import Reply, Session, Turn

LIMIT = 4_096
"""UTF-16 units of one Telegram message, after parsing."""

PRIVACY_VERSION = "1"
"""Goes up when the privacy text promises something else."""


def short_text(text: Any, limit: int) -> str:
    """On one line, cut at a word where there is one."""
    line = " ".join(str(text).split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" ,.;:") + "…"


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def main_clause(text: str) -> str:
    """What must come first, without the why: that is told where a route is looked at."""
    return text.split(",", maxsplit=1)[0].rstrip(".") + "."


ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined)
ENVIRONMENT.filters |= {
    "short_text": short_text,
    "lower_first": lower_first,
    "lowered": lambda texts: [lower_first(text) for text in texts],
    "upper_first": upper_first,
    "main_clause": main_clause,
    "comma": ", ".join,
    "semicolon": "; ".join,
}


@lru_cache(maxsize=1024)
def _template(source: str) -> Any:
    return ENVIRONMENT.from_string(source.strip("\n"))


def render(content: Content, turn: Turn) -> tuple[Message, ...]:
    """All messages of a turn; replies that join flow into the next."""
    session = turn.session
    words = Words(content, session.language, session.walk, session.pilots)
    messages: list[Message] = []
    pending: list[str] = []
    for reply in turn.replies:
        pending.append(_html(words, session, reply))
        if not reply.joins:
            html = "\n\n".join(text for text in pending if text)
            messages += _messages(words, session, reply, html)
            pending = []
    return tuple(messages)


def _messages(words: Words, session: Session, reply: Reply, html: str) -> Iterator[Message]:
    state = session.walk.state if session.walk and session.agreed else "new"
    choices = tuple(_choices(words, session, reply))
    *before, last = split(html)
    for text in before:
        yield Message(reply.name, reply.asking or "", text, (), state)
    name, text = ("", "")
    if reply.name == "document":
        name, text = summary_markdown(words)
    yield Message(reply.name, reply.asking or "", last, choices, state, name, text)


def split(html: str) -> list[str]:
    """Pieces within Telegram's limit, cut between lines; no tag spans a line."""
    pieces, piece = [], ""
    for line in html.split("\n"):
        longer = f"{piece}\n{line}" if piece else line
        if units(plain(longer)) > LIMIT:
            pieces.append(piece)
            longer = line
        piece = longer
    return [*pieces, piece]


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
        return str(Markup.escape(half_page(words, reply.name).strip()))
    source = words.said["say"][reply.name]
    facts = {**reply.data, **_common(words), **_facts(words, session, reply)}
    return str(_template(source).render(facts)).strip("\n")


def _common(words: Words) -> dict[str, Any]:
    names = (
        "short", "shorts", "value", "reason", "reasons", "part_name", "route", "route_names", "fit",
        "first_text", "note_text", "ways", "words_of_step", "step_line", "advice_words",
        "pilot_name", "organisation", "labels", "with_fits",
    )  # fmt: skip
    return {name: getattr(words, name) for name in names} | {"privacy_version": PRIVACY_VERSION}


def _facts(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    """What a template needs beyond the reply's own data, by what it speaks of."""
    data, facts = reply.data, dict[str, Any]()
    key = data.get("key")
    if isinstance(key, str) and key in words.canvas:
        table = words.table(key)
        facts |= {
            "question_text": words.text(key),
            "help": table["help"],
            "example": table.get("example", ""),
            "v": data.get("value"),
        }
    if "position" in data:
        facts["progress"] = _progress(words, data)
        facts["several"] = words.canvas[data["key"]].kind == "any_of" and not data["picked"]
    if "reason" in data:
        facts["refusal"] = words.said["refusals"][data["reason"]]
    more = _FACTS.get(reply.name)
    return facts | (more(words, session, reply) if more else {})


def _progress(words: Words, data: Mapping[str, Any]) -> str:
    question, position = words.canvas[data["key"]], data["position"]
    if data["planned"]:
        return str(words.said["progress"]["five"]).format(left=data["planned"])
    part, names = question.part, [p.key for p in words.canvas.parts]
    pattern = words.said["progress"]["part" if _part_number(names, part) else "other"]
    line = str(pattern).format(
        n=_part_number(names, part), part=words.part_name(part),
        number=position.number, of=position.of,
    )  # fmt: skip
    return f"{line} · {words.about(question.key)}" if question.of else line


def _part_number(names: list[str], part: str) -> int:
    """The four parts of the canvas have numbers; what comes before and after has none."""
    return names.index(part) if 0 < names.index(part) < len(names) - 1 else 0


def _part_opened(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    part = reply.data["part"]
    return {
        "part_number": _part_number([p.key for p in words.canvas.parts], part),
        "purpose": words.said["purposes"][part],
    }


def _understood(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del words, session
    value = reply.data["value"]
    is_when = isinstance(value, dict)
    return {"is_when": is_when, "date": value.get("date") if is_when else None}


def _observation(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    return {"observation_text": words.advice_words["observation"][reply.data["key"]]["text"]}


def _recap(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    part = reply.data["part"]
    own = [(k, v) for k, v in words.values.items() if words.canvas[k].part == part]
    return {"recap": [(k, v) for k, v in own if not k.endswith("_note")]}


def _misfit(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session, reply
    key = words.walk.cursor.question if words.walk else None
    return {"choices_fit": bool(key and words.canvas[key].choices)}


def _welcome_back(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del words, reply
    return {"at_end": bool(session.walk and session.walk.cursor.question is None)}


def _answered(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del words, session
    return {"v": reply.data["value"]}


def _gate(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session, reply
    gates = words.content.guide.rules.gates
    needed = next(g for g in gates if g.key == "go").when.keys
    still = [k for k in needed if k not in words.values]
    gate = words.advice.gate
    still = still if gate.outcome == "find_out" else []
    return {"gate": gate, "gate_open": still, **_unasked(words)}


def _unasked(words: Words) -> dict[str, Any]:
    walk = words.walk
    left = missing(words.canvas, walk) if walk else []
    return {"unasked": sum(q.part != "closing" and q.of is None for q in left)}


def _routes(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session, reply
    routes = words.advice.routes
    return {
        "suggested": words.advice.suggested,
        "not_now": [r for r in routes if r.fit == "not_now"],
    }


def _attention(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session, reply
    return {
        "levels": list(by_level(words)),
        "open_points": words.advice.open_points,
        "own_view": words.own_view(),
        **_unasked(words),
    }


def by_level(words: Words) -> Iterable[tuple[str, list[str]]]:
    """(level in words, the names that have it), in the order of the advice."""
    levels: dict[str, list[str]] = {}
    for item in words.advice.attention:
        named = item.kind == "ingredient"
        name = words.short(item.key) if named else words.advice_words["pitfall"][item.key]["name"]
        levels.setdefault(words.advice_words["attention"][item.level], []).append(name)
    return levels.items()


def _steps(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session, reply
    values = words.values
    chosen = values.get("closing.small_win")
    steps = [s for s in words.advice.next_steps if s.step != chosen]
    recheck = values.get("closing.recheck")
    insight = values.get("closing.insight")
    known = recheck not in (None, UNKNOWN)
    return {
        "next_steps": steps,
        "more_steps": len(steps[5:]) + len(words.advice.also),
        "first_steps": [s for s in steps if s.step != "small_win"][:3],
        "insight": insight if insight != UNKNOWN else None,
        "recheck": words.value("closing.recheck", recheck) if known else "",
    }


def _route(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    name = reply.data["route"]
    route = next(r for r in words.advice.routes if r.route == name)
    return {"r": route, "changes": _nearest_changes(words, name)}


def _nearest_changes(words: Words, route: str) -> list[Any]:
    """Answered questions first: those can still turn out otherwise; each question once."""
    found = {c.question: c for c in reversed(words.changes[route])}
    return sorted(found.values(), key=lambda c: c.question not in words.values)


_FACTS = {
    "part_opened": _part_opened,
    "understood": _understood,
    "observation": _observation,
    "recap": _recap,
    "misfit": _misfit,
    "welcome_back": _welcome_back,
    "answered": _answered,
    "edited": _answered,
    "edited_aside": _answered,
    "gate": _gate,
    "summary": _gate,
    "routes": _routes,
    "attention": _attention,
    "steps": _steps,
    "steps_brief": _steps,
    "route": _route,
}


# ---------------------------------------------------------------- buttons


def _choices(words: Words, session: Session, reply: Reply) -> Iterator[Choice]:
    picked = reply.data.get("picked", ())
    for key in reply.choices:
        label = _label(words, session, reply, key)
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
    return str(buttons[key])


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
    if verb == "look" and argument:
        route = next(r for r in words.advice.routes if r.route == argument)
        return f"{words.route(route)['name']}: {words.fit(route)}"
    if verb == "pilots" and argument:
        names = {str(p.id): p.name for p in words.pilots}
        return short_text(names.get(argument) or buttons["no_name"], 48)
    return _plain_label(buttons, session, reply, verb, argument)


def _plain_label(buttons: Any, session: Session, reply: Reply, verb: str, argument: str) -> str:
    ended = bool(session.walk and session.walk.cursor.question is None)
    name = {
        ("depth", "full"): "depth_full" if reply.name == "question" else "depth_deeper",
        ("depth", "quick"): "depth_quick",
        ("next", ""): "next_step" if reply.asking == "advice" else "keep",
        ("again", ""): "again_end" if ended else "again",
    }.get((verb, argument), verb)
    return str(buttons[name])
