"""A form that was sent, checked where it enters, as what the person did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.intents.choices import sound

if TYPE_CHECKING:
    from aiohttp.web_request import FileField
    from multidict import MultiDictProxy

    Fields = MultiDictProxy[str | bytes | bytearray | FileField]

ONCE = re.compile(r"[\w-]{20,64}", re.ASCII)
REF = re.compile(r"[a-z0-9]{1,12}", re.ASCII)
KEY = re.compile(r"[\w /.,:-]{1,80}")
VERB = re.compile(r"[a-z_]{1,24}( [\w.]{1,60})?", re.ASCII)


class Malformed(Exception):  # noqa: N818 - not of ours: nobody who uses the page sends it
    """A form that no page of ours holds."""


@dataclass(frozen=True)
class Filled:
    """`once`: makes a form that is sent twice count once; `ref`: under which asking.

    One of: `key` of a button; `picks`, where several were ticked; `text`; `verb`. `note`: what
    was written beside a key or picks.
    """

    once: str
    ref: str = ""
    key: str = ""
    picks: tuple[str, ...] | None = None
    text: str | None = None
    verb: str = ""
    note: str = ""


def said_of(form: Fields) -> Filled:
    """Raises Malformed."""
    once, ref = token_in(form, "once"), _field(form, "ref", REF, needed=False)
    note = written(form, "note").strip()
    if "key" in form:
        return Filled(once, ref, key=_field(form, "key", KEY), note=note)
    if "verb" in form:
        return Filled(once, ref, verb=_field(form, "verb", VERB))
    if "done" in form:
        picks = [str(one) for one in form.getall("pick", [])]
        if not all(KEY.fullmatch(one) for one in picks):
            raise Malformed
        return Filled(once, ref, picks=tuple(picks), note=note)
    return Filled(once, ref, text=written(form, "text"))


def written(form: Fields, name: str) -> str:
    """What was filled in, in whole characters; nothing where it is a file, or not there."""
    said = form.get(name, "")
    return sound(said).replace("\r\n", "\n") if isinstance(said, str) else ""


def token_in(form: Fields, name: str) -> str:
    """Raises Malformed."""
    return _field(form, name, ONCE)


def _field(form: Fields, name: str, form_of: re.Pattern[str], *, needed: bool = True) -> str:
    said = form.get(name, "")
    if isinstance(said, str) and (form_of.fullmatch(said) or not (said or needed)):
        return said
    raise Malformed
