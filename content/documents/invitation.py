"""A link on paper: as a QR picture, and as a sheet to hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.documents.shared import slug
from content.words.phrases import lower_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content.words.steering import SteeringWords


def qr(address: str) -> str:
    """An address as an SVG of squares, with the quiet edge that cameras want."""
    import segno  # noqa: PLC0415 - only where a link is drawn

    return str(segno.make(address, error="m").svg_inline(border=4, omitsize=True))


def picture(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Large enough for a phone held over a screen or a sheet of paper."""
    told = said.documents
    return {
        "title": told["invitation"], "language": said.words.language, "date": "",
        "qr": qr(said.address(facts["secret"])), "about": facts["about"],
        "words": {**said.words.documents["page"], "qr": told["qr"]},
        "file": f"{told['file']['invitation']}-qr",
    }  # fmt: skip


def sheets(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A page for each invitation, in the language of the trajectory."""
    about, told = facts["trajectory"], said.documents
    own = facts["invitations"]
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
        "until": told["until"].format(day=said.day(facts["until"])),
        "pages": [_page(said, one) for one in own],
        "words": {**said.words.documents["page"], "qr": told["qr"], "typed": told["typed"]},
        "file": name if len(own) == 1 else told["file"]["invitations"],
    }


def _page(said: SteeringWords, one: Mapping[str, str]) -> dict[str, str]:
    address = said.address(one["secret"])
    name = ", ".join(filter(None, [one["name"], one["municipality"]]))
    return {"to": said.documents["for"].format(name=name), "address": address, "qr": qr(address)}
