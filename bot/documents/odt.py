"""The same summary in the open format of documents (ODT)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import odfdo
from odfdo import Element

from bot.documents.packed import LANGUAGES, day_of, numbered, repacked, safe
from bot.documents.signs import MARKS, NOT_ASKED, sign_of
from content.documents.blocks import Break, Bullets, Heading, Note, Paragraph, Table, from_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from content.documents.blocks import Block, Document, Item

FONT = "Calibri, Carlito, 'Liberation Sans', sans-serif"
TEXT_WIDTH = 17.0
"""Centimetres between the margins."""

NUMBERS, BULLETS = "Numbers", "Bullets"
LABEL = (
    '<style:style style:name="Label" style:family="text">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)


def odt(data: Mapping[str, Any]) -> bytes:
    house = data["house"]
    document = from_data({k: v for k, v in data.items() if k != "house"})
    text = odfdo.Document("text")
    text.body.clear()
    _without_leftovers(text)
    _styled(text, document, house["accent"])
    _facts(text, document, house["sender"])
    _headed(text, document)
    _footed(text, document, house["sender"])
    for block in document.blocks:
        for element in _elements(block):
            text.body.append(element)
    target = io.BytesIO()
    text.save(target)
    return repacked(target.getvalue())


# ---------------------------------------------------------------- the look


def _without_leftovers(text: odfdo.Document) -> None:
    """Of the template's own: numbers before headings, and a program's empty settings."""
    outline = text.styles.get_element("//text:outline-style")
    if outline is not None:
        outline.delete()
    container: Any = text.container
    for path in [p for p in text.manifest.get_paths() if p.startswith("Configurations2")]:
        text.manifest.del_full_path(path)
        container.del_part(path)


def _styled(text: odfdo.Document, document: Document, accent: str) -> None:
    for style in (
        _style("Kind", size="9pt", colour="#55606B"),
        _style("Main", size="24pt", colour=accent, weight="bold", below="0.2cm"),
        _style("Body", below="0.2cm"),
        _style("Cell"),
        _style("Quiet", size="9pt", colour="#55606B", below="0.2cm"),
        _style("Head", weight="bold", colour=accent),
        LABEL,
        _style("Page", colour="#000000", new_page=True),
        _cell("HeadCell", accent, "1pt"),
        _cell("RowCell", "#C9D1D8", "0.5pt"),
        *(_column(share) for share in _shares(document)),
        *(_signed(colour) for colour in dict.fromkeys(c for _, c in (*MARKS.values(), NOT_ASKED))),
        _lists(BULLETS, '<text:list-level-style-bullet text:level="1" text:bullet-char="•">'),
        _lists(NUMBERS, '<text:list-level-style-number text:level="1" style:num-format="1">'),
    ):
        text.insert_style(style, automatic=False)
    for level, size in ((1, "15pt"), (2, "12pt")):
        heading: Any = text.get_style("paragraph", f"Heading_20_{level}")
        look = {"fo:color": accent, "fo:font-size": size, "fo:font-style": "normal"}
        heading.set_properties({**look, "fo:font-family": FONT}, area="text")
    language, country = LANGUAGES[document.language]
    default: Any = text.get_style("paragraph")
    default.set_properties({"fo:language": language, "fo:country": country}, area="text")


def _style(  # noqa: PLR0913 - what a style may say, each by its name
    name: str,
    size: str = "11pt",
    colour: str = "#000000",
    weight: str = "normal",
    below: str = "0cm",
    *,
    new_page: bool = False,
) -> str:
    page = ' fo:break-before="page"' if new_page else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph" '
        f'style:parent-style-name="Standard"><style:paragraph-properties '
        f'fo:margin-bottom="{below}" fo:margin-top="0cm"{page}/><style:text-properties '
        f'fo:font-size="{size}" fo:color="{colour}" fo:font-weight="{weight}" '
        f'fo:font-family="{FONT}"/></style:style>'
    )


def _cell(name: str, colour: str, width: str) -> str:
    """A line under a cell, no box around it."""
    return (
        f'<style:style style:name="{name}" style:family="table-cell">'
        f'<style:table-cell-properties fo:border-bottom="{width} solid {colour}" '
        'fo:padding="0.1cm"/></style:style>'
    )


def _shares(document: Document) -> list[str]:
    """The widths of all columns of all tables, each once."""
    tables = (block for block in document.blocks if isinstance(block, Table))
    return list(dict.fromkeys(width for table in tables for width in _widths(table)))


def _widths(table: Table) -> list[str]:
    """In centimetres, as the format has them."""
    shares = table.shares or (1.0,) * len(table.header)
    return [f"{TEXT_WIDTH * share / sum(shares):.2f}" for share in shares]


def _column(width: str) -> str:
    return (
        f'<style:style style:name="Column{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
    )


def _signed(colour: str) -> str:
    """The colour of a status' sign and word."""
    return (
        f'<style:style style:name="Status{colour[1:]}" style:family="text">'
        f'<style:text-properties fo:color="{colour}"/></style:style>'
    )


