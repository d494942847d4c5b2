"""Which documents go along with what steering says, and what they are made from.

Put together in the turn itself, from what might be seen at that moment.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from content.documents.invitation import picture, sheets
from content.documents.meeting import agenda
from content.documents.portfolio import heat_of
from content.documents.shared import files, portfolio, summaries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.messages.steering import SteeringWords

    Facts = Mapping[str, Any]


def heat(said: SteeringWords, facts: Facts) -> dict[str, Any]:
    told = said.documents
    drawn = heat_of(facts["rows"], said.words)
    return {**drawn, "title": told["heat"], "file": told["file"]["heat"]}


ALONG: dict[str, tuple[str, Callable[[SteeringWords, Facts], dict[str, Any]]]] = {
    "heat_picture": ("png heat", heat),
    "link_picture": ("png qr", picture),
    "invitation_paper": ("pdf invitation", sheets),
    "meeting_paper": ("pdf meeting", agenda),
    "take_pdf": ("pdf shared", summaries),
    "take_zip": ("zip shared", files),
    "take_xlsx": ("xlsx portfolio", portfolio),
    "take_csv": ("csv portfolio", portfolio),
}
"""Reply -> the form and the name of its document, and what makes its data."""


def along(said: SteeringWords, name: str, facts: Facts) -> tuple[str, str]:
    """(document, data) as a Message has them; both empty where nothing goes along."""
    if name not in ALONG:
        return "", ""
    document, make = ALONG[name]
    return document, json.dumps(make(said, facts), ensure_ascii=False)
