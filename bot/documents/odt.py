"""The same summary in the open format of documents (ODT)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import odfdo
from odfdo import Element

from bot.documents.packed import (
    GOOD,
    GREY,
    HALF,
    LANGUAGES,
    STOP,
    day_of,
    numbered,
    opened,
    safe,
    saved,
    sign_of,
)  # fmt: skip
from content.documents.blocks import Break, Bullets, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from content.documents.blocks import Block, Document, Item

FONT = "Calibri, Carlito, 'Liberation Sans', sans-serif"
TEXT_WIDTH = 17.0  # centimetres between the margins
NUMBERS, BULLETS = "Numbers", "Bullets"
PAGE_NUMBERS = {"n": "text:page-number", "m": "text:page-count"}


def odt(data: Mapping[str, Any]) -> bytes:
    document, house = opened(data)
    text = odfdo.Document("text")
    text.body.clear()
    _without_leftovers(text)
    _styled(text, document, house["accent"])
    _facts(text, document, house["sender"])
    heads = [("Kind", document.kind), ("Main", document.title), ("Body", document.subtitle)]
    for style, words in (*heads, ("Quiet", document.date_text)):
        if words:
            text.body.append(_line(words, style=style))
    for block in document.blocks:
        text.body.append(_element(block))
    return saved(text)


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
    tables = (block for block in document.blocks if isinstance(block, Table))
    widths = dict.fromkeys(width for table in tables for width in _widths(table))
    lines = {"HeadCell": f"1pt solid {accent}", "RowCell": "0.5pt solid #C9D1D8"}
    for style in (
        _paragraph("Kind", size="9pt", colour="#55606B"),
        _paragraph("Main", size="24pt", colour=accent, weight="bold", below="0.2cm"),
        _paragraph("Body", below="0.2cm"),
        _paragraph("Cell"),
        _paragraph("Quiet", size="9pt", colour="#55606B", below="0.2cm"),
        _paragraph("Head", weight="bold", colour=accent),
        _style("Label", "text", 'fo:font-weight="bold"'),
        _paragraph("Page", page=' fo:break-before="page"'),
        *(
            _style(name, "table-cell", f'fo:border-bottom="{line}" fo:padding="0.1cm"')
            for name, line in lines.items()
        ),
        *(_style(f"Column{w}", "table-column", f'style:column-width="{w}cm"') for w in widths),
        *(_style(f"Status{c[1:]}", "text", f'fo:color="{c}"') for c in (GOOD, HALF, STOP, GREY)),
        _lists(BULLETS, "bullet", 'text:bullet-char="•"'),
        _lists(NUMBERS, "number", 'style:num-format="1"'),
    ):
        text.insert_style(style, automatic=False)
    for level, size in ((1, "15pt"), (2, "12pt")):
        heading: Any = text.get_style("paragraph", f"Heading_20_{level}")
        look = {"fo:color": accent, "fo:font-size": size, "fo:font-style": "normal"}
        heading.set_properties({**look, "fo:font-family": FONT}, area="text")
    language, country = LANGUAGES[document.language]
    default: Any = text.get_style("paragraph")
    default.set_properties({"fo:language": language, "fo:country": country}, area="text")


def _paragraph(  # noqa: PLR0913, PLR0917 - what a style may say, each by its name
    name: str,
    size: str = "11pt",
    colour: str = "#000000",
    weight: str = "normal",
    below: str = "0cm",
    page: str = "",
) -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" '
        f'style:parent-style-name="Standard"><style:paragraph-properties '
        f'fo:margin-bottom="{below}" fo:margin-top="0cm"{page}/><style:text-properties '
        f'fo:font-size="{size}" fo:color="{colour}" fo:font-weight="{weight}" '
        f'fo:font-family="{FONT}"/></style:style>'
    )


def _style(name: str, family: str, look: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}">'
        f"<style:{family}-properties {look}/></style:style>"
    )


def _widths(table: Table) -> list[str]:
    """Of its columns in centimetres, as the format has them."""
    return [f"{TEXT_WIDTH * share / sum(table.shares):.2f}" for share in table.shares]


def _lists(name: str, kind: str, sign: str) -> str:
    kind = f"text:list-level-style-{kind}"
    return (
        f'<text:list-style style:name="{name}"><{kind} text:level="1" {sign}>'
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab" '
        'fo:margin-left="0.6cm" fo:text-indent="-0.6cm"/></style:list-level-properties>'
        f"</{kind}></text:list-style>"
    )


def _facts(text: odfdo.Document, document: Document, sender: str) -> None:
    """What the file says of itself; at its foot who sends it, and which page this is."""
    meta: Any = text.meta
    meta.title, meta.subject = safe(document.name), document.kind
    meta.language = "-".join(LANGUAGES[document.language])
    meta.creator = meta.initial_creator = safe(sender)
    meta.creation_date = meta.date = day_of(document.date).replace(tzinfo=None)
    meta.generator = "opschaalgids"
    line = odfdo.Paragraph(f"{safe(sender)} · ", style="Quiet")
    for piece, field in numbered(document.words["number"]):
        if field:  # the program that opens it counts
            line.append(Element.from_tag(f"<{PAGE_NUMBERS[field]}>1</{PAGE_NUMBERS[field]}>"))
        else:
            line.append_plain_text(piece)
    page: Any = text.get_style("master-page", "Standard")
    page.set_page_footer(line)


# ---------------------------------------------------------------- the blocks


def _element(block: Block) -> Element:
    match block:
        case Heading():
            found = odfdo.Header(block.level - 1, safe(block.text + (": " if block.tag else "")))
            if block.tag:
                found.append(_status(block.mark, block.tag))
            return found
        case Paragraph():
            return _line(block.text, block.label, "Quiet" if block.quiet else "Body")
        case Bullets():
            return _list(block.items, NUMBERS if block.ordered else BULLETS)
        case Table():
            return _table(block)
        case Break():
            return odfdo.Paragraph(style="Page")
    raise TypeError(block)


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
    for row, mark in zip(block.rows, block.marks, strict=True):
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
