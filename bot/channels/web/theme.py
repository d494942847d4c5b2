"""How the pages look: the shipped tokens, the house's accent, a municipality's own on top."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import tinycss2
from tinycss2.color4 import parse_color

from bot.channel_settings import SettingsError
from bot.channels.web.tokens import Tokens, read_tokens
from bot.documents.colours import BLACK, WHITE, Colour, contrast, from_hex, lighter, mixed, to_hex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATIC = Path(__file__).parent / "static"
ASKED = re.compile(r"var\(\s*(--[\w-]+)")
FAMILY = re.compile(r"--utrecht-(button|link|skip-link)-.*color$")
STATE = re.compile(r"-(?:hover|focus|focus-visible|active|pressed|disabled|visited)-")
"""A house that colours one of a family gets none of our states between its own."""

MOST = 1_000_000
TEXT, SHAPE = 4.5, 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11."""

PAGE = "var(--utrecht-document-background-color)"
NIGHT_LIFT = 7.5  # of the accent's letters above a dark page


@dataclass(frozen=True)
class Pair:
    """Two colours that stand on each other on some page, by the tokens that give them."""

    what: str
    front: str
    ground: str = PAGE
    least: float = TEXT
    beside: str = ""
    """Another colour that does as well: of two rings one has to be seen."""


def _state(kind: str, state: str, of: str) -> str:
    """As button-css falls back."""
    base = f"var(--utrecht-button-{kind}-{of}, var(--utrecht-button-{of}))"
    return f"var(--utrecht-button-{kind}-{state}-{of}, {base})" if state else base


def _buttons() -> Iterator[Pair]:
    for kind in ("primary-action", "secondary-action"):
        for state in ("", "hover", "active", "focus"):
            name = f"a {kind.partition('-')[0]} button's words{f' ({state})' if state else ''}"
            yield Pair(name, _state(kind, state, "color"), _state(kind, state, "background-color"))


def _alerts() -> Iterator[Pair]:
    for kind in ("info", "ok", "warning", "error"):
        front, ground = (
            f"var(--utrecht-alert-{kind}-{of}, var(--utrecht-alert-{of}))"
            for of in ("color", "background-color")
        )
        yield Pair(f"a notice's words ({kind})", front, ground)


def _own() -> Iterator[Pair]:
    """Our own parts, which the components do not have."""
    text, quiet = "var(--utrecht-document-color)", "var(--basis-color-default-color-subtle)"
    said, mine = "var(--basis-color-default-bg-subtle)", "var(--basis-color-accent-1-bg-default)"
    yield Pair("quiet text", quiet)
    yield from (Pair(f"{what}, where something was said", front, ground)
                for what, front in (("text", text), ("quiet text", quiet))
                for ground in (said, mine))  # fmt: skip
    for kind in ("positive", "warning", "negative"):
        front, ground = (f"var(--basis-color-{kind}-{of}-default)" for of in ("color", "bg"))
        yield Pair(f"a state's word ({kind})", front, ground)
    yield Pair("a chosen line's edge", "var(--basis-color-accent-1-border-default)", least=SHAPE)
    yield Pair(
        "the focus on a link", "var(--basis-focus-color)", "var(--basis-focus-background-color)"
    )