def _lists(name: str, level: str) -> str:
    kind = level[1:].partition(" ")[0]
    return (
        f'<text:list-style style:name="{name}">{level}<style:list-level-properties '
        'text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab" '
        'fo:margin-left="0.6cm" fo:text-indent="-0.6cm"/></style:list-level-properties>'
        f"</{kind}></text:list-style>"
    )


def _facts(text: odfdo.Document, document: Document, sender: str) -> None:
    day, meta = day_of(document.date), text.meta
    meta.title, meta.subject = safe(document.name), document.kind
    meta.language = "-".join(LANGUAGES[document.language])
    meta.creator = meta.initial_creator = safe(sender)
    meta.creation_date = meta.date = day.replace(tzinfo=None)
    meta.generator = "opschaalgids"


def _footed(text: odfdo.Document, document: Document, sender: str) -> None:
    """Who sends it, and which page this is; the program that opens it counts."""
    line = odfdo.Paragraph(f"{safe(sender)} · ", style="Quiet")
    tags = {"n": "text:page-number", "m": "text:page-count"}
    for piece, field in numbered(document.words["number"]):
        if field:
            line.append(Element.from_tag(f"<{tags[field]}>1</{tags[field]}>"))
        else:
            line.append_plain_text(piece)
    page: Any = text.get_style("master-page", "Standard")
    page.set_page_footer(line)


def _headed(text: odfdo.Document, document: Document) -> None:
    heads = [("Kind", document.kind), ("Main", document.title), ("Body", document.subtitle)]
    for style, words in (*heads, ("Quiet", document.date_text)):
        if words:
            text.body.append(_line(words, style=style))


# ---------------------------------------------------------------- the blocks


def _elements(block: Block) -> Iterable[Element]:
    match block:
        case Heading():
            title = odfdo.Header(block.level - 1, safe(block.text + (": " if block.tag else "")))
            if block.tag:
                title.append(_status(block.mark, block.tag))
            yield title
        case Paragraph():
            yield _line(block.text, block.label, "Quiet" if block.quiet else "Body")
        case Bullets():
            yield _list(block.items, NUMBERS if block.ordered else BULLETS)
        case Table():
            yield _table(block)
        case Note():
            yield odfdo.Header(1, safe(block.title))
            yield _line(block.text)
            yield from [_list(block.items, BULLETS)] if block.items else []
            yield from [_line(block.aside, style="Quiet")] if block.aside else []
        case Break():
            yield odfdo.Paragraph(style="Page")


def _status(mark: str, word: str) -> Element:
    """A status' sign before its word, both in its colour."""
    sign, colour = sign_of(mark)
    return odfdo.Span(safe(f"{sign} {word}"), style=f"Status{colour[1:]}")


def _line(text: str, label: str = "", style: str = "Body", mark: str = "") -> Element:
    """A paragraph; a typed line stays a line, spaces stay spaces."""
    line = odfdo.Paragraph(style=style)
    if mark:
        line.append(_status(mark, ""))
    if label:
        line.append(odfdo.Span(safe(label + (": " if text else "")), style="Label"))
    line.append_plain_text(safe(text))
    return line


def _list(items: Iterable[Item], style: str) -> Element:
    found = odfdo.List(style=style)
    for item in items:
        entry = odfdo.ListItem()
        entry.append(_line(item.text, item.label, mark=item.mark))
        for more in item.more:
            entry.append(_line(more.text, more.label, "Quiet" if more.quiet else "Body"))
        found.append(entry)
    return found


def _table(block: Table) -> Element:
    table = Element.from_tag("table:table")
    table.set_attribute("table:name", safe(block.label))
    for width in _widths(block):
        table.append(Element.from_tag(f'<table:table-column table:style-name="Column{width}"/>'))
    header = Element.from_tag("table:table-header-rows")
    header.append(_row(block.header, "Head"))
    table.append(header)
    marks = block.marks or ("",) * len(block.rows)
    for row, mark in zip(block.rows, marks, strict=True):
        table.append(_row(row, "Cell", mark))
    return table


def _row(cells: tuple[str, ...], style: str, mark: str = "") -> Element:
    """One row; the status of its last cell stands before that cell's words."""
    row = Element.from_tag("table:table-row")
    ruled = "HeadCell" if style == "Head" else "RowCell"
    for at, text in enumerate(cells, 1):
        cell = Element.from_tag(
            f'<table:table-cell office:value-type="string" table:style-name="{ruled}"/>'
        )
        cell.append(_line(text, style=style, mark=mark if at == len(cells) else ""))
        row.append(cell)
    return row
