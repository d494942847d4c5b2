"""How hard the texts read, in figures: nothing here refuses anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.checks.wording import leaves, texts_told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from content.loader import Content


def readings(content: Content) -> Iterator[str]:
    """Textstat comes with the tests only, and is used without any download."""
    try:
        import textstat  # noqa: PLC0415 - a dependency of the tests
    except ImportError:
        yield "reading level skipped, install opschaalgids[test]"
        return
    yield f"{'reading level':<16}{'words/sentence':>15}{'LIX':>7}{'Flesch-Douma':>14}"
    for language in content.words:
        textstat.set_lang(language)
        for name, texts in _groups(content, language).items():
            yield f"{language + ' ' + name:<16}{_level(textstat, language, ' '.join(texts))}"
        yield from _hardest(textstat, content, language)


def _level(textstat: ModuleType, language: str, text: str) -> str:
    """Flesch is for Dutch: the English one needs a dictionary from the network."""
    douma = f"{textstat.flesch_reading_ease(text):>14.0f}" if language == "nl" else f"{'-':>14}"
    return f"{textstat.words_per_sentence(text):>15.1f}{textstat.lix(text):>7.0f}{douma}"


def _groups(content: Content, language: Any) -> dict[str, list[str]]:
    """Whole sentences by what they are for."""
    groups: dict[str, list[str]] = {}
    names = {"help": "help", "example": "examples"}
    for path, text in leaves(content.words[language]["questions"]):
        if not path[1].startswith(("short", "choices")):
            lines = text if isinstance(text, list) else [text]
            kind = path[1].partition("_")[0]
            groups.setdefault(names.get(kind, "questions"), []).extend(map(_ended, lines))
    for where, text in texts_told(content, language):
        if text.rstrip().endswith((".", "?", "!", "”")):
            groups.setdefault(where.partition(".")[0], []).append(text)
    return groups


def _ended(line: str) -> str:
    return line if line.endswith((".", "?", "!", "”")) else f"{line}."


def _hardest(textstat: ModuleType, content: Content, language: Any) -> Iterator[str]:
    texts = _groups(content, language)["questions"]
    for text in sorted(texts, key=textstat.lix, reverse=True)[:5]:
        yield f"  hard, LIX {textstat.lix(text):.0f}: {text}"
