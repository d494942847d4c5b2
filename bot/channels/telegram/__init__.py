"""Telegram, with its library loaded in the one way that suits this program."""

import os
import sys
from types import ModuleType

os.environ.setdefault("PTB_TIMEDELTA", "1")  # noqa: TID251 - the library's own switch


class Unused(ModuleType):
    """In the place of httpx, which the library names and this program never calls: see line.py."""

    def __getattr__(self, name: str) -> type:
        return object


if "telegram" not in sys.modules and "httpx" not in sys.modules:
    sys.modules["httpx"] = Unused("httpx")
    import telegram  # noqa: F401 - a third of its loading, and 4 MB, are httpx

    del sys.modules["httpx"]
