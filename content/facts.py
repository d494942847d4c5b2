"""What a template needs beyond its reply's own data, computed from the walk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.canvas import UNKNOWN
from flows.progress import missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from content.words import Words
    from flows.turn import Reply, Session


def facts_of(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
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


def _privacy_more(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    at = reply.data["at"]
    return {"day": words.day(datetime.fromisoformat(at).date()) if at else ""}


def _gate(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session, reply
    gate = words.advice.gate
    known = {key for key, _ in gate.because}
    still = [key for key in gate.lacking if key not in known and key in words.canvas]
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
        "open_routes": words.advice.open_routes,
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
    advice = words.advice
    steps = advice.told
    recheck = values.get("closing.recheck")
    insight = values.get("closing.insight")
    known = recheck not in (None, UNKNOWN, "never")
    return {
        "next_steps": steps,
        "more_steps": len(steps[5:]) + len(advice.also),
        "first_steps": advice.first_steps,
        "insight": insight if insight != UNKNOWN else None,
        "recheck": words.value("closing.recheck", recheck) if known else "",
        "agreed": words.agreed,
    }


def _route(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    name = reply.data["route"]
    route = next(r for r in words.advice.routes if r.route == name)
    return {"r": route, "changes": _nearest_changes(words, name)}


def _nearest_changes(words: Words, route: str) -> list[Any]:
    """Answered questions first: those can still turn out otherwise; each question once."""
    found = {c.question: c for c in reversed(words.changes_of(route))}
    return sorted(found.values(), key=lambda c: c.question not in words.values)


def _document(words: Words, session: Session, reply: Reply) -> dict[str, Any]:
    del session
    return {"document_name": words.said["documents"][reply.data["name"]]}


_FACTS = {
    "document": _document,
    "part_opened": _part_opened,
    "understood": _understood,
    "observation": _observation,
    "recap": _recap,
    "misfit": _misfit,
    "welcome_back": _welcome_back,
    "answered": _answered,
    "noted": _answered,
    "edited": _answered,
    "edited_aside": _answered,
    "gate": _gate,
    "summary": _gate,
    "routes": _routes,
    "attention": _attention,
    "steps": _steps,
    "steps_brief": _steps,
    "route": _route,
    "privacy_more": _privacy_more,
}
