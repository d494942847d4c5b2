"""What is asked for, as a request: the words of a canvas, ready for another process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.documents.worker import Request
from content.documents.blocks import to_data
from content.documents.calendar import diary
from content.documents.history import record, since
from content.documents.markdown import BLOCKS, file_name
from content.documents.portfolio import heat, pilots, portfolio
from content.documents.sheets import sheet_data, slide, workshop_data
from flows.model import papers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.documents.house import House
    from content.documents.history import Said
    from content.documents.portfolio import CanvasEntry
    from content.words.vocabulary import Words
    from flows.model.formats import Form

MADE: Mapping[str, Callable[[Words], dict[str, Any]]] = {
    "canvas": lambda words: sheet_data(words, "canvas"),
    "workshop": workshop_data,
    "slide": slide,
    "calendar": diary,
    "card": lambda words: sheet_data(words, "card"),
}
"""What a sheet of one canvas says, by its name."""

ELSEWHERE = ("heat", "invitation", "qr")
"""Documents of a trajectory with a page of their own; all others are a report."""

SIDE_BY_SIDE: Mapping[Form, tuple[str, Callable[..., dict[str, Any]], str]] = {
    "pdf": ("portfolio", pilots, "pilots"),
    "png": ("heat", heat, "heat"),
}
"""Form -> the name in the file's, what is said, and its template: a sheet of A3, a picture."""


def request(words: Words, form: Form, what: str, house: House) -> Request:
    """One document of one canvas, by its name in the table of papers."""
    data = to_data(BLOCKS[what](words)) if what in BLOCKS else MADE[what](words)
    return _request(words, form, what, data, house)


def record_pdf(said: Sequence[Said], about: Words, house: House) -> Request:
    """The whole conversation about one canvas."""
    return _request(about, "pdf", "record", to_data(record(said, about)), house)


def portfolio_of(
    entries: Sequence[CanvasEntry | str], newest: Words, form: Form, house: House
) -> Request:
    """All canvases side by side, in the words of who reads them.

    A bare name is an organisation that did not share; only a picture tells of those.
    """
    what, data, template = SIDE_BY_SIDE.get(form, ("portfolio", portfolio, ""))
    asked = _request(newest, form, what, data(entries, newest), house)
    return replace(asked, template=template)


def changes(before: Words, after: Words, form: Form, house: House) -> Request:
    """One canvas on two days."""
    return _request(after, form, "changes", to_data(since(before, after)), house)


def ready(words: Words, form: Form, what: str, data: dict[str, Any], house: House) -> Request:
    """What was put together when it was asked for, from what might be seen at that moment."""
    return _styled(words, form, what, data, house, f"{data['file']}.{form}")


def _request(words: Words, form: Form, what: str, data: dict[str, Any], house: House) -> Request:
    return _styled(words, form, what, data, house, named(words, form, what))


def named(words: Words, form: Form, what: str) -> str:
    """The name of the file: the pilot's, and what it is where that is no summary."""
    ending = f".{form}" if what == "summary" else f"-{what}.{form}"
    return file_name(words, ending) if words.walk else f"opschaalgids{ending}"


def _styled(  # noqa: PLR0913, PLR0917 - all that a document is made with
    words: Words, form: Form, what: str, data: dict[str, Any], house: House, name: str
) -> Request:
    styled = {**data, "house": house.data(words.documents["page"]["sender"])}
    paper = papers.of(what)
    template = paper.template if paper else what if what in ELSEWHERE else "report"
    return Request(form, name, styled, template)