FIELD = "var(--utrecht-textbox-{0}, var(--utrecht-form-control-{0}))"
HEADING = "var(--utrecht-heading-1-color, var(--utrecht-heading-color))"
COLUMN = (
    "var(--utrecht-table-header-cell-color, "
    "var(--utrecht-table-header-color, var(--utrecht-document-color)))"
)
PAIRS = (
    Pair("text", "var(--utrecht-document-color)"),
    Pair("a heading", HEADING),
    Pair("a link", "var(--utrecht-link-color)"),
    Pair("a link (hover)", "var(--utrecht-link-hover-color, var(--utrecht-link-color))"),
    *_buttons(),
    Pair("a button's edge", _state("secondary-action", "", "border-color"), least=SHAPE),
    Pair("a field's words", FIELD.format("color"), FIELD.format("background-color")),
    Pair("a field's edge", FIELD.format("border-color"), least=SHAPE),
    Pair("a column's name", COLUMN),
    Pair("what is wrong in a field", "var(--utrecht-form-field-error-message-color)"),
    *_alerts(),
    *(Pair(f"the page's {end}", f"var(--utrecht-page-{end}-color)",
           f"var(--utrecht-page-{end}-background-color)") for end in ("header", "footer")),
    Pair("the focus", "var(--utrecht-focus-outline-color)", least=SHAPE,
         beside="var(--utrecht-focus-inverse-outline-color)"),
    *_own(),
)  # fmt: skip


def read_theme(path: Path | None, accent: str) -> str:
    """The style sheet of tokens for every page. Raises SettingsError with one sentence.

    `path`: a municipality's tokens. Has it none for the dark, then pages stay light, since
    half of a theme in the dark is not theirs. What the pages never ask for is left out.
    """
    house = _house(path) if path else Tokens()
    dark = not house.day or bool(house.night)
    shipped = read_tokens((STATIC / "theme.css").read_text(encoding="utf-8"), "theme.css")
    by_day, by_night = accents(_accent(house, accent), from_hex(shipped.night[GROUND]))
    day = {**_without(shipped.day, _families(house.day)), **by_day, **house.day}
    night = {**shipped.night, **by_night, **house.night} if dark else {}
    for when, told in (("by day", day), ("by night", {**day, **night})):
        _hold(told, when, path, house)
    return _written(day, night)


GROUND = "--basis-color-default-bg-document"


def accents(accent: Colour, page: Colour) -> tuple[dict[str, str], dict[str, str]]:
    """(by day, by night) the tokens of one colour, by how light each has to be."""
    lit = lighter(accent, page, NIGHT_LIFT)
    shades = {"hover": 0.25, "active": 0.4, "default": 0.0}
    day = _accents(accent, WHITE, {"default": 0.92, "hover": 0.87, "active": 0.8}, 0.6)
    night = _accents(lit, page, {"default": 0.82, "hover": 0.75, "active": 0.68}, 0.5)
    for told, base, towards in ((day, accent, BLACK), (night, lit, WHITE)):
        for state, share in shades.items():
            shade = to_hex(mixed(base, towards, share))
            for name in (
                "accent-1-border",
                "accent-1-color",
                "accent-1-inverse-bg",
                "action-2-color",
            ):
                told[f"--basis-color-{name}-{state}"] = shade
        told["--basis-color-action-1-inverse-bg-default"] = to_hex(base)
    return day, night


def _accents(base: Colour, page: Colour, tints: Mapping[str, float], edge: float) -> dict[str, str]:
    told = {
        f"--basis-color-accent-1-bg-{k}": to_hex(mixed(base, page, v)) for k, v in tints.items()
    }
    told["--basis-color-accent-1-border-subtle"] = to_hex(mixed(base, page, edge))
    return {**told, **{f"--basis-color-accent-1-inverse-color-{k}": to_hex(page) for k in tints}}


def _house(path: Path) -> Tokens:
    try:
        css = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"OPSCHAALGIDS_THEME: {path} cannot be read ({error}).") from error
    if len(css) > MOST:
        raise SettingsError(
            f"OPSCHAALGIDS_THEME: {path} is over 1 MB; give the file of tokens only."
        )
    return read_tokens(css, path)


def _accent(house: Tokens, accent: str) -> Colour:
    """For our own parts the theme's main button says which colour the house's is."""
    button = _seen("var(--utrecht-button-primary-action-background-color)", house.day)
    own = from_hex(accent)
    return button[0] if button and contrast(button[0], WHITE) >= TEXT else own


