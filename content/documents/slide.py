"""One slide for a meeting: what it is for, how it stands, what is asked, who does what."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from content.documents.executive import request_of
from content.documents.frame import document, whole
from content.documents.standing import by_day, first_steps, of_route, outcome
from content.words.phrases import short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words.vocabulary import Words

SAID, NAME, WHO, ROWS = 190, 70, 34, 4
"""Characters of a text, of what is done and by whom on the slide, and rows of its table."""


def slide(words: Words) -> dict[str, Any]:
    """Facts only, as JSON holds them."""
    named = words.for_others()
    said, told = named.documents["executive"], named.documents["sheet"]
    asked, when = request_of(named)
    routes = [] if named.early else named.told_routes[:3]
    return {
        **asdict(document(named, "slide", ())),
        "about": [
            (label, whole(named.given(key), SAID))
            for label, key in ((said["problem"], "impact.issue"), (said["goal"], "impact.impact"))
            if named.given(key)
        ],
        "outcome": outcome(named)[0],
        "routes": [(*of_route(named, r), named.route_names([r])[0]) for r in routes],
        "asked": (said["asked"], asked, when),
        "header": [told["what"], told["who"], told["when"]],
        "rows": list(_rows(named))[:ROWS],
    }


def _rows(words: Words) -> Iterator[tuple[str, str, str]]:
    for one in by_day(words):
        yield short_text(one.what, NAME), short_text(one.who, WHO), one.when
    for step in first_steps(words):
        yield str(words.words_of_step(step)["label"]), "", ""
