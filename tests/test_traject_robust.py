"""One canvas that cannot be worked out, and a kwartiermaker who is new: what others notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.engine.prompter import Prompting
from flows.prompts.schedule import plan
from flows.trajectory.views import facts_of as work_out
from tests.desks import Room, link_in, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.model.guidebook import Guide
    from flows.model.journey import Walk
    from flows.trajectory.views import Facts


class Poison(Exception):  # noqa: N818 - a mistake in content, say
    """What a canvas does to the rules."""


def test_one_broken_canvas_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna, bo = room.adviser(karin, "Zutphen", "Anna"), room.adviser(karin, "Ede", "Bo")
    broken = anna.canvas

    def facts_of(guide: Guide, walk: Walk) -> Facts:
        if walk.id == broken:
            raise Poison(str(walk.values))
        return work_out(guide, walk)

    def planned(guide: Guide, walk: Walk, *rest: object) -> object:
        if walk.id == broken:
            raise Poison(str(walk.values))
        return plan(guide, walk, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("storage.trajectory.snapshots.facts_of", facts_of)
    monkeypatch.setattr("storage.trajectory.prompts.plan", planned)
    anna.types("Vertrouwelijke naam")
    bo.types("Een pilot")
    room.until(karin.now, days=20)
    Prompting(karin.conversation).due(karin.now)
    assert "Bo: Vooraf, 2 van" in text_of(karin.types("/overzicht"))
    assert "Je was hier een tijd niet" in text_of(bo.seen)
    assert f"canvas {broken} cannot be looked at: Poison" in caplog.text
    assert f"nothing can be planned for canvas {broken}: Poison" in caplog.text
    assert "Vertrouwelijke" not in caplog.text


@pytest.mark.parametrize(
    ("how", "told"),
    [("samen", "doet het traject Zuid voortaan mee"), ("overdragen", "voortaan kwartiermaker van")],
)
def test_advisers_hear_who_sees_them_from_now_on(tmp_path: Path, how: str, told: str) -> None:
    room = Room(tmp_path)
    karin, lotte = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Lotte")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.hears()
    lotte.types(link_in(karin.types(f"/traject {how}")))
    lotte.presses_first("join 0")
    heard = text_of(anna.hears())
    assert "Lotte" in heard
    assert told in heard
