"""What the web's pages look like: whole, ours to give away, small, and no theme can break it."""

from __future__ import annotations

import gzip
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from bot.channel_settings import SettingsError
from bot.channels.web.theme import PAIRS, STATIC, read_theme
from bot.channels.web.tokens import read_tokens
from bot.documents.house import read_house
from tests.styles import ASKED, CLASS, LISTED, MADE, OWN, summed, used
from tests.towns import town

if TYPE_CHECKING:
    from pathlib import Path

MADE_OF = tomllib.loads(LISTED.read_text(encoding="utf-8"))
GUIDE = (STATIC / "guide.css").read_text(encoding="utf-8")
SCRIPT = (STATIC / "guide.js").read_bytes()
ACCENTS = ("#14506b", "#b3261e", "#000000", "#767676", "#007a33", "#5115ef", "#6b4400")
HOOKS = {"guide-form", "guide-state"}
"""Names of files, and what only stands beside another class."""

DARK = "@media (prefers-color-scheme: dark)"


def styled(folder: Path, css: str) -> str:
    path = folder / "town.css"
    path.write_text(css, encoding="utf-8")
    return read_theme(path, "#14506b")


# ------------------------------------------------------------ what is shipped


@pytest.mark.parametrize("name", MADE)
def test_a_style_is_what_was_made(name: str) -> None:
    sums = {one["name"]: one["sha256"] for one in MADE_OF["file"]}
    assert summed(name) == sums[name], "run: python -m tests.styles"


@pytest.mark.parametrize("package", MADE_OF["package"], ids=lambda one: str(one["name"]))
def test_a_package_is_named_pinned_and_free(package: dict[str, str]) -> None:
    assert package["licence"] == "EUPL-1.2"
    assert (STATIC / package["licence_file"]).exists()
    assert re.fullmatch(r"sha512-[\w+/]{86}==", package["integrity"], re.ASCII)
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])


def test_every_class_of_ours_is_styled() -> None:
    ours = {name for name in used() if name.startswith("guide-")} - HOOKS
    assert not ours - set(CLASS.findall(GUIDE)), "no rule in layout.css for these"


ALONE = re.compile(r'<p[^>]*><a class="utrecht-link"[^>]*>[^\n]*</a></p>')
TEMPLATES = sorted((STATIC.parent / "templates").glob("*.html"))


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda p: p.name)
def test_a_link_that_stands_alone_is_as_high_as_a_thumb(page: Path) -> None:
    assert ALONE.findall(page.read_text(encoding="utf-8")) == [], "give it guide-go too"


METHODS = "|".join(name for name in dir(dict) if name.isalpha())
LOST = re.compile(rf"\b(?:words|keeper|said|one)\.(?:\w+\.)*(?:{METHODS})\b(?!\()")


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda p: p.name)
def test_a_word_that_bears_the_name_of_a_method_is_asked_for_by_key(page: Path) -> None:
    """`words.devices.keys` shows the method of the table, not the word in it."""
    assert LOST.findall(page.read_text(encoding="utf-8")) == []


def test_every_token_that_our_layout_asks_for_is_there() -> None:
    theme = read_theme(None, read_house().accent)
    layout = (OWN / "layout.css").read_text(encoding="utf-8")
    assert not {name for name in ASKED.findall(layout) if f"{name}:" not in theme} - {
        "--utrecht-textbox-font-size"
    }
    assert not [name for name in ASKED.findall(theme) if f"{name}:" not in theme]


def test_the_first_page_is_light() -> None:
    theme = read_theme(None, read_house().accent).encode()
    assert len(gzip.compress(SCRIPT)) <= 2048
    assert len(gzip.compress(GUIDE.encode())) + len(gzip.compress(theme)) <= 12 * 1024


def test_nothing_sticks_and_nothing_is_fetched() -> None:
    assert not re.search(r"position:\s*sticky|url\(|@import|@font-face", GUIDE)


@pytest.mark.parametrize("condition", sorted(set(re.findall(r"@media ?([^{]*)", GUIDE))))
def test_a_condition_is_one_that_browsers_know(condition: str) -> None:
    """What they do not know, they leave out without a word."""
    asked = r"\([a-z-]+: ?[\w.]+\)"
    assert re.fullmatch(rf"screen|print|(screen and )?{asked}( and {asked})*", condition)


def test_the_script_makes_no_markup_of_strings() -> None:
    """So that Trusted Types need no policy of ours."""
    sinks = rb"innerHTML|outerHTML|insertAdjacent|DOMParser|createContextual|document\.write|eval"
    assert not re.search(sinks, SCRIPT)


# ------------------------------------------------------------ a house's own


@pytest.mark.parametrize("accent", ACCENTS)
def test_any_accent_that_documents_take_is_readable_by_day_and_by_night(accent: str) -> None:
    assert "prefers-color-scheme:dark" in read_theme(None, accent)


