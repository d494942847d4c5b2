"""One call against the published list of methods and types; pure, and stricter than Telegram."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import botapi_limits as limits
from tests.botapi_words import Json, Refusal, Words, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST = json.loads(Path(__file__).with_name("botapi.json").read_text(encoding="utf-8"))
METHODS: dict[str, list[Json]] = LIST["methods"]
TYPES: dict[str, Json] = LIST["types"]
OTHERS = set(LIST["other_methods"])
ATTACH = "attach://"


@dataclass(frozen=True)
class Upload:
    """A file as it came in a multipart call."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """A call in the types it should have, its text already read."""

    method: str
    params: Json
    words: Words | None = None
    attached: Mapping[str, Upload] = field(default_factory=dict)

    def file(self, value: Upload | str) -> Upload | str:
        """The upload behind a parameter, or the known file's id."""
        if isinstance(value, str) and value.startswith(ATTACH):
            return self.attached[value.removeprefix(ATTACH)]
        return value


def check(method: str, given: Mapping[str, Any]) -> Checked:
    """The call, or a Refusal that says what is wrong with it."""
    fields = {known["name"]: known for known in _fields(method)}
    attached = {n: v for n, v in given.items() if n not in fields and isinstance(v, Upload)}
    for name in given:
        if name not in fields and name not in attached:
            refuse(f'{method} has no parameter "{name}"')
    params = {n: _outer(fields[n], v) for n, v in given.items() if n in fields}
    for name, known in fields.items():
        if known["required"] and name not in params:
            refuse(f'{method} misses "{name}"')
    _attachments(params, attached)
    limits.within(method, params)
    return Checked(method, params, _words(method, params), attached)


def _fields(method: str) -> list[Json]:
    if method in METHODS:
        return METHODS[method]
    if method in OTHERS:
        refuse(f"{method} is a real method that the stand-in does not play")
    refusal = Refusal(404, "Not Found: method not found")
    refusal.form = True
    raise refusal


def _words(method: str, params: Json) -> Words | None:
    if method in {"sendMessage", "editMessageText"}:
        return limits.words(params, "text")
    if method in {"sendDocument", "sendPhoto", "editMessageCaption"}:
        return limits.words(params, "caption")
    return limits.words(params["media"], "caption") if "media" in params else None


def _outer(known: Json, raw: Any) -> Any:
    """A parameter's value: in a form everything is text, a nested value is JSON text."""
    name, types = known["name"], known["types"]
    if isinstance(raw, Upload):
        if "InputFile" not in types and "InputMedia" not in types:
            refuse(f'"{name}" cannot be a file')
        if not raw.content:
            refuse("file must be non-empty")
        return raw
    if isinstance(raw, str) and not {"String", "InputFile"} & set(types):
        raw = _from_form(name, types, raw)
    elif isinstance(raw, str) and "Integer" in types and re.fullmatch(r"-?\d+", raw):
        raw = int(raw)
    return _value(types, raw, name)


def _from_form(name: str, types: list[str], raw: str) -> Any:
    try:
        value = json.loads(raw)
    except ValueError:
        return refuse(f'can\'t parse "{name}" as {" or ".join(types)}')
    if isinstance(value, str):
        refuse(f'"{name}" must be {" or ".join(types)}')
    return value


def _value(types: list[str], value: Any, where: str) -> Any:
    """The value in the one of the types that it fits."""
    for one in types:
        if one in PLAIN and PLAIN[one](value):
            return _encoded(value, where)
        if one.startswith("Array of ") and isinstance(value, list):
            inner = [one.removeprefix("Array of ")]
            return [_value(inner, item, f"{where}[{n}]") for n, item in enumerate(value)]
    named = [one for one in types if one in TYPES]
    if named and isinstance(value, dict):
        return _object(_chosen(named, value, where), value, where)
    return refuse(f'"{where}" must be {" or ".join(types)}')


PLAIN = {
    "Integer": lambda value: type(value) is int,
    "Float": lambda value: type(value) in {int, float},
    "Boolean": lambda value: type(value) is bool,
    "True": lambda value: value is True,
    "String": lambda value: type(value) is str,
}


def _encoded(value: Any, where: str) -> Any:
    if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
        refuse(f'strings must be encoded in UTF-8: "{where}"')
    return value


def _chosen(named: list[str], value: Json, where: str) -> str:
    """Which of several types an object is: by its `type`, or by what only that one requires."""
    kinds: list[str] = [sub for one in named for sub in TYPES[one].get("subtypes", [one])]
    if len(kinds) == 1:
        return kinds[0]
    if len(named) == 1:
        fitting = [k for k in kinds if _snake(k.removeprefix(named[0])) == value.get("type")]
    else:
        fitting = [k for k in kinds if _required(k) <= set(value)]
    if len(fitting) != 1:
        refuse(f'"{where}" is none of {", ".join(named)}')
    return fitting[0]


def _required(kind: str) -> set[str]:
    return {known["name"] for known in TYPES[kind]["fields"] if known["required"]}


def _snake(name: str) -> str:
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


def _object(kind: str, value: Json, where: str) -> Json:
    fields = {known["name"]: known["types"] for known in TYPES[kind]["fields"]}
    for name in value:
        if name not in fields:
            refuse(f'{kind} has no field "{name}" ({where})')
    if missing := _required(kind) - set(value):
        refuse(f'{kind} misses "{min(missing)}" ({where})')
    checked = {n: _value(fields[n], inner, f"{where}.{n}") for n, inner in value.items()}
    if rule := limits.TYPES.get(kind):
        rule(checked)
    return checked


def _attachments(params: Json, attached: Mapping[str, Upload]) -> None:
    """Every attach:// has its file, and every file its attach://."""
    named = {value for value in _strings(params) if value.startswith(ATTACH)}
    expected = {value.removeprefix(ATTACH) for value in named}
    if strange := expected ^ set(attached):
        refuse(f'the attached file "{min(strange)}" is named or sent, not both')
    if any(not upload.content for upload in attached.values()):
        refuse("file must be non-empty")


def _strings(params: Json) -> list[str]:
    media = params.get("media", {})
    places = (params.get("document"), params.get("photo"), params.get("thumbnail"))
    found = (*places, *(media.values() if isinstance(media, dict) else ()))
    return [value for value in found if isinstance(value, str)]
