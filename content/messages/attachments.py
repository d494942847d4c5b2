"""Which documents and files go along with what is said, and what they are made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from content.documents.calendar import calendar_file
from content.documents.invitation import picture, sheets
from content.documents.markdown import summary_markdown
from content.documents.meeting import agenda
from content.documents.portfolio import heat_of
from content.documents.shared import files, portfolio, summaries
from flows.intents.text import visible
from flows.model import papers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.words.trajectory import SteeringWords
    from flows.model.turn import Reply

    Facts = Mapping[str, Any]


def heat(said: SteeringWords, facts: Facts) -> dict[str, Any]:
    told = said.documents
    drawn = heat_of(facts["rows"], said.words)
    return {**drawn, "title": told["heat"], "file": told["file"]["heat"]}


WITH_CALENDAR = frozenset({"meeting_planned", "meeting_told"})

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


MY_DATA = {"my_data": "pdf my-data", "my_data_json": "json my-data"}
"""Reply -> what goes along, made of all that is kept of the person."""


def along(said: SteeringWords, name: str, facts: Facts) -> tuple[str, str]:
    """(document, data) as a Message has them, made from what might be seen at that moment."""
    document, make = ALONG[name]
    return document, json.dumps(make(said, facts), ensure_ascii=False)


def attached(said: SteeringWords, reply: Reply) -> dict[str, Any]:
    """What goes along with a reply, by the fields of a Message; empty where nothing does."""
    if reply.name in ALONG:
        document, data = along(said, reply.name, reply.data)
        return {"document": document, "data": data}
    if reply.name in WITH_CALENDAR:
        summary = f"{reply.data['trajectory'].name}, {reply.data['town']}"
        text = calendar_file(summary, reply.data)
        return {"file_name": "gesprek.ics", "file_text": text}
    if reply.name != "document":
        return {"document": MY_DATA[reply.name]} if reply.name in MY_DATA else {}
    paper, form = papers.NAMED[reply.data["name"]]
    name, text = map(visible, summary_markdown(said.words)) if form == "md" else ("", "")
    return {"document": f"{form} {paper.what}", "file_name": name, "file_text": text}