def test_a_theme_of_a_town_takes_the_place_of_ours(tmp_path: Path) -> None:
    button = "--utrecht-button-primary-action"
    css = styled(tmp_path, f".town-theme {{ {button}-background-color: #7a1f5c; "
                           f"{button}-color: hsl(0 0% 100%) }}")  # fmt: skip
    assert f"{button}-background-color:#7a1f5c" in css
    assert f"{button}-hover" not in css  # none of our blue between theirs
    assert "--basis-color-accent-1-border-default:#7a1f5c" in css  # our own parts follow


def test_a_town_s_own_file_fits_without_a_change() -> None:
    """With what its build left in it: rules for other components, widths, a picture."""
    css = read_theme(town(), "#14506b")
    assert "url(" not in css
    assert "--denhaag-color-green-3:" in css
    assert len(css) < len(read_theme(None, "#14506b"))


def test_a_theme_without_a_night_stays_light(tmp_path: Path) -> None:
    css = styled(tmp_path, ":root { --utrecht-document-background-color: #fffdf5; }")
    assert "color-scheme:light;" in css
    assert "dark" not in css


def test_a_theme_with_a_night_has_both(tmp_path: Path) -> None:
    tokens = "--utrecht-document-color"
    css = styled(tmp_path, f":root {{ {tokens}: #111; }} {DARK} {{ .t {{ {tokens}: #eee; }} }}")
    assert "color-scheme:light dark;" in css
    assert css.index(f"{tokens}:#111") < css.index("@media") < css.index(f"{tokens}:#eee")


def test_paper_is_white_where_the_screen_is_dark() -> None:
    assert "@media screen and (prefers-color-scheme:dark)" in read_theme(None, "#14506b")


def test_what_the_pages_never_ask_for_is_left_out(tmp_path: Path) -> None:
    picture = 'url("data:image/svg+xml,%3Csvg/%3E")'
    css = styled(tmp_path, f".a {{ --town-x: 1px; --utrecht-select-background-image: {picture}; }}"
                           ".a .utrecht-link + p { --utrecht-link-color: #fff; }")  # fmt: skip
    assert "--town-x" not in css
    assert "url(" not in css
    assert "--utrecht-link-color:#fff" not in css


REFUSED = {
    "@import 'https://elders.example/a.css';": "there is an @import rule",
    "@font-face { font-family: x; }": "there is an @font-face rule",
    ":root { color: red; }": "there is more than tokens (color)",
    ".a { .b { --c: d; } }": "there is more than tokens",
    ":root { --utrecht-link-color: url(https://elders.example/a); }": "asks for url(https://elders",
    ':root { --x: URL("//elders.example/a"); }': "asks for url(//elders",
    ':root { --x: calc(1px * var(--y, url("//elders.example"))); }': "asks for url(",
    ":root { --x: image-set('a.png' 1x); }": "asks for image-set()",
    ":root { --x: u\\72l(https://elders.example); }": "asks for url(https://elders",
    f"{DARK} {{ @import 'x'; }}": "there is an @import rule",
    ":root { --utrecht-document-color: #999; }": "text has a contrast of 2.85 by day",
    ":root { --utrecht-document-color: color-mix(in srgb, red, blue); }": "",
    f":root {{ --a: b; }} {DARK} {{ :root {{ --utrecht-document-color: #444; }} }}": "by night",
    ":root { --utrecht-form-control-border-color: #ccc; }": "a field's edge has a contrast",
    ":root { --utrecht-link-color: var(--loop); --loop: var(--utrecht-link-color); }":
        "cannot be measured",
}  # fmt: skip


@pytest.mark.parametrize("css", [css for css, why in REFUSED.items() if why])
def test_a_theme_is_refused_with_what_where_and_what_to_do(tmp_path: Path, css: str) -> None:
    with pytest.raises(SettingsError) as error:
        styled(tmp_path, f"\n{css}")
    said = str(error.value)
    assert REFUSED[css] in said
    assert "town.css, line 2: " in said
    assert re.search(r"; (leave only|change --)", said)


@pytest.mark.parametrize("name", ["absent.css", "large.css", "binary.css"])
def test_a_file_that_is_no_theme_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "large.css").write_text(":root{--a:b}" * 100_000)
    (tmp_path / "binary.css").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=rf"OPSCHAALGIDS_THEME: .*{name}.*\.$"):
        read_theme(tmp_path / name, "#14506b")


def test_every_pair_has_a_name_of_its_own() -> None:
    names = [(pair.what, pair.ground) for pair in PAIRS]
    assert len(names) == len(set(names))


def test_tokens_are_read_as_a_browser_reads_them() -> None:
    found = read_tokens("/* x */ :root{--a : 1px ;--B:\n red/**/;--a:2px}", "a.css")
    assert found.day == {"--a": "2px", "--B": "red"}
    assert found.lines == {"--a": 2, "--B": 1}
