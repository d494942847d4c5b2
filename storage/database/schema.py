"""The form of the database: every change of it since the first, in their order."""

from __future__ import annotations

from storage.database.earlier_forms import EARLIER
from storage.database.library import Database, Migrations

migrate = Migrations("opschaalgids")

FORMS = {
    **EARLIER,
    # A person may have several chats, each with what it shows; `people.chat` is told the news.
    "chats": """CREATE TABLE chats (
    chat TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    turn INTEGER NOT NULL DEFAULT 0, shown TEXT, seen_at TEXT NOT NULL, pressed TEXT,
    pressed_at TEXT, last_message INTEGER NOT NULL DEFAULT 0, gone_at TEXT) WITHOUT ROWID;
INSERT INTO chats(chat, person, turn, shown, seen_at, pressed, pressed_at, last_message, gone_at)
    SELECT chat, id, turn, shown, seen_at, pressed, pressed_at, last_message, gone_at FROM people;
CREATE INDEX chats_of ON chats(person);
DROP INDEX strangers;
CREATE INDEX strangers ON people(id) WHERE agreed_at IS NULL;
ALTER TABLE people DROP COLUMN turn;
ALTER TABLE people DROP COLUMN shown;
ALTER TABLE people DROP COLUMN seen_at;
ALTER TABLE people DROP COLUMN pressed;
ALTER TABLE people DROP COLUMN pressed_at;
ALTER TABLE people DROP COLUMN last_message;
ALTER TABLE people DROP COLUMN gone_at""",
    # A turn says itself which number its answers have; a trigger would be one more statement.
    "counts": "DROP TRIGGER answers_count",
    # What could be chosen stands with its message, and a button names the number of that.
    # Numbers begin above those of any database before, and above the oldest references: an old
    # button may still stand in the chat. What was asked in a message that went has one below 0.
    "asked": """ALTER TABLE outbox ADD COLUMN key TEXT;
ALTER TABLE outbox ADD COLUMN choices TEXT;
ALTER TABLE outbox ADD COLUMN ready_at TEXT;
ALTER TABLE outbox ADD COLUMN closed_at TEXT;
UPDATE outbox SET ref = NULL WHERE (chat, ref) NOT IN (SELECT chat, ref FROM askings);
CREATE INDEX outbox_refs ON outbox(chat, ref) WHERE ref IS NOT NULL;
INSERT INTO outbox(id, chat, ref, canvas, body, created_at, sent_at)
    SELECT -ROW_NUMBER() OVER (ORDER BY length(a.ref) DESC, a.ref DESC),
    a.chat, a.ref, a.canvas, '', '', '' FROM askings a
    WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.chat = a.chat AND o.ref = a.ref);
UPDATE outbox SET (key, choices, ready_at, closed_at, message) =
    (SELECT a.key, a.choices, a.ready_at, a.closed_at, COALESCE(a.message, outbox.message)
    FROM askings a WHERE a.chat = outbox.chat AND a.ref = outbox.ref) WHERE ref IS NOT NULL;
ALTER TABLE chats ADD COLUMN shows INTEGER;
UPDATE chats SET shows = (SELECT id FROM outbox WHERE chat = chats.chat AND ref = chats.shown);
ALTER TABLE chats DROP COLUMN shown;
ALTER TABLE chats DROP COLUMN turn;
DROP TABLE askings;
CREATE INDEX outbox_at ON outbox(chat, message)
    WHERE message IS NOT NULL AND choices IS NOT NULL;
UPDATE facts SET value = CAST(CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS TEXT)
    WHERE name = 'last_said'
    AND CAST(value AS INTEGER) < CAST(strftime('%s', 'now') AS INTEGER) * 1000""",
    # Who comes in by the web: devices, addresses of mail, one-time doors, passkeys; and as whom
    # somebody was known before, who became one with a person in another chat. Only hashes
    # are kept of what opens anything. A page is found by an index of the web's own messages alone.
    "web": """CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats(chat) ON DELETE CASCADE,
    device TEXT NOT NULL DEFAULT '', made_at TEXT NOT NULL, seen_at TEXT NOT NULL,
    until_at TEXT NOT NULL, passkey TEXT) WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions(chat);
CREATE TABLE addresses (
    person INTEGER PRIMARY KEY REFERENCES people(id) ON DELETE CASCADE, address TEXT NOT NULL,
    made_at TEXT NOT NULL, confirmed_at TEXT, stopped_at TEXT, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX addresses_known ON addresses(address);
CREATE TABLE doors (
    hash TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, outbox INTEGER, made_at TEXT NOT NULL, expires_at TEXT NOT NULL,
    opened INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX doors_of ON doors(person);
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    key TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 0, name TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL, used_at TEXT) WITHOUT ROWID;
CREATE INDEX passkeys_of ON passkeys(person);
CREATE TABLE aliases (
    pseudonym TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE
    ) WITHOUT ROWID;
CREATE INDEX aliases_of ON aliases(person);
CREATE INDEX links_connecting ON links(made_by)
    WHERE kind = 'c' AND granted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX outbox_web ON outbox(chat, id) WHERE chat LIKE 'web:%'""",
    # A press is answered by whoever heard it, who knows its update; an index cost each one a page.
    "pressing": "DROP INDEX updates_pressed",
    # One question to a colleague by a link, of which the hash is kept; and what came back.
    "forwarding": """CREATE TABLE forwarded (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, canvas INTEGER NOT NULL REFERENCES
    canvases(id), question TEXT NOT NULL, shown TEXT NOT NULL DEFAULT '', made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, withdrawn_at TEXT);
CREATE INDEX forwarded_of ON forwarded(canvas);
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY, forwarded INTEGER NOT NULL REFERENCES forwarded(id),
    canvas INTEGER NOT NULL, person INTEGER, receipt TEXT NOT NULL UNIQUE, value TEXT,
    name TEXT NOT NULL DEFAULT '', role TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL, sent_at TEXT, settled TEXT);
CREATE INDEX proposals_to ON proposals(forwarded);
CREATE INDEX proposals_on ON proposals(canvas);
CREATE INDEX proposals_by ON proposals(person) WHERE person IS NOT NULL""",
    # What somebody said with a choice, in their own words.
    "notes": "ALTER TABLE answers ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    # Several people fill one canvas, each with a row of their own: NULL is a personal one.
    # Answers of all in one pilot are counted on, and how a difference was settled is with them.
    "together": """CREATE TABLE pilots (id INTEGER PRIMARY KEY, made_at TEXT NOT NULL);
ALTER TABLE canvases ADD COLUMN pilot INTEGER;
ALTER TABLE canvases ADD COLUMN role TEXT;
ALTER TABLE canvases ADD COLUMN called TEXT;
CREATE INDEX canvases_together ON canvases(pilot) WHERE pilot IS NOT NULL;
CREATE TABLE settlements (
    pilot INTEGER NOT NULL REFERENCES pilots(id), id INTEGER NOT NULL, question TEXT NOT NULL,
    how TEXT NOT NULL, person INTEGER, voice INTEGER, at TEXT NOT NULL,
    PRIMARY KEY (pilot, id)) WITHOUT ROWID;
ALTER TABLE links ADD COLUMN canvas INTEGER""",
    # Words that wait until their person says where they belong; the key opens nothing by itself.
    "unplaced": """CREATE TABLE unplaced (
    key TEXT PRIMARY KEY, chat TEXT NOT NULL, canvas INTEGER, question TEXT NOT NULL DEFAULT '',
    before TEXT NOT NULL DEFAULT '', prompt INTEGER, text TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '', at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX unplaced_in ON unplaced(chat, at);
CREATE INDEX unplaced_on ON unplaced(canvas)""",
    # How actions went, what they opened, what held them back; and another day for what a
    # meeting agreed.
    "attempts": """CREATE TABLE attempts (id INTEGER PRIMARY KEY,
    canvas INTEGER NOT NULL REFERENCES canvases(id), action TEXT NOT NULL, what TEXT NOT NULL,
    who TEXT NOT NULL, how TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
    door TEXT NOT NULL DEFAULT '', at TEXT NOT NULL);
CREATE INDEX attempts_of ON attempts(canvas);
INSERT INTO attempts(canvas, action, what, who, how, at) SELECT s.canvas, 'agreed.' || a.id,
    json_quote(a.what), json_quote(a.who), 'done', a.done_at FROM agreed a
    JOIN seats s ON s.id = a.seat WHERE a.done_at IS NOT NULL AND s.canvas IS NOT NULL;
ALTER TABLE agreed ADD COLUMN failed_at TEXT;
ALTER TABLE agreed ADD COLUMN later TEXT;
ALTER TABLE agreed ADD COLUMN later_text TEXT NOT NULL DEFAULT ''""",
    # What whoever used an invitation is called in the channel where they did.
    "screen_names": """ALTER TABLE seats ADD COLUMN screen_name TEXT NOT NULL DEFAULT '';
ALTER TABLE seats ADD COLUMN channel TEXT NOT NULL DEFAULT ''""",
    # What an adviser said to who keeps the trajectory, and whether it was read; and until when a
    # kwartiermaker was told what happened.
    "the line": """CREATE TABLE remarks (
    id INTEGER PRIMARY KEY, seat INTEGER NOT NULL REFERENCES seats(id), prompt INTEGER,
    text TEXT NOT NULL, at TEXT NOT NULL, read_at TEXT);
CREATE INDEX remarks_of ON remarks(seat);
ALTER TABLE keepers ADD COLUMN told_at TEXT;
UPDATE keepers SET told_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')""",
    # Prompts that were planned together, until their planner heard what did not go.
    "batches": """CREATE TABLE batches (
    batch TEXT PRIMARY KEY, person INTEGER NOT NULL, trajectory INTEGER NOT NULL,
    kind TEXT NOT NULL, meeting INTEGER, count INTEGER NOT NULL DEFAULT 0, made_at TEXT NOT NULL,
    due_at TEXT NOT NULL, told_at TEXT) WITHOUT ROWID;
CREATE INDEX batches_untold ON batches(due_at) WHERE told_at IS NULL;
ALTER TABLE prompts ADD COLUMN promised_at TEXT""",
}
"""The statements of each change, by the name that databases know it by: none is changed again."""

NAME_A_CANVAS = (
    "proposals", "forwarded", "glances", "planned", "seats", "answers", "attempts", "holds",
    "outbox", "unplaced",
)  # fmt: skip
NAME_A_PERSON = (
    "handed", "prompts", "prompting", "batches", "drafts", "seats", "keepers", "kwartiermakers",
    "addresses", "doors", "passkeys", "aliases", "proposals",
)  # fmt: skip
NAME_A_CHAT = ("outbox", "updates", "unplaced", "aside", "sessions")
"""Tables of which all rows go that name who or what goes, in this order: a new one has its place.

What names a canvas or a person is also given to whoever asks for their data, as it stands.
What stays without them, goes only where more than that holds, or is given otherwise, has a
statement in deletions.py, or its place in `OTHERWISE` of storage/privacy/subject_access.py.
"""


def _add(name: str, statements: str) -> None:
    @migrate(name=name)
    def change(db: Database) -> None:
        for statement in statements.split(";\n"):
            db.execute(statement)


for _name, _statements in FORMS.items():
    _add(_name, _statements)
