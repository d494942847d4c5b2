"""One page as a browser without script has it: its forms, its links, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tests.markup_tree import Node, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXTS = {"text", "email", "search", "tel", "url", "number", "date", "time", "datetime-local",
         "password"}  # fmt: skip
POINTS = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details",
          "aria-errormessage", "headers", "form", "list"}  # fmt: skip
"""Attributes that name ids of the same page."""


@dataclass(frozen=True)
class Button:
    name: str
    value: str
    label: str


@dataclass
class Form:
    """What a person may fill in here.

    `filled` goes along whatever is pressed; `boxes`: names and values of what may be ticked;
    `texts`: what stands in each field that may be written.
    """

    action: str
    method: str
    buttons: list[Button]
    filled: list[tuple[str, str]]
    boxes: list[tuple[str, str]]
    ticked: list[tuple[str, str]]
    texts: dict[str, str]

    def sends(self, button: Button | None) -> list[tuple[str, str]]:
        """All that a browser would, in about its order."""
        pressed = [(button.name, button.value)] if button and button.name else []
        return [*self.filled, *self.texts.items(), *self.ticked, *pressed]


@dataclass
class Sheet:
    url: str
    status: int
    headers: Mapping[str, str]
    html: str

    @cached_property
    def _read(self) -> tuple[Node, list[str]]:
        return parsed(self.html)

    @property
    def root(self) -> Node:
        return self._read[0]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def main(self) -> Node:
        found = self.root.first("main")
        assert found, f"{self.url} has no main"
        return found

    @property
    def text(self) -> str:
        return self.main.text

    @property
    def h1(self) -> str:
        found = self.root.first("h1")
        return found.text if found else ""

    @property
    def lang(self) -> str:
        found = self.root.first("html")
        return found.attrs.get("lang", "") if found else ""

    @property
    def links(self) -> dict[str, str]:
        """Whole address -> label."""
        found = (a for a in self.root.all("a") if a.attrs.get("href"))
        return {urljoin(self.url, a.attrs["href"]): a.text for a in found}

    @property
    def sources(self) -> list[str]:
        """Whatever a browser fetches for this page by itself."""
        found = [n.attrs["src"] for n in self.root.all() if n.attrs.get("src")]
        links = (n.attrs for n in self.root.all("link") if n.attrs.get("href"))
        found += [
            link["href"] for link in links if link.get("rel") not in {"canonical", "alternate"}
        ]
        return [urljoin(self.url, each) for each in found]

    @cached_property
    def forms(self) -> list[Form]:
        return [self._form(node) for node in self.root.all("form")]

    def _form(self, node: Node) -> Form:
        inputs = [n for n in node.all("input") if "name" in n.attrs and "disabled" not in n.attrs]
        boxes = [n for n in inputs if _kind(n) in {"checkbox", "radio"}]
        texts = {n.attrs["name"]: n.attrs.get("value", "") for n in inputs if _kind(n) in TEXTS}
        texts |= {n.attrs["name"]: n.text for n in node.all("textarea")}
        chosen = [pair for n in node.all("select") for pair in _selected(n)]
        hidden = [(n.attrs["name"], n.attrs.get("value", "")) for n in inputs
                  if _kind(n) == "hidden"]  # fmt: skip
        return Form(
            urljoin(self.url, node.attrs.get("action", "") or self.url),
            node.attrs.get("method", "get").lower(), list(self._buttons(node)), [*hidden, *chosen],
            [_pair(n) for n in boxes], [_pair(n) for n in boxes if "checked" in n.attrs],
            texts,
        )  # fmt: skip

    def _buttons(self, form: Node) -> Iterator[Button]:
        """Inside it, or anywhere with its name: in the order of the page."""
        inside, own = set(map(id, form.all("button", "input"))), form.attrs.get("id")
        for node in self.root.all("button", "input"):
            if node.attrs.get("form", own if id(node) in inside else None) != own:
                continue
            if id(node) not in inside and "form" not in node.attrs:
                continue
            if node.tag == "button" and node.attrs.get("type", "submit") == "submit":
                yield Button(node.attrs.get("name", ""), node.attrs.get("value", ""), node.text)
            elif node.tag == "input" and node.attrs.get("type") == "submit":
                said = node.attrs.get("value", "")
                yield Button(node.attrs.get("name", ""), said, said)

    @property
    def ref(self) -> str:
        """Of what the page asks; what waits beside it stands above it."""
        refs = [value for form in self.forms for name, value in form.filled if name == "ref"]
        named = self.path.rpartition("/")[2]
        return named if named in refs else (refs or [""])[-1]

    @property
    def asking(self) -> Form | None:
        """The form of that."""
        own = ("ref", self.ref)
        return next((form for form in self.forms if self.ref and own in form.filled), None)

    @property
    def buttons(self) -> dict[str, str]:
        """Value -> label, of every form."""
        return {b.value: b.label for form in self.forms for b in form.buttons}

    # ------------------------------------------------------------ what is wrong with it

    def problems(self) -> Iterator[str]:
        """What no page of ours may have, by what a person without script meets."""
        for fault in (*self._read[1], *self._outline(), *self._ids(), *self._inline()):
            yield f"{self.path}: {fault}"
        for form in self.forms:
            if form.method == "post" and urlsplit(form.action).netloc != urlsplit(self.url).netloc:
                yield f"{self.path}: a form goes to {form.action}"

    def _outline(self) -> Iterator[str]:
        for tag in ("h1", "main", "title"):
            count = len(list(self.root.all(tag)))
            if count != 1 and not (tag == "title" and self.root.first("svg")):
                yield f"{count} <{tag}>"
        title = self.root.first("title")
        if not title or not title.text:
            yield "no title"
        if not self.h1:
            yield "an empty h1"
        if self.lang not in {"nl", "en"}:
            yield f"lang is {self.lang!r}"
        levels = [int(n.tag[1]) for n in self.root.all("h1", "h2", "h3", "h4", "h5", "h6")]
        for before, after in pairwise(levels):
            if after > before + 1:
                yield f"h{after} under h{before}"

    def _ids(self) -> Iterator[str]:
        ids = Counter(n.attrs["id"] for n in self.root.all() if "id" in n.attrs)
        yield from (f"id {name!r} {count} times" for name, count in ids.items() if count > 1)
        for node in self.root.all():
            for name in node.attrs.keys() & POINTS:
                for pointed in node.attrs[name].split():
                    if pointed not in ids:
                        yield f"<{node.tag} {name}={pointed!r}> points nowhere"
        for link in self.root.all("a"):
            target = link.attrs.get("href", "")
            if target.startswith("#") and target[1:] not in ids:
                yield f"a link to {target} leads nowhere"
        for node in self.root.all("input", "textarea", "select"):
            if _kind(node) not in {"hidden", "submit"} and not self._named(node):
                yield f"<{node.tag} name={node.attrs.get('name')!r}> has no label"
        yield from (f"a button without words: {b.attrs}" for b in self.root.all("button")
                    if not (b.text or b.attrs.get("aria-label")))  # fmt: skip

    def _named(self, node: Node) -> bool:
        if node.attrs.get("aria-labelledby") or node.attrs.get("aria-label"):
            return True
        return any(
            label.attrs.get("for") == node.attrs.get("id", "-") or node in label.all()
            for label in self.root.all("label")
        )

    def _inline(self) -> Iterator[str]:
        for node in self.root.all():
            if "style" in node.attrs or node.tag == "style":
                yield f"<{node.tag}> has a style of its own"
            if node.tag == "script" and not node.attrs.get("src"):
                yield "a script in the page"
            yield from (f"<{node.tag} {name}>" for name in node.attrs if name.startswith("on"))
            if node.tag == "a" and _scheme(node) in {"javascript", "data", "vbscript"}:
                yield f"a link to {node.attrs['href'][:30]}"


def _kind(node: Node) -> str:
    return node.attrs.get("type", "text").lower() if node.tag == "input" else node.tag


def _pair(node: Node) -> tuple[str, str]:
    return node.attrs["name"], node.attrs.get("value", "on")


def _selected(node: Node) -> list[tuple[str, str]]:
    options = list(node.all("option"))
    chosen = [o for o in options if "selected" in o.attrs] or options[:1]
    return [(node.attrs["name"], o.attrs.get("value", o.text)) for o in chosen]


def _scheme(link: Node) -> str:
    return link.attrs.get("href", "").strip().partition(":")[0].lower()
