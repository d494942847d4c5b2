"""What the running program tells its operator, on stderr. Never a word that a person typed."""

from __future__ import annotations

import logging
import sys


def quietly() -> None:
    """Our own warnings, one line each; libraries that know the token or the words, nothing."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger("opschaalgids").addHandler(handler)
    logging.getLogger("opschaalgids").setLevel(logging.INFO)
    for name in ("httpx", "httpcore", "telegram", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
