"""One process per document: bounded, deaf to our settings, silent about what people typed."""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
import subprocess
import sys
import tomllib
import unicodedata
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import typst

from bot.channel_settings import SettingsError
from bot.cli import run
from bot.config import NEEDED, bare_environment
from bot.documents.fonts import FOLDER, REPLACED, Fitting, families, fonts
from bot.documents.frames import HEAD, asking
from bot.documents.house import SHIPPED, read_house
from bot.documents.requests import portfolio_of
from bot.documents.requests import request as ask
from bot.documents.typeset import TEMPLATES
from bot.documents.worker import Made, Request, Unmade, make
from bot.output import show_progress
from content.documents.portfolio import CanvasEntry, portfolio
from content.loader import newest, read
from content.words.vocabulary import Words
from flows.model.messages import LANGUAGES
from flows.model.papers import FORMATS, HELD, PAPERS, SHARED
from tests.canvases import walked, words
from tests.fonts import made as made_of
from tests.people import Person
from tests.storages import setting
from tests.verapdf import failures

if TYPE_CHECKING:
    from pathlib import Path

HOUSE = read_house()
TYPED = "wat iemand typte"


def asked(person: Person, form: Any = "pdf", what: str = "summary") -> Request:
    return ask(words(person), form, what, HOUSE)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Person:
    return walked(tmp_path_factory.mktemp("empty"), "empty")


# ---------------------------------------------------------------- the process


async def test_too_slow_is_said_and_ends(empty: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def watched(*arguments: Any, **how: Any) -> asyncio.subprocess.Process:
        started.append(await start(*arguments, **how))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    with pytest.raises(Unmade) as error:
        await make(asked(empty), timeout=0.01)
    assert error.value.reason == "too_slow"
    assert started[0].returncode == -9


async def test_failure_names_no_word_that_was_typed(empty: Person) -> None:
    wrong = replace(asked(empty), data={"words": TYPED, "date": TYPED})
    with pytest.raises(Unmade) as error:
        await make(wrong)
    assert error.value.reason == "failed"
    assert TYPED not in str(error.value)


async def test_a_failure_costs_the_next_nothing(empty: Person) -> None:
    wrong = replace(asked(empty), data={})
    found = await asyncio.gather(
        make(wrong), make(asked(empty)), make(wrong), make(asked(empty, "docx")),
        return_exceptions=True,
    )  # fmt: skip
    assert [isinstance(one, Unmade) for one in found] == [True, False, True, False]


def test_several_loops_can_make_the_same(empty: Person) -> None:
    """By a process that made others before, and by one of each loop's own."""
    kinds = (("pdf", "summary"), ("pdf", "canvas"), ("png", "card"), ("docx", "summary"))
    requests = [asked(empty, form, what) for form, what in kinds]

    async def all_of_them() -> list[Made]:
        return [await make(request) for request in requests * 2]

    used = asyncio.run(all_of_them())
    assert used == [asyncio.run(make(request)) for request in requests] * 2


def test_nothing_of_our_settings_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TYPED)
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", TYPED)
    assert bare_environment().keys() <= set(NEEDED)
    assert TYPED not in bare_environment().values()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: Any) -> None:
    assert newest().words[language]["documents"]["unmade"].keys() == {"too_slow", "failed"}


