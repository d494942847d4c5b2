"""What the running program tells its operator: one JSON object per line on stderr.

Never a word that a person typed, never a chat's number, never the token.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Lines(logging.Formatter):
    """Time, level, where, what; and for an exception its type alone."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name.removeprefix("opschaalgids."),
            "what": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps({**line, **getattr(record, "facts", {})}, ensure_ascii=False)


def speechless(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A traceback without the error's own text, which may hold what a person typed."""
    del error
    sys.stderr.write("".join(traceback.format_tb(trace)) + f"{kind.__name__}\n")


def without_core_dumps() -> None:
    """A core dump would hold the key and the answers. Windows makes none."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def quietly() -> None:
    """Our own lines only: the libraries know the token and the words."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.getLogger("opschaalgids").addHandler(handler)
    logging.getLogger("opschaalgids").setLevel(logging.INFO)
    for name in ("telegram", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
