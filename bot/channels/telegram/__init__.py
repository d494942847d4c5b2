"""Telegram, with its library loaded in the one way that suits this program."""

import os
import sys
from types import ModuleType

os.environ.setdefault("PTB_TIMEDELTA", "1")  # noqa: TID251 - the library's own switch


class Unused(ModuleType):
    """In the place of httpx, which the library names and this program never calls: see line.py."""

    def __getattr__(self, name: str) -> type:
        return object


UNUSED = {"httpx": Unused("httpx"), "cryptography": None, "pytz": None}
"""What stands where the library looks for these: a third of its loading, and 12 MB, are theirs.

It does without the last two where they are not installed. It would decrypt passports by
the one and name old zones by the other; here they are for the web and for dates.
"""

if "telegram" not in sys.modules:
    instead = {name: found for name, found in UNUSED.items() if name not in sys.modules}
    sys.modules.update(instead)  # type: ignore[arg-type]  # None: not there, as Python has it
    import telegram  # noqa: F401 - here alone without them

    for name in instead:
        del sys.modules[name]
