"""sqlite-utils, loaded without what only its own command line calls."""

import sys
from types import ModuleType


def _unused(name: str) -> ModuleType:
    """In the place of a module that is named and never called: whatever is asked of it."""
    found = ModuleType(name)
    found.__dict__["__getattr__"] = lambda _: object
    return found


_instead = {name: _unused(name) for name in ("click", "dateutil") if name not in sys.modules}
if "sqlite_utils" not in sys.modules:
    sys.modules.update(_instead)

from sqlite_utils import Database, Migrations  # noqa: E402 - 15 ms of a start are bars and dates

for _name, _module in _instead.items():
    if sys.modules.get(_name) is _module:
        del sys.modules[_name]

__all__ = ["Database", "Migrations"]