def test_nothing_is_written_and_nothing_is_looked_up(empty: Person) -> None:
    """Beside the process' own stdout: no file, no address, whichever form."""
    script = (
        "import sys, json, runpy\n"
        "def watch(event, arguments):\n"
        "    named = event == 'open' and not isinstance(arguments[0], int)\n"
        "    wrote = named and set(str(arguments[1])) & set('wax+')\n"
        "    if wrote or event.startswith(('socket.', 'tempfile.', 'subprocess.')):\n"
        "        sys.exit(f'{event} {arguments}')\n"
        "sys.addaudithook(watch)\n"
        "runpy.run_module('bot.documents', run_name='__main__')\n"
    )
    entries = [CanvasEntry(1, "done", words(empty))]
    table = portfolio_of(entries, Words(newest(), "nl"), "xlsx", HOUSE)
    for request in (asked(empty), asked(empty, "docx"), asked(empty, "odt"), table):
        told = asking(request.form, request.template, request.data)
        found = subprocess.run(
            [sys.executable, "-B", "-c", script], input=told * 2, capture_output=True, check=False
        )
        assert (found.returncode, found.stderr) == (0, b"")
        first, second = found.stdout[: (half := len(found.stdout) // 2)], found.stdout[half:]
        assert first[HEAD.size :] == second[HEAD.size :]


# ---------------------------------------------------------------- the table of formats


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_has_a_maker_and_somebody_asks_for_it(form: str) -> None:
    made_by = FORMATS[form].maker
    if made_by:
        module, name = made_by
        assert callable(getattr(import_module(f"bot.documents.{module}"), name))
    assert form in HELD or form in SHARED.values()


def test_no_document_and_no_trajectory_names_another_format() -> None:
    asked = {form for paper in PAPERS for form in (*paper.forms, *paper.named.values())}
    assert asked | {*filter(None, SHARED.values())} <= FORMATS.keys()
    assert all({*paper.together} <= {*paper.forms} for paper in PAPERS)


# ---------------------------------------------------------------- templates and fonts


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.typ")), ids=lambda path: path.name)
def test_template_fetches_nothing_and_says_nothing(path: Path) -> None:
    code = re.sub(r"(?<!:)//.*", "", path.read_text(encoding="utf-8"))
    assert "@" not in code
    assert "http" not in code
    strings = re.findall(r'"([^"\n]*)"', code)
    assert not [text for text in strings if re.search(r"[A-Za-z]{2} [A-Za-z]{2}", text)]
    markup = re.findall(r"(?<![\w)])\[([^\]\n]*)\]", re.sub(r'"[^"\n]*"', "", code))
    assert not [text for text in markup if re.search(r"[A-Za-z]{3}", text)]


@pytest.mark.parametrize("font", tomllib.loads((FOLDER / "fonts.toml").read_text())["font"],
                         ids=lambda font: font["file"])  # fmt: skip
def test_font_is_the_one_that_is_listed(font: dict[str, str]) -> None:
    assert made_of(FOLDER / font["file"]).items() <= font.items()
    assert font["from"]
    assert font["licence"]
    assert (FOLDER / font["licence_file"]).stat().st_size > 4000


def test_every_font_is_listed() -> None:
    assert {font.file for font in fonts()} == {path.name for path in FOLDER.glob("*.ttf")}


def shown(texts: list[str]) -> bytes:
    source = (
        '#set document(title: "x", date: datetime(year: 2026, month: 1, day: 1))\n'
        '#set text(lang: "nl", font: json(bytes(sys.inputs.fonts)), fallback: false)\n'
        '#json(bytes(sys.inputs.texts)).join(" ")'
    )
    inputs = {"fonts": json.dumps(families()), "texts": json.dumps(texts)}
    shipped = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER]
    )
    found = typst.Compiler(source.encode(), font_paths=shipped).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=["ua-1", "a-2a"]
    )
    assert isinstance(found, bytes)
    return found


def test_every_letter_that_a_font_covers_is_shown() -> None:
    fitting = Fitting()
    points = {point for font in fonts() for point in font.points if chr(point).isprintable()}
    assert shown([fitting.text(chr(point)) for point in sorted(points)])
    assert fitting.replaced == 0
    assert len(points) > 35_000


def test_any_text_at_all_is_shown() -> None:
    """Letters, marks, joiners and what is no letter, mixed by chance: never a failure."""
    chance = random.Random(5)  # noqa: S311 - the same every time
    every = [chr(point) for point in range(0x110000)]
    pools = [
        every,
        [chr(point) for font in fonts() for point in font.points],
        [c for c in every if unicodedata.category(c).startswith("M")],
        [c for c in every if unicodedata.category(c) == "Cf"],
        list("abc 👩🏽‍⚕🇳🇱中مש\x00\ud800\n\tक"),
    ]
    texts = ["".join(chance.choice(chance.choice(pools)) for _ in range(15)) for _ in range(1500)]
    fitting = Fitting()
    assert shown([fitting.text(text) for text in texts])
    assert fitting.replaced > 0


@pytest.mark.parametrize(
    ("typed", "fitted", "replaced"),
    [
        ("gewoon", "gewoon", 0),
        ("é è ﬁ — “ja”", "é è ﬁ — “ja”", 0),
        ("👩‍👩‍👧", "👩‍👩‍👧", 0),
        ("한국", REPLACED * 2, 2),
        ("\u26aa\u1dc5", "\u26aa", 1),
        ("👩\u200d中", "👩\u200d中", 0),
        ("🇳🇱🇧🇪", "🇳🇱🇧🇪", 0),
        ("🇳🇱" * 13, "\u200b".join(["🇳🇱" * 12, "🇳🇱"]), 0),
        ("\U0001d178\u06e3b", f"{REPLACED}b", 2),
        ("a\r\nb", "a\nb", 0),
        ("a\x07b", f"a{REPLACED}b", 1),
        ("\ud800", REPLACED, 1),
        ("om\u202eom", "omom", 0),
        ("a" * 24, "a" * 24, 0),
        ("a" * 25, "\u200b".join(["a" * 12, "a" * 12, "a"]), 0),
    ],
)
def test_fitting(typed: str, fitted: str, replaced: int) -> None:
    fitting = Fitting()
    assert (fitting.text(typed), fitting.replaced) == (fitted, replaced)


# ---------------------------------------------------------------- shapes and colours

STATUSES = [
    ("yes", "partly", "no", "unknown", "none"),
    ("fits", "first", "possible", "not_now"),
    ("raised", "mild", "yes", "none"),
]
CODE = (TEMPLATES / "house.typ").read_text(encoding="utf-8")


