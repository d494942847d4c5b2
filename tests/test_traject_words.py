"""Everything that steering says has words, all words are said, and deeds are all done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from content.loader import newest
from flows.intents.at_desk import chosen
from flows.model import effects
from flows.model.messages import LANGUAGES
from flows.model.trajectory import LIVES
from flows.table import PRESSED, TYPED
from flows.trajectory.home import ALONE
from flows.trajectory.sharing import TABLES, TEXTS
from storage import statements

ROOT = Path(__file__).parent.parent
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "flows").rglob("*.py"))
LINKS = ("appoint", "invite", "keep", "move", "colleague")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_said_has_words_and_all_words_are_said(language: str) -> None:
    tree = newest().words[language]["steering"]  # type: ignore[index]
    tells = r"(?:\.tell|tell_there|\.tell_page|_reply|Reply|at_desk)"
    said = set(re.findall(tells + r'\((?:x, )?\s*"(\w+)"', CODE))
    said |= {f"{what}_{form}" for what in LINKS for form in ("made", "text")}
    said |= {f"{verb}_{kind}" for kind in LIVES for verb in ("follow", "joined")}
    said |= {f"{said}_{how}" for said in ("reminders", "prompts") for how in ("on", "less", "off")}
    said |= {
        "taken_t",
        "taken_h",
        "confirm_agreed",
        "seat_moved",
    }
    said |= {"connected", "connected_here", "connect_off", "connect_refused"}
    said |= {"connect_keeper", "connect_full"}
    said |= {"link_dead", "link_own", "link_for_keeper", "keeper_before", "seat_before"}
    said |= {"pilot_before", "join_same", "join_with"}
    said |= {"let_in", "kept_out", "along_yes", "along_no"}
    said |= {"seats_full", "moved_away", "moved_here", "seat_moved", "move_off", "move_refused"}
    said |= {"agreed_kept", "agreed_refused", "appointed", "not_appointed"}
    said |= {f"take_{form}" for form in (*TEXTS, *TABLES)}
    said |= {"words_held", "words_early", "words_answered"}
    said |= {"action_done", "action_failed", "action_later", "action_noted", "door_noted"}
    said |= {"admitted", "refused_seat", "you_are_in", "you_are_out", "prompt_before"}
    assert set(tree["say"]) <= said
    assert {name for name in said if name in tree["say"]} == set(tree["say"])
    missing = said - set(tree["say"]) - set(newest().words[language]["messages"]["say"])  # type: ignore[index]
    assert not {name for name in missing if not name.startswith("half_page")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_and_command_has_words(language: str) -> None:
    tree = newest().words[language]["steering"]  # type: ignore[index]
    both = {*ALONE[:-1], "home", "together"}  # typed as well
    assert {chosen(key, None).verb for key in tree["buttons"]} == set(PRESSED) | both
    assert set(tree["commands"]) == set(TYPED)


def test_no_word_means_two_commands() -> None:
    guide = newest().guide
    assert not set(guide.steering["commands"]) & set(guide.commands)


def test_every_deed_is_done_somewhere() -> None:
    kinds = {
        v for v in vars(effects).values() if isinstance(v, type) and issubclass(v, effects.Deed)
    }
    undone = {k.__name__ for k in kinds if k not in statements.TABLE}
    assert undone == {"Deed"}
