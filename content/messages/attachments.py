"""Which documents and files go along with what is said.

What they are made from is put together in the turn itself, of what might be seen at that
moment; only then are the documents' modules read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flows.intents.text import visible
from flows.model import papers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content.words.steering import SteeringWords
    from flows.model.messages import Message, Reply

    Facts = Mapping[str, Any]

ALONG = {
    "heat_picture": "png heat",
    "link_picture": "png qr",
    "invitation_paper": "pdf invitation",
    "meeting_paper": "pdf meeting",
    "take_pdf": "pdf shared",
    "take_zip": "zip shared",
    "take_xlsx": "xlsx portfolio",
    "take_csv": "csv portfolio",
}
"""Reply -> the form and the name of its document."""

MY_DATA = {"my_data": "pdf my-data", "my_data_json": "json my-data"}
"""Reply -> what goes along, made of all that is kept of the person."""

WITH_CALENDAR = frozenset({"meeting_planned", "meeting_told"})


def goes_along(message: Message) -> bool:
    """Whether there is a file with it: what held a secret, or who was erased, has none left."""
    if message.file_name:
        return bool(message.file_text)
    return bool(message.data) or message.document not in ("", *ALONG.values())


def along(said: SteeringWords, name: str, facts: Facts) -> tuple[str, str]:
    """(document, data) of a reply's document, as a Message has them."""
    from content.documents.along import MADE  # noqa: PLC0415 - documents

    document = ALONG[name]
    return document, json.dumps(MADE[document](said, facts), ensure_ascii=False)


def attached(said: SteeringWords, reply: Reply) -> dict[str, Any]:
    """What goes along with a reply, by the fields of a Message; empty where nothing does."""
    if reply.name in ALONG:
        document, data = along(said, reply.name, reply.data)
        return {"document": document, "data": data}
    if reply.name in WITH_CALENDAR:
        from content.documents.calendar import calendar_file  # noqa: PLC0415 - a document

        name = f"{reply.data['trajectory'].name}, {reply.data['town']}"
        return {"file_name": "gesprek.ics", "file_text": calendar_file(name, reply.data)}
    if reply.name != "document":
        return {"document": MY_DATA.get(reply.name, "")}
    paper, form = papers.NAMED[reply.data["name"]]
    document = f"{form} {paper.what}"
    if form != "md":
        return {"document": document}
    from content.documents.markdown import BLOCKS, file_name, markdown  # noqa: PLC0415 - likewise

    name, text = file_name(said.words, ".md"), markdown(BLOCKS[paper.what](said.words))
    return {"document": document, "file_name": name, "file_text": visible(text)}
