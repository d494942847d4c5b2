"""What the documents of a desk are made from: of what it may see, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.documents.markdown import slug
from content.documents.meeting_paper import agenda
from content.documents.portfolio import heat_of
from content.documents.shared import files, portfolio, summaries
from content.words.phrases import lower_first

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.words.steering import SteeringWords


def heat(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    told = said.documents
    drawn = heat_of(facts["rows"], said.words)
    return {**drawn, "title": told["heat"], "file": told["file"]["heat"]}


def picture(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A link as a QR, large enough for a phone held over a screen or a sheet of paper.

    `where`: the address of another channel, where the link leads there.
    """
    told, where = said.documents, facts.get("where")
    address = f"{where}{facts['secret']}" if where else said.address(facts["secret"])
    return {
        "title": told["invitation"], "language": said.words.language, "date": "",
        "qr": qr_code(address), "about": facts["about"],
        "words": {**said.words.documents["page"], "qr": told["qr"]},
        "file": f"{told['file']['invitation']}-qr",
    }  # fmt: skip


def sheets(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A page to hand over for each invitation, in the language of the trajectory."""
    about, told, own = facts["trajectory"], said.documents, facts["invitations"]
    name = "-".join(filter(None, [told["file"]["invitation"], slug(own[0]["municipality"])]))
    return {
        "title": told["invited_for"].format(name=about.name),
        "language": said.words.language,
        "date": facts["at"].date().isoformat(),
        "kind": told["invitation"],
        "subject": about.subject and told["about"].format(subject=lower_first(about.subject)),
        "welcome": about.welcome,
        "by": told["from"].format(by=facts["by"]),
        "gives": told["gives"],
        "sees": told["sees"].format(by=facts["by"]),
        "steps": list(told["follow"]),
        "until": told["until"].format(day=said.words.day(facts["until"])),
        "pages": [_page(said, one) for one in own],
        "words": {**said.words.documents["page"], "qr": told["qr"], "typed": told["typed"]},
        "file": name if len(own) == 1 else told["file"]["invitations"],
    }


def _page(said: SteeringWords, one: Mapping[str, str]) -> dict[str, str]:
    address = said.address(one["secret"])
    name = ", ".join(filter(None, [one["name"], one["municipality"]]))
    told = said.documents["for"].format(name=name)
    return {"to": told, "called": name, "address": address, "qr": qr_code(address)}


def qr_code(address: str) -> str:
    """An address as an SVG of squares, with the quiet edge that cameras want."""
    import segno  # noqa: PLC0415 - only where a link is drawn

    return str(segno.make(address, error="m").svg_inline(border=4, omitsize=True))


MADE: Mapping[str, Callable[[SteeringWords, Mapping[str, Any]], dict[str, Any]]] = {
    "png heat": heat,
    "png qr": picture,
    "pdf invitation": sheets,
    "pdf meeting": agenda,
    "pdf shared": summaries,
    "zip shared": files,
    "xlsx portfolio": portfolio,
    "csv portfolio": portfolio,
}
"""Document -> its data."""
