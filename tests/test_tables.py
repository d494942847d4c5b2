"""A table that names somebody goes with them, and is given to them: none is forgotten.

A new one that nothing in `storage/database/` deleted let no canvas go any more, and
one that `storage/privacy/subject_access.py` did not know was silently left out of a person's data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.database import deletions
from storage.privacy import subject_access as access
from tests.storages import of_a_file

if TYPE_CHECKING:
    from tests.people import Person

NAMES = {"person", "chat", "canvas", "seat"}
STAYS = {
    "audit": "who did what, by numbers; in time it goes by itself",
    "chats": "with its person, by its own form",
}
NOT_GIVEN = {
    "answers": "with each canvas, with all their history",
    "audit": "as the account, put into words",
    "links": "invitations: of whoever made them; what came of one is a seat",
    "handed": "when prompts came: worked out from those",
    "glances": "what was seen of a canvas: worked out",
    "planned": "the next prompt: worked out",
}


def naming(anna: Person) -> set[str]:
    """Tables of which a column names somebody, or what is somebody's."""
    db = anna.store.db
    return {name for name in db.table_names() if NAMES & {c.name for c in db[name].columns}}


def named_in(statements: str, words: str) -> set[str]:
    return set(re.findall(rf"(?:{words}) (\w+)", statements))


@of_a_file  # the form is the same on a server
def test_each_says_how_it_goes(anna: Person) -> None:
    statements = " ".join((*deletions.OF_CANVAS, *deletions.OF_PERSON))
    left = naming(anna) - named_in(statements, "DELETE FROM|UPDATE") - set(STAYS)
    assert not left, "add it to a list below FORMS in storage/database/schema.py"


@of_a_file  # likewise
def test_each_is_given_to_its_person(anna: Person) -> None:
    every = (access.ROWS, access.IN_TRAJECTORIES, access.ON_THE_WEB)
    given = " ".join(
        (access.PERSON, access.TOLD, *(sql for some in every for sql in some.values()))
    )
    left = naming(anna) - named_in(given, "FROM|JOIN") - set(NOT_GIVEN)
    assert not left, "add it to such a list, or give it in storage/privacy/subject_access.py"
