"""What the running program tells its operator: one JSON object per line on stderr.

Never a word that a person typed, never a chat's number, never the token.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime


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


def quietly() -> None:
    """Our own lines only: the libraries know the token and the words."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.getLogger("opschaalgids").addHandler(handler)
    logging.getLogger("opschaalgids").setLevel(logging.INFO)
    for name in ("telegram", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
