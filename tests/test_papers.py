"""The papers say what the code does: drawn from it, and no measure without its test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.papers import ROOT, needed, papers, read, threats

if TYPE_CHECKING:
    from tests.people import Person

NAMED = sorted({test for threat in threats() for test in threat["tests"]})


@pytest.mark.parametrize("name", papers())
def test_a_paper_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == papers()[name], "run: make papers"


@pytest.mark.parametrize("named", NAMED)
def test_every_measure_has_a_test_that_exists(named: str) -> None:
    path, _, name = named.partition("::")
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async def |def |){name}\b", source, re.MULTILINE)


def test_every_table_is_in_the_register(anna: Person) -> None:
    names = {t for t in anna.store.db.table_names() if not t.startswith(("sqlite_", "_"))}
    assert names == set(read("data")), "say in tests/papers/data.toml what it holds"


def test_every_dependency_has_a_purpose_and_a_keeper() -> None:
    assert set(needed()) == set(read("keepers"))
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    own = text[text.index("\ndependencies = [") : text.index("[project.optional")]
    assert own.count('    "') == len(needed()), "each line of pyproject.toml says what it is for"


def test_every_link_between_the_papers_leads_somewhere() -> None:
    for name in ("SECURITY.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))):
        path = ROOT / name
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{name}: {link}"
