"""The content that conversations go by: the newest, and those that older canvases began with."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from content import loader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content.loader import Content
    from flows.model.guidebook import Guide
    from storage.store import Store


class Editions:
    """Those of one store; `files` are the newest content's files."""

    def __init__(self, store: Store, files: Mapping[str, str] | None = None) -> None:
        # At once: files that an update replaced are not those of the content that is loaded.
        self.store, self.files = store, loader.pinned(files or loader.read())
        self.newest = loader.load(files) if files else loader.newest()
        self._now = (None, self.newest.version)
        self._older = lru_cache(maxsize=32)(self._load_older)

    def of(self, canvas: int) -> Content:
        """The structure that a canvas began with, under the newest words."""
        return self.by(self.store.version_of(canvas))

    def by(self, version: str | None) -> Content:
        """The content of a structure; the newest where nothing began with any."""
        return self.newest if version in self._now else self._older(version)

    def guide_of(self, canvas: int) -> Guide:
        return self.of(canvas).guide

    def pin(self) -> None:
        """Keep the newest for the canvas that begins with it."""
        self.store.pin(self.newest.version, self.files)

    def _load_older(self, version: str) -> Content:
        return loader.over(self.store.files_of(version), self.newest)
