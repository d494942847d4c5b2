"""Whole walks of the real program over real HTTP: every answer kept, every call right."""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.channels.telegram.polling import WAIT
from content.messages.html import plain
from flows.model.messages import LANGUAGES
from tests.storages import POSTGRESQL
from tests.walkers import Walker, answers_every_press_once, problems, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.model.canvas import Depth
    from tests.standin import Call
    from tests.walkers import How, Move, Stage

SCREENS = Path(__file__).parent / "screens"
DEPTHS: tuple[Depth, ...] = ("quick", "full")
HOWS: tuple[How, ...] = ("buttons", "words", "mixed")
WALKS = [(*walk, seed) for seed, walk in enumerate(product(DEPTHS, HOWS, LANGUAGES))]
TO_READ = (
    ("quick", "mixed", "nl"), ("quick", "buttons", "en"),
    ("full", "buttons", "nl"), ("full", "mixed", "en"),
)  # fmt: skip
"""These walks stay in screens/, without dates, which change every day."""

MOST = 0.06
"""Seconds of the program's own processor time for a move: it takes 10 to 20 ms, and what else
the machine does counts only by what it takes from its caches."""

SUMMED_UP = {"advice", "finished"}
"""Where a turn may tell more than a phone shows at once."""

MOMENTS = ("welcome", "impact.evidence", "routes.anchored", "advice", "closing.recheck")
"""Where the program is stopped: at each kind of turn."""


@pytest.mark.parametrize(("depth", "how", "language", "seed"), WALKS)
async def test_a_whole_walk(  # noqa: PLR0913, PLR0917 - a case and where it is played
    depth: Depth, how: How, language: str, seed: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    path = SCREENS / f"{depth}_{language}.txt"
    to_read = (depth, how, language) in TO_READ
    async with stage(tmp_path) as here:
        phone = here.phone(language=language)
        walker = here.walker(phone, how=how, depth=depth, seed=seed, dates=not to_read)
        before = here.program.processor
        await walker.walk()
        took = here.program.processor - before
        assert took < MOST * len(walker.moves)
        assert list(problems(walker.given, await here.canvas())) == []
        assert await here.program.stop() == 0
        assert here.program.said == ["ready"]
        assert here.standin.declined == []
        answers_every_press_once(here.standin)
        assert [m for m in walker.moves if not calls_once(m)] == []
        assert [m for m in walker.moves if m.to not in SUMMED_UP and len(texts(m)) > 2] == []
        assert [text for text in short_ones(walker) if words(text) > 90] == []
        tell_figures(f"{depth} {how} {language}", walker)
    if to_read and not POSTGRESQL:  # a server's privacy text says where answers stand there
        reads(walker, path, anew=pytestconfig.getoption("--update"))


def reads(walker: Walker, path: Path, *, anew: bool) -> None:
    """What a person saw, move by move: only what is new or changed. `--update` writes it anew."""
    played = f"\n\n{'─' * 40}\n\n".join(walker.screens) + "\n"
    if anew:
        path.write_text(played, encoding="utf-8")
    assert played == path.read_text(encoding="utf-8")


def calls_once(move: Move) -> bool:
    """Whether its press was answered, and no message touched twice: no call could be left out.

    That each edit changes something the stand-in holds: it declines what is not modified.
    """
    answers = [call for call in move.calls if call.method == "answerCallbackQuery"]
    others = [call for call in move.calls if call not in answers]
    touched = {call.params.get("message_id", f"new {n}") for n, call in enumerate(others)}
    return len(answers) == move.said.startswith("[") and len(touched) == len(others)


def texts(move: Move) -> list[Call]:
    """What there is to read; an edit without buttons only tidies up."""
    shown = ("sendMessage", "sendDocument", "editMessageText")
    said = [call for call in move.calls if call.method in shown]
    return [c for c in said if c.method != "editMessageText" or "reply_markup" in c.params]


def short_ones(walker: Walker) -> Iterator[str]:
    """All texts but the summary's and the recaps, which list what was answered."""
    for move in walker.moves:
        if move.to in SUMMED_UP:
            continue
        for call in texts(move):
            if ":/change " not in str(call.params.get("reply_markup")):
                yield plain(str(call.params["text"]))


def words(text: str) -> int:
    return len(re.findall(r"\w[\w'’-]*", text))


def tell_figures(name: str, walker: Walker) -> None:
    """Calls a move and latencies; `pytest -rP` shows them."""
    calls, moves = sum(len(move.calls) for move in walker.moves), len(walker.moves)
    took = sorted(1000 * seconds for seconds in walker.phone.latencies)
    middle, slow = statistics.median(took), took[int(0.95 * len(took))]
    sys.stdout.write(
        f"{name}: {moves} moves, {calls} calls, {calls / moves:.2f} a move, "
        f"p50 {middle:.1f} ms, p95 {slow:.1f} ms\n"
    )
    # By buttons alone each move costs an answer and an edit; what is said in two messages
    # costs one more: akkoord, the advice, the summary, and at the end of a part in full.
    extra = 5 if walker.depth == "quick" else 9
    assert calls <= 2 * moves + (extra if walker.how == "buttons" else 0)


# ---------------------------------------------------------------- disturbed walks


class Stops:
    """Ends the program once at each of these moments, right after the person acted."""

    def __init__(self, here: Stage, *, kill: bool) -> None:
        self.here, self.kill, self.left = here, kill, list(MOMENTS)

    async def __call__(self, walker: Walker) -> None:
        if walker.at not in self.left:
            return
        self.left.remove(walker.at)
        if self.kill:
            await asyncio.sleep(0.005 * len(self.left))  # each time a little further on
            self.here.look.close()
            await self.here.program.kill()
        else:
            began = asyncio.get_running_loop().time()
            assert await self.here.program.stop() == 0
            assert asyncio.get_running_loop().time() - began < WAIT / 2
        await self.here.program.start()


@pytest.mark.parametrize(
    ("how", "kill"), [("mixed", False), ("buttons", True), ("words", True)],
    ids=["stopped", "killed-after-a-press", "killed-after-a-text"],
)  # fmt: skip
async def test_a_walk_over_restarts(how: How, kill: bool, tmp_path: Path) -> None:  # noqa: FBT001
    async with stage(tmp_path) as here:
        walker = here.walker(how=how, seed=5)
        walker.disturb = stops = Stops(here, kill=kill)
        await walker.walk()
        assert stops.left == []
        assert list(problems(walker.given, await here.canvas())) == []
        answers_every_press_once(here.standin)
        assert kill or here.standin.declined == []


async def test_a_walk_with_every_update_twice(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        here.standin.duplicate = True
        walker = await here.walker(how="mixed", seed=6).walk()
        assert list(problems(walker.given, await here.canvas())) == []
        answers_every_press_once(here.standin)


@pytest.mark.parametrize("seed", range(2))
async def test_a_walk_among_old_buttons(seed: int, tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        walker = here.walker(how="mixed", seed=seed, skips=False)
        await walker.begins()
        while walker.key != "finished":
            await (walker.presses_old() if walker.pick.random() < 0.4 else walker.goes_on())
        assert list(problems(walker.given, await here.canvas())) == []
        answers_every_press_once(here.standin)
