"""Builds the web's styles anew from their packages: `python -m tests.styles` (needs npm).

guide.css is the rules of the components whose classes a template uses, then our own layout.
theme.css is the tokens that guide.css asks for: from the example theme where it maps one token
on another, from basis.css where it is a value of this house.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import tinycss2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEB = Path(__file__).parent.parent / "bot/channels/web"
STATIC, OWN = WEB / "static", WEB / "styles"
LISTED = STATIC / "styles.toml"
MADE = ("guide.css", "theme.css")
CLASS = re.compile(r"\.((?:utrecht|guide)-[\w-]+)")
WRITTEN = re.compile(r"\b(?:utrecht|guide)-[a-z\d_-]*[a-z\d]")
ASKED = re.compile(r"var\(\s*(--[\w-]+)")
STATES = re.compile(r":(?:lang|placeholder-shown|disabled|read-only|user-invalid|fullscreen)\b")
FALLS_BACK = re.compile(
    r"--utrecht-(?:(?:textbox|textarea|select)-(?!min-block)"
    r"|(?:paragraph|paragraph-lead|(?:un)?ordered-list|table)-(?:color|font-|line-height)"
    r"|form-field-(?:description|error-message)-(?:font-family|font-size|line-height)"
    r"|heading-\d-(?:color|font-family|font-weight|margin)|button-font-family"
    r"|page-(?:header|footer)-content-)"
)
"""Tokens that the example sets finer than needed: with those, a house's coarser ones were lost."""

OF_OLD = "screen and (-ms-high-contrast: active), "
NOTICE = (
    "/* Licences and origins: styles.toml beside this file. Made by `python -m tests.styles`. */\n"
)


def main() -> None:
    listed = tomllib.loads(LISTED.read_text(encoding="utf-8"))["package"]
    with tempfile.TemporaryDirectory() as folder:
        found = {one["name"]: (one, fetched(one, Path(folder))) for one in listed}
    rules = [sheet for one, sheet in found.values() if one["use"] == "rules"]
    layout = (OWN / "layout.css").read_text(encoding="utf-8")
    guide = NOTICE + "".join(kept(sheet, used()) for sheet in rules) + small(layout)
    tokens = [sheet for one, sheet in found.values() if one["use"] == "tokens"]
    (STATIC / "guide.css").write_text(guide + "\n", encoding="utf-8")
    (STATIC / "theme.css").write_text(NOTICE + theme(guide, tokens) + "\n", encoding="utf-8")
    LISTED.write_text(listing(listed), encoding="utf-8")


def used() -> set[str]:
    """Every class that a template, or Python that writes a part of a page, names."""
    pages = [*(WEB / "templates").glob("*.html"), *WEB.glob("*.py")]
    told = {name for page in pages for name in WRITTEN.findall(page.read_text(encoding="utf-8"))}
    return (
        told
        | {f"utrecht-alert--{kind}" for kind in ("info", "ok", "warning", "error")}
        | {f"utrecht-button--{kind}-action" for kind in ("primary", "secondary")}
        | {
            f"utrecht-{kind}-list{part}"
            for kind in ("ordered", "unordered")
            for part in ("", "__item")
        }
    )


def fetched(package: dict[str, str], folder: Path) -> str:
    """The style sheet in a package of npm. It must be the one that was looked at."""
    name = f"{package['name']}@{package['version']}"
    packed = subprocess.run(
        ["npm", "pack", name, "--silent", "--pack-destination", str(folder)],
        check=True, capture_output=True, text=True,
    ).stdout.strip().splitlines()[-1]  # fmt: skip
    whole = (folder / packed).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(whole).digest()).decode()
    if package.setdefault("integrity", integrity) != integrity:
        raise SystemExit(f"{name} is not what styles.toml says it was. Look why before going on.")
    with tarfile.open(folder / packed) as archive:
        inside = archive.extractfile(f"package/{package['file']}")
        assert inside is not None
        return inside.read().decode()


def kept(sheet: str, classes: set[str]) -> str:
    """The rules of which every class is used."""
    return "".join(
        _kept(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), classes)
    )


def _kept(rules: Iterable[tinycss2.ast.Node], classes: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = tinycss2.serialize(rule.prelude).split(",\n")
            told = [one.strip() for one in selectors if _wanted(one, classes)]
            if told and rule.content:
                yield small(f"{','.join(told)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.at_keyword == "media":
            inside = "".join(
                _kept(
                    tinycss2.parse_rule_list(
                        rule.content, skip_comments=True, skip_whitespace=True
                    ),
                    classes,
                )
            )
            condition = tinycss2.serialize(rule.prelude).replace(OF_OLD, "")
            if inside:
                yield f"@media {condition.strip()}{{{inside}}}"


def _wanted(selector: str, classes: set[str]) -> bool:
    named = set(CLASS.findall(selector))
    return bool(named) and named <= classes and not STATES.search(selector)


def small(css: str) -> str:
    """Without comments and without space that says nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"(?<=[{};,]) | (?=[{};,!])|(?<=: )(?= )", "", css)
    css = re.sub(r"(?<=[({]) | (?=[)}])", "", css)
    css = re.sub(r"(--[\w-]+|(?<=[{;])[a-z-]+): ", r"\1:", css)
    return css.replace(";}", "}").strip()


def theme(guide: str, sheets: list[str]) -> str:
    """What guide.css asks for, and what that asks for in turn: first what is light, then dark."""
    light, dark = tokens((OWN / "basis.css").read_text(encoding="utf-8"))
    finer = {name: value for sheet in sheets for name, value in tokens(sheet)[0].items()}
    mapped = {n: v for n, v in finer.items() if "--voorbeeld" not in v and not FALLS_BACK.match(n)}
    known, asked, told = {**mapped, **light}, set(ASKED.findall(guide)), {}
    while asked:
        name = asked.pop()
        if name in known and name not in told:
            told[name] = known[name]
            asked |= set(ASKED.findall(known[name]))
    day = ";".join(f"{name}:{told[name]}" for name in sorted(told))
    night = ";".join(f"{name}:{value}" for name, value in sorted(dark.items()) if name in told)
    return f":root{{{day}}}\n@media (prefers-color-scheme:dark){{:root{{{night}}}}}"


def tokens(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """(by day, by night): every custom property that a style sheet sets on the whole page."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        night = rule.type == "at-rule"
        inner = (
            tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if night
            else [rule]
        )
        for one in inner:
            for each in tinycss2.parse_declaration_list(
                one.content, skip_comments=True, skip_whitespace=True
            ):
                found[night][each.name] = small(tinycss2.serialize(each.value))
    return found


def listing(packages: list[dict[str, str]]) -> str:
    """styles.toml, with the sums of what was made."""
    head = LISTED.read_text(encoding="utf-8").partition("\n\n")[0]
    tables = ["\n".join(["[[package]]", *(f'{k} = "{v}"' for k, v in p.items())]) for p in packages]
    sums = [f'[[file]]\nname = "{name}"\nsha256 = "{summed(name)}"' for name in MADE]
    return "\n\n".join([head, *tables, *sums]) + "\n"


def summed(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
