"""Who is on the web reads of buttons, fields and pages, and never of what only others have."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import nodes

from bot.channels.web.keeper import overseeing
from bot.channels.web.markup import PAGES, blocks
from content.checks.wording import SAYING, leaves
from content.loader import CHANNELS, newest
from content.messages.html import plain
from content.messages.render import sentence
from content.messages.templates import ENVIRONMENT
from content.words.steering import SteeringWords
from flows.intents.verbs import NOT_TYPED, VERBS
from flows.model.messages import LANGUAGES
from flows.table import TYPED
from tests.desks import LINK, OPERATOR, Member, Room
from tests.people import START, Person
from tests.test_traject_transcript import PATH, Player
from tests.test_transcripts import FOLDER, MOVE, _does
from tests.web import Housed
from tests.web_desks import Desks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.model.messages import Message

CHAT = "web:0123456789abcdef"
STEMS = ("questions", "advice", "reasons", "messages", "documents", "steering", "web")
NOT_SHOWN = {
    "messages": ("about",),  # a bot's own page
    "steering": ("commands", "settings", "languages", "zones"),  # what may be typed
}
ELSEWHERE = re.compile(
    r"telegram|t\.me\b|\btyp(?:e|en|t|ing)?\b|\bchats?\b|\baccounts?\b|gespreksnummer"
    r"|48 (?:uur|hours)|volgende bericht|next message|\btik(?:ken)?\b|\btaps?\b"
    r"|(?<![\w<.])/[a-z]{3,}",
    re.IGNORECASE,
)
"""What a browser has not: something to type a command in, a chat with a menu, an account."""

DOORS = ("telegram", "connect_made", "connect_text")
"""Texts that offer another way in, which may be named there."""

NAMED = re.compile(r"<v (\w+)>")


def shown(language: Any) -> Iterator[tuple[str, str]]:
    """(where, text) of all that can be said on the web; of a template each branch."""
    words = newest().to(CHAT).words[language]
    for stem in STEMS:
        for path, said in leaves(words[stem]):
            door = path[-1].startswith(DOORS)
            if not door and path[0] not in NOT_SHOWN.get(stem, ()) and path != ("said", "type"):
                for text in said if isinstance(said, list) else [said]:
                    yield f"{stem} {'.'.join(path)}", text


def pieces(text: str) -> Iterator[str]:
    """What a template says itself, wherever it stands in it."""
    tree = ENVIRONMENT.parse(text)
    yield from (one.data for one in tree.find_all(nodes.TemplateData))
    yield from (one.value for one in tree.find_all(nodes.Const) if isinstance(one.value, str))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_on_the_web_is_of_elsewhere(language: str) -> None:
    found = {
        where: text
        for where, text in shown(language)
        if any(ELSEWHERE.search(plain(piece)) for piece in pieces(text))
    }
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_looked_for_is_found_in_the_common_words(language: Any) -> None:
    """So that a word that was never looked for does not pass as a word that is not there."""
    tree = newest().words[language]
    texts = {
        name: text for stem in ("messages", "steering") for name, text in tree[stem]["say"].items()
    }
    found = {name for name, text in texts.items() if any(map(ELSEWHERE.search, pieces(text)))}
    assert {"welcome", "privacy", "privacy_more", "forgotten", "follow_m", "invite_made"} <= found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_that_a_sentence_names_is_heard(language: Any) -> None:
    tree = newest().to(CHAT).words[language]
    calls = (
        call
        for stem in ("messages", "steering")
        for text in tree[stem]["say"].values()
        for call in ENVIRONMENT.parse(text).find_all(nodes.Call)
    )
    named = {c.args[0].as_const() for c in calls if getattr(c.node, "name", "") in {"verb", "word"}}
    assert len(named) > 20
    assert named <= {*VERBS, *TYPED} - NOT_TYPED


def test_a_reader_of_the_web_gets_a_mark_with_its_words() -> None:
    said = sentence(newest().to(CHAT), "nl", "privacy_news")
    assert "<v privacy>Lees de nieuwe tekst</v>." in said
    assert "Lees de nieuwe tekst. Daarna" in plain(said)


def test_a_verb_is_a_button_in_the_sentence_or_a_link_to_its_page() -> None:
    said = blocks("Ga naar <v invite>Uitnodigen</v>, of zie <v summary>je samenvatting</v>.")
    assert '<a class="utrecht-link" href="/traject/nu/uitnodigen">Uitnodigen</a>, of' in said
    assert 'form="verbs" name="verb" value="summary">je samenvatting</button>.' in said


@pytest.mark.parametrize("verb", PAGES)
def test_a_page_of_a_verb_is_there(verb: str) -> None:
    pages = {path for method, path, _ in overseeing.ROUTES if method == "GET"}
    assert verb in TYPED
    assert PAGES[verb].replace("/nu", "/{id}") in pages


# ---------------------------------------------------------------- as they are said


def texts(message: Message) -> Iterator[str]:
    """All that is read of a message."""
    yield plain(message.html)
    yield from (choice.label for choice in message.choices)
    if message.asks:
        yield from (message.asks.text, message.asks.hint, message.asks.progress)


def foreign(said: str) -> list[str]:
    """Of a text, but for links, and for what the person in the transcript typed themselves."""
    return [found[0] for found in ELSEWHERE.finditer(LINK.sub("", said))]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_conversation_on_the_web(path: Path, tmp_path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    person = Person(tmp_path, CHAT, "en" if "# language: en" in lines else "nl")
    moves = [line for line in lines if MOVE.match(line)]
    typed = "\n".join(moves)
    for line in moves:
        for outgoing in _does(person, line):
            for said in texts(outgoing.message):
                assert not [word for word in foreign(said) if word not in typed], said


@dataclass
class Mixed(Room):
    """Everybody is in a browser but the operator and who is named."""

    elsewhere: tuple[str, ...] = ()

    def person(self, chat: str) -> Member:
        stays = chat == OPERATOR or chat.removeprefix("test:") in self.elsewhere
        return super().person(chat if stays else chat.replace("test:", "web:"))


def test_a_trajectory_of_which_half_is_on_the_web(tmp_path: Path) -> None:
    """Each reads what their own channel has, also of what the others did."""
    player, named = Player(tmp_path), ("Lotte", "Anna", "Bo", "Cas")
    (tmp_path / "mixed").mkdir()
    player.room = Mixed(tmp_path / "mixed", elsewhere=named)
    assert list(player.play(PATH.read_text(encoding="utf-8").splitlines()))
    read = {chat: player.room.people[chat].seen for chat in player.room.people if chat != OPERATOR}
    for chat, said in read.items():
        names = [name for one in said for name in NAMED.findall(one.message.html)]
        odd = [text for one in said for text in texts(one.message) if foreign(text)]
        assert (bool(names), bool(odd)) == ((True, False) if chat[:4] == "web:" else (False, True))
        assert set(names) <= {*VERBS, *TYPED} - NOT_TYPED


def test_what_is_said_outside_a_turn_is_said_as_its_reader_has_it(tmp_path: Path) -> None:
    for chat, word in ((CHAT, "<v privacy>"), ("42", "/privacy")):
        folder = tmp_path / chat.replace(":", "")
        folder.mkdir()
        person = Person(folder, chat)
        person.starts()
        person.conversation.say(chat, "privacy_news", START)
        assert word in person.flush()[-1].message.html


@pytest.mark.parametrize(
    ("link", "step"),
    [
        ("https://t.me/gids_bot?start=", "Open de link in Telegram en druk op Start."),
        ("", "Open de link in Telegram en druk op Start."),
        ("https://gids.example/u/", "Open de link."),
    ],
)
@pytest.mark.parametrize("maker", ["42", CHAT])
def test_a_paper_says_what_there_is_where_its_link_leads(link: str, step: str, maker: str) -> None:
    """Whatever the channel of who made it."""
    said = SteeringWords(newest().to(maker), "en", link)
    assert said.into("nl").documents["follow"][1] == step
    assert said.into("en").words.content is newest().to("web:" if "gids." in link else "")


def test_each_file_of_templates_belongs_to_a_channel_or_to_all() -> None:
    assert {stem.rpartition("/")[0] for stem in SAYING} == {"", *CHANNELS}


# ---------------------------------------------------------------- where a sentence leads


async def test_a_kwartiermaker_is_led_from_a_sentence_to_the_page(tmp_path: Path) -> None:
    async with Housed(tmp_path) as home, AsyncExitStack() as stack:
        desks = Desks(home, stack)
        karin = await desks.kwartiermaker("Karin", "Zuid")
        await karin.goes("/gesprek")
        assert "Maak eerst een traject op de pagina Trajecten." in karin.page.text
        await karin.follows("Uitnodigen")
        assert karin.page.path == "/traject/1/uitnodigen"
        await karin.goes("/gesprek")
        await karin.follows("Trajecten")
        assert karin.page.path == "/traject"
        for path in sorted(set(PAGES.values())):
            assert (await karin.goes(path)).status == 200, path
        assert karin.wrong == []


async def test_who_keeps_nothing_is_led_nowhere(tmp_path: Path) -> None:
    async with Housed(tmp_path) as home, home.visitor() as visitor:
        await visitor.goes("/")
        await visitor.presses("Begin")
        for path in set(PAGES.values()):
            assert (await visitor.goes(path)).status == 404
