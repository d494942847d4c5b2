"""A file of design tokens, read strictly: custom properties of the whole page and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tinycss2

from bot.channel_settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FUNCTIONS = frozenset(["var", "calc", "min", "max", "clamp", "rgb", "rgba", "hsl", "hsla"])
"""What a value may ask for by name. Nothing of it can fetch, run or draw."""

NIGHT = "(prefers-color-scheme: dark)"


@dataclass(frozen=True)
class Tokens:
    """What holds by day, and what is different by night; on which line of the file each stands."""

    day: dict[str, str] = field(default_factory=dict)
    night: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def read_tokens(css: str, source: object) -> Tokens:
    """Raises SettingsError with one sentence that names `source`, the line and what to do.

    `:root`, `html` and one class are the page. What is meant for a part of it, or for a
    width, is left out: rules of tokens for components that these pages do not hold.
    """
    found = Tokens()
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "charset":
            continue
        if rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content:
            _media(rule, found, source)
        elif rule.type == "qualified-rule":
            _take(rule, found.day, found, source)
        else:
            raise _wrong(source, rule, _named(rule))
    return found


def _media(rule: Any, found: Tokens, source: object) -> None:
    condition = " ".join(tinycss2.serialize(rule.prelude).split()).replace(":dark", ": dark")
    into = found.night if condition == NIGHT else {}
    for inner in tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True):
        if inner.type != "qualified-rule":
            raise _wrong(source, inner, _named(inner))
        _take(inner, into, found, source)


def _take(rule: Any, into: dict[str, str], found: Tokens, source: object) -> None:
    into = into if any(_whole(one) for one in _selectors(rule.prelude)) else {}
    for said in tinycss2.parse_blocks_contents(
        rule.content, skip_comments=True, skip_whitespace=True
    ):
        if said.type != "declaration" or not said.name.startswith("--"):
            raise _wrong(source, said, _named(said))
        strange = next(_strange(said.value), None)
        if strange:
            raise _wrong(source, said, f"{said.name} asks for {strange}")
        if not _pictured(said.value):
            into[said.name] = " ".join(tinycss2.serialize(said.value).split())
            found.lines[said.name] = said.source_line


def _selectors(prelude: Iterable[Any]) -> Iterator[list[Any]]:
    one: list[Any] = []
    for part in prelude:
        if part == ",":
            yield one
            one = []
        elif part.type != "whitespace":
            one.append(part)
    yield one


def _whole(selector: list[Any]) -> bool:
    """`:root`, `::root` (as some builds write it), `html`, `.a-theme`."""
    said = tinycss2.serialize(selector)
    return said.lstrip(":") == "root" or said == "html" or (len(selector) == 2 and said[0] == ".")  # noqa: PLR2004 - a dot, a name


def _strange(value: Iterable[Any]) -> Iterator[str]:
    """What no token needs: an address, a function that is not known, a block."""
    for part in value:
        if part.type == "url" and not part.value.startswith("data:image/"):
            yield f"url({part.value})"
        elif part.type == "function" and part.lower_name == "url":
            inside = next((a.value for a in part.arguments if a.type == "string"), "")
            if not inside.startswith("data:image/"):
                yield f"url({inside})"
        elif part.type == "error":
            yield part.message
        elif part.type == "function" and part.lower_name in {"image-set", "expression", "src"}:
            yield f"{part.lower_name}()"
        yield from _strange(
            getattr(part, "arguments", None) or getattr(part, "content", None) or []
        )


def _pictured(value: Iterable[Any]) -> bool:
    """Pictures, gradients and the like: none of ours has them, so they are left out."""
    return any(
        part.type in ("url", "{} block", "[] block")
        or (part.type == "function" and part.lower_name not in FUNCTIONS)
        or _pictured(getattr(part, "arguments", None) or getattr(part, "content", None) or [])
        for part in value
    )


def _named(found: Any) -> str:
    if found.type == "at-rule":
        return f"there is an @{found.at_keyword} rule"
    return (
        found.message
        if found.type == "error"
        else f"there is more than tokens ({getattr(found, 'name', 'a rule in a rule')})"
    )


def _wrong(source: object, found: Any, what: str) -> SettingsError:
    return SettingsError(
        f"OPSCHAALGIDS_THEME: {source}, line {found.source_line}: {what}; "
        f"leave only custom properties (--…) in :root, one class or @media {NIGHT}."
    )