@pytest.mark.parametrize("together", STATUSES)
def test_status_is_known_without_colour(together: tuple[str, ...]) -> None:
    table = CODE[CODE.index("#let shape-of") : CODE.index("#let line-of")]
    shapes = dict(re.findall(r'(\w+): "([\w-]+)"', table))
    assert len({shapes.get(status, "dots") for status in together}) == len(together)


def test_colours_are_dark_enough_to_read(tmp_path: Path) -> None:
    """The house's own check of an accent, held against every colour of a text."""
    for name in ("ink", "grey", "half", "stop"):
        colour = re.search(rf'#let {name} = rgb\("(#\w+)"\)', CODE)
        assert colour
        style = tmp_path / f"{name}.toml"
        style.write_text(f'accent = "{colour[1]}"')
        assert read_house(style).accent == colour[1]


# ---------------------------------------------------------------- the house style

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">'
    b'<rect width="90" height="30"/></svg>'
)


async def test_house_style_is_used_everywhere(empty: Person, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    style = tmp_path / "house.toml"
    style.write_text('accent = "#5a1e5c"\nsender = "Gemeente Zutphen"\nlogo = "logo.svg"\n')
    house = read_house(style)
    for form, what in (("pdf", "summary"), ("pdf", "canvas"), ("png", "card"), ("docx", "summary")):
        plain = asked(empty, form, what)
        styled = replace(plain, data={**plain.data, "house": house.data("Opschaalgids")})
        found = await make(styled)
        assert found.content != (await make(plain)).content
        assert form != "pdf" or failures(found.content) == []


@pytest.mark.parametrize(
    "text",
    [
        'accent = "geel"',
        'accent = "#ffff00"',
        'logo = "weg.png"',
        'logo = "house.toml"',
        "accent =",
    ],
)
def test_house_style_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    style = tmp_path / "house.toml"
    style.write_text(text)
    with pytest.raises(SettingsError, match=r"^OPSCHAALGIDS_HOUSE: .*[.)]$"):
        read_house(style)


def test_house_style_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_house(tmp_path / "none.toml")
    assert read_house() == read_house(SHIPPED)


# ---------------------------------------------------------------- across versions


def test_a_column_of_an_older_version_stays(tmp_path: Path) -> None:
    older = {
        name: text.replace("routes.moment", "routes.occasion") for name, text in read().items()
    }
    bea = Person(tmp_path, files=older)
    for line in ("/start", "agree", "/depth full"):
        bea.types(line)
    bea.files = None
    bea.restart()
    tree = portfolio([CanvasEntry(1, "pilot", words(bea))], Words(bea.conversation.newest, "nl"))
    keys = tree["flat"]["keys"]
    assert "routes.moment" in keys
    assert "routes.occasion" in keys
    assert len(keys) == len(set(keys))
    assert all(len(row) == len(keys) for row in tree["flat"]["rows"])


# ---------------------------------------------------------------- the command line


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with one canvas, and the settings that find it."""
    anna = Person(tmp_path)
    for line in ("/start", "agree", "Deelvervoer"):
        anna.types(line)
    anna.store.close()
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


BEGINS = {  # every format of FORMATS
    "json": b"{", "md": b"# Deelvervoer", "pdf": b"%PDF", "docx": b"PK", "odt": b"PK",
    "xlsx": b"PK", "csv": b"\xef\xbb\xbfid;", "png": b"\x89PNG",
    "pptx": b"PK", "ics": b"BEGIN:VCALENDAR",
}  # fmt: skip


@pytest.mark.parametrize(("form", "what"), [(f, w) for f, whats in HELD.items() for w in whats])
def test_export_makes_every_document(settings: Path, form: str, what: str) -> None:
    path = settings / "out"
    options = ["export", "--format", form, "--what", what, "--canvas", "1", "--output", str(path)]
    assert run(options) == 0
    assert path.read_bytes().startswith(BEGINS[form])


@pytest.mark.parametrize("form", HELD)
def test_export_of_all(settings: Path, form: str) -> None:
    path = settings / "out"
    assert run(["export", "--format", form, "--all", "--output", str(path)]) == 0
    assert path.read_bytes().startswith(BEGINS[form] if form in ("json", "xlsx", "csv") else b"PK")


def test_a_bar_shows_only_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stderr", watched)
    show_progress(1, 2)
    assert watched.buffer.getvalue() == b""
    monkeypatch.setattr(watched, "isatty", lambda: True)
    for done in (1, 2):
        show_progress(done, 2)
    show_progress(1, 1)
    assert watched.buffer.getvalue().decode() == (
        f"\r[{'#' * 15}{'-' * 15}] 1 of 2\r[{'#' * 30}] 2 of 2\n"
    )


@pytest.mark.parametrize(
    "wrong",
    [("json", "card"), ("md", "canvas"), ("xlsx", "summary"), ("png", "summary"), ("docx", "card")],
)
def test_export_refuses_what_a_form_does_not_hold(
    settings: Path, wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "--format", wrong[0], "--what", wrong[1]]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"opschaalgids: {wrong[0]} does not hold {wrong[1]}; choose from: ")
    assert said.count("\n") == 1
    assert settings.exists()