def _families(told: Mapping[str, str]) -> set[str]:
    return {found[1] for found in map(FAMILY.match, told) if found}


def _without(told: Mapping[str, str], families: set[str]) -> dict[str, str]:
    """All but the states of those families."""
    return {
        name: value
        for name, value in told.items()
        if not (STATE.search(name) and _families({name: ""}) & families)
    }


def _hold(told: Mapping[str, str], when: str, path: Path | None, house: Tokens) -> None:
    """Every pair can be told apart, or the program does not start."""
    for pair in PAIRS:
        found = max(_apart(one, pair.ground, told) for one in (pair.front, pair.beside) if one)
        if found < pair.least:
            said = f"has a contrast of {found:.2f} {when} and needs {pair.least}"
            what = said if found else f"cannot be measured {when}"
            raise SettingsError(_said(path, house, told, pair, what))


def _apart(front: str, ground: str, told: Mapping[str, str]) -> float:
    """The contrast of two values, seen through what is not opaque; 0 where one is no colour."""
    page, below, above = (_seen(one, told) for one in (PAGE, ground, front))
    if not (page and below and above):
        return 0
    under = mixed(page[0], *below)
    return contrast(mixed(under, *above), under)


def _said(path: Path | None, house: Tokens, told: Mapping[str, str], pair: Pair, what: str) -> str:
    chain = _chain(f"{pair.front} {pair.ground}", told)
    own = next((name for name in chain if name in house.lines), chain[0])
    line = f", line {house.lines[own]}" if own in house.lines else ""
    return (
        f"OPSCHAALGIDS_THEME: {path or 'theme.css'}{line}: {pair.what} {what}; "
        f"change {own}, as #rrggbb."
    )


def _chain(value: str, told: Mapping[str, str]) -> list[str]:
    """Every token that a value comes from, the nearest first."""
    found: dict[str, None] = {}
    waiting = ASKED.findall(value)
    while waiting:
        name = waiting.pop(0)
        if name in told and name not in found:
            found[name] = None
            waiting += ASKED.findall(told[name])
    return list(found)


def _seen(value: str, told: Mapping[str, str], depth: int = 0) -> tuple[Colour, float] | None:
    """(the colour, how opaque) of a value; None where it is no colour that can be measured."""
    part = tinycss2.parse_one_component_value(value, skip_comments=True)
    if part.type == "function" and part.lower_name == "var" and depth < 20:  # noqa: PLR2004 - a ring
        name, _, other = tinycss2.serialize(part.arguments).partition(",")
        known = _seen(told[name.strip()], told, depth + 1) if name.strip() in told else None
        return known or (_seen(other.strip(), told, depth + 1) if other else None)
    try:
        found = parse_color(part)
        srgb = None if found in (None, "currentcolor") else found.to("srgb").coordinates
    except (NotImplementedError, ValueError):
        return None
    return ((srgb[0], srgb[1], srgb[2]), found.alpha) if srgb else None


@cache
def _guide() -> frozenset[str]:
    return frozenset(ASKED.findall((STATIC / "guide.css").read_text(encoding="utf-8")))


def _written(day: Mapping[str, str], night: Mapping[str, str]) -> str:
    """What the pages ask for, and what that asks for in turn."""
    asked, wanted = set(_guide()), dict[str, None]()
    while asked:
        name = asked.pop()
        if name not in wanted and (name in day or name in night):
            wanted[name] = None
            asked |= set(ASKED.findall(day.get(name, "") + night.get(name, "")))
    by_day, by_night = (
        ";".join(f"{name}:{told[name]}" for name in sorted(wanted) if name in told)
        for told in (day, night)
    )
    scheme = "light dark" if night else "light"
    told = f":root{{color-scheme:{scheme};{by_day}}}"
    return (
        f"{told}\n@media screen and (prefers-color-scheme:dark){{:root{{{by_night}}}}}"
        if night
        else told
    )
