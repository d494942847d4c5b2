"""The program as a later release: LATER=n more changes of the database's form at the end.

`python -m tests.later serve`. They are of the sort that releases have: a column with what
stands in it, a table with its index.
"""

from __future__ import annotations

import os

from storage.database.schema import FORMS

COLUMN = """ALTER TABLE people ADD COLUMN later_{n} TEXT;
UPDATE people SET later_{n} = chat;
CREATE TABLE later_{n} (id INTEGER PRIMARY KEY AUTOINCREMENT, answer INTEGER, note TEXT);
INSERT INTO later_{n}(answer, note) SELECT id, question FROM answers;
CREATE INDEX later_{n}_by_answer ON later_{n}(answer)"""


def add(count: int) -> None:
    """So many of them and no more, before anything asks for them."""
    for name in [name for name in FORMS if name.startswith("later ")]:
        del FORMS[name]
    for n in range(1, count + 1):
        FORMS[f"later {n}"] = COLUMN.format(n=n)


def main() -> None:
    add(int(os.environ.get("LATER", "0")))  # noqa: TID251 - a launcher's own argument
    from bot.cli import main as run  # noqa: PLC0415 - with them in place

    run()


if __name__ == "__main__":
    main()
