"""`python -m tests.twins URL`: takes each update of a line on stdin; says whether it was new."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from bot.engine.conversation import Conversation
from flows.model.messages import Update
from storage.database.connection import open_database
from storage.database.place import Server
from storage.store import Store


def main(url: str) -> None:
    conversation = Conversation(Store(open_database(Server(url), Path())))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        said = json.loads(line)
        update = Update(**{**said, "at": datetime.fromisoformat(said["at"])})
        sys.stdout.write(f"{int(conversation.handle(update))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
