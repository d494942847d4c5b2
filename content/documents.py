"""The whole summary as Markdown, and the two half pages. Same facts as in the chat."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from flows.canvas import UNKNOWN
from flows.progress import missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content.words import Words

STARTS = re.compile(r"^(\s*)(\d*)([#>+=.)-])", re.MULTILINE)


def escape(text: Any) -> str:
    """What a person typed, so that Markdown shows it as it was typed; lines stay lines."""
    safe = re.sub(r"([\\`*_{}\[\]<>|~$&#])", r"\\\1", str(text))
    safe = "\n".join(line.strip() for line in safe.split("\n"))
    safe = re.sub(r"(?i)\b(https?|ftp|mailto)(:)", r"\1\\\2", safe)
    safe = re.sub(r"(?i)\bwww\.", r"www\\.", safe)
    safe = STARTS.sub(r"\1\2\\\3", safe)
    return safe.replace("\n", "  \n  ")


ENVIRONMENT = Environment(
    autoescape=False,  # noqa: S701 - Markdown, not HTML: every word of a person passes `md`
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {"md": escape, "comma": ", ".join, "one_line": lambda t: " ".join(t.split())}


@lru_cache(maxsize=64)
def _template(source: str) -> Any:
    return ENVIRONMENT.from_string(source)


def summary_markdown(words: Words) -> tuple[str, str]:
    """(file name, Markdown text)."""
    safe = re.sub(r"[^a-z0-9]+", "-", words.pilot_name.casefold()).strip("-")[:40] or "pilot"
    return f"opschaalgids-{safe}.md", _filled(words, "summary.md.j2")


def half_page(words: Words, name: str) -> str:
    """`half_page_executive` or `half_page_practice`: plain text, ready to paste."""
    return _filled(words, f"{name}.md.j2")


def my_data(words: Words, facts: Mapping[str, Any]) -> str:
    """Everything about a person, to read."""
    source = words.content.templates[words.language]["my_data.md.j2"]
    said = words.said["said"]
    text = _template(source).render(w=words, deeds=said["deeds"], doers=said["doers"], **facts)
    return re.sub(r"\n{3,}", "\n\n", str(text)).strip() + "\n"


def _filled(words: Words, template: str) -> str:
    source = words.content.templates[words.language][template]
    walk = words.walk
    left = missing(words.canvas, walk) if walk else []
    advice = words.advice
    text = _template(source).render(
        w=words,
        advice=advice,
        gate=words.advice_words["gate"][advice.gate.outcome],
        left=[q.key for q in left if q.of is None],
        suggested=advice.suggested,
        answers=_answers(words),
        actions=actions(words),
        text=lambda key: _text(words, key),
    )
    return re.sub(r"\n{3,}", "\n\n", str(text)).strip() + "\n"


def _text(words: Words, key: str) -> str:
    """An answer, or nothing where there is none or it is not known yet."""
    value = words.values.get(key)
    return "" if value in (None, UNKNOWN) else words.value(key, value)


def _answers(words: Words) -> list[tuple[str, list[tuple[str, Any]]]]:
    """(part, [(question, value)]) of all that applies and was answered, in order."""
    parts: dict[str, list[tuple[str, Any]]] = {}
    for key, value in words.values.items():
        if words.canvas[key].of is None:
            parts.setdefault(words.canvas[key].part, []).append((key, value))
    return list(parts.items())


def actions(words: Words) -> list[tuple[str, str, str, str]]:
    """(about, what, who, when) in words, of each action on an ingredient."""
    found = []
    for name in words.acted_on():
        base = f"ingredients.actions.{name}"
        what, who, when = (_text(words, f"{base}.{f}") for f in ("what", "who", "when"))
        found.append((words.short(f"ingredients.{name}"), what, who, when))
    return found
