"""The form of the database: every change of it since the first, in their order."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrate = Migrations("opschaalgids")

FORMS = {
    # People, canvases and answers; what was asked; what goes out.
    "first_form": """CREATE TABLE people (
    id INTEGER PRIMARY KEY, chat TEXT NOT NULL UNIQUE, pseudonym TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL, agreed_at TEXT, agreed_version TEXT, canvas INTEGER,
    turn INTEGER NOT NULL DEFAULT 0, shown TEXT, seen_at TEXT NOT NULL);
CREATE TABLE contents (hash TEXT PRIMARY KEY, files TEXT NOT NULL);
CREATE TABLE canvases (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id),
    content TEXT NOT NULL REFERENCES contents(hash), depth TEXT NOT NULL,
    state TEXT NOT NULL, question TEXT, picked TEXT NOT NULL, plan TEXT NOT NULL,
    told TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL,
    completed_at TEXT);
CREATE INDEX canvases_of ON canvases(person);
CREATE TABLE answers (
    id INTEGER PRIMARY KEY, canvas INTEGER NOT NULL REFERENCES canvases(id),
    question TEXT NOT NULL, value TEXT, at TEXT NOT NULL, by TEXT NOT NULL,
    message TEXT NOT NULL, size INTEGER NOT NULL);
CREATE INDEX answers_of ON answers(canvas, question, id);
CREATE INDEX answers_from ON answers(message) WHERE message <> '';
CREATE TABLE askings (
    chat TEXT NOT NULL, ref TEXT NOT NULL, canvas INTEGER, key TEXT NOT NULL,
    choices TEXT NOT NULL, PRIMARY KEY (chat, ref)) WITHOUT ROWID;
CREATE TABLE updates (
    chat TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (chat, id)) WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, chat TEXT NOT NULL, body TEXT NOT NULL,
    created_at TEXT NOT NULL, sent_at TEXT);
CREATE INDEX outbox_due ON outbox(chat, id) WHERE sent_at IS NULL;
CREATE TRIGGER answers_are_kept BEFORE UPDATE ON answers
    BEGIN SELECT RAISE(ABORT, 'answers are append-only'); END""",
    # What a chat channel needs: its message ids, presses to answer, what people said.
    "chat_form": """ALTER TABLE people ADD COLUMN last_message INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN pressed TEXT;
ALTER TABLE people ADD COLUMN pressed_at TEXT;
ALTER TABLE people ADD COLUMN gone_at TEXT;
ALTER TABLE askings ADD COLUMN message INTEGER;
ALTER TABLE askings ADD COLUMN outbox INTEGER;
ALTER TABLE askings ADD COLUMN ready_at TEXT;
ALTER TABLE askings ADD COLUMN closed_at TEXT;
ALTER TABLE updates ADD COLUMN kind TEXT;
ALTER TABLE updates ADD COLUMN text TEXT;
ALTER TABLE updates ADD COLUMN canvas INTEGER;
ALTER TABLE outbox ADD COLUMN ref TEXT;
ALTER TABLE outbox ADD COLUMN canvas INTEGER;
ALTER TABLE outbox ADD COLUMN message INTEGER;
ALTER TABLE outbox ADD COLUMN failed TEXT;
CREATE TABLE presses (
    id TEXT PRIMARY KEY, chat TEXT NOT NULL, text TEXT NOT NULL, created_at TEXT NOT NULL,
    answered_at TEXT) WITHOUT ROWID;
CREATE INDEX presses_due ON presses(created_at) WHERE answered_at IS NULL;
CREATE TABLE aside (
    id INTEGER PRIMARY KEY, chat TEXT, body TEXT NOT NULL, error TEXT NOT NULL,
    at TEXT NOT NULL, done_at TEXT);
CREATE INDEX strangers ON people(seen_at) WHERE agreed_at IS NULL;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID""",
    # Kwartiermakers, their trajectories, who sits in them, what is shared, what is asked.
    "trajectories": """ALTER TABLE people ADD COLUMN invitation INTEGER;
ALTER TABLE people ADD COLUMN trajectory INTEGER;
ALTER TABLE outbox ADD COLUMN secret INTEGER;
CREATE INDEX outbox_secrets ON outbox(id) WHERE secret IS NOT NULL;
CREATE TABLE kwartiermakers (
    person INTEGER PRIMARY KEY REFERENCES people(id), name TEXT NOT NULL, link INTEGER NOT NULL,
    joined_at TEXT NOT NULL, confirmed_at TEXT, ended_at TEXT);
CREATE TABLE trajectories (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, subject TEXT NOT NULL DEFAULT '',
    welcome TEXT NOT NULL DEFAULT '', language TEXT NOT NULL, silence INTEGER NOT NULL DEFAULT 14,
    created_at TEXT NOT NULL);
CREATE TABLE keepers (
    id INTEGER PRIMARY KEY, trajectory INTEGER NOT NULL REFERENCES trajectories(id),
    person INTEGER NOT NULL REFERENCES people(id), from_at TEXT NOT NULL, until_at TEXT);
CREATE UNIQUE INDEX keepers_now ON keepers(trajectory, person) WHERE until_at IS NULL;
CREATE TABLE links (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, made_by INTEGER,
    trajectory INTEGER REFERENCES trajectories(id), municipality TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '', seat INTEGER, made_at TEXT NOT NULL, expires_at TEXT NOT NULL,
    used_at TEXT, used_by INTEGER, withdrawn_at TEXT);
CREATE INDEX links_of ON links(trajectory) WHERE used_at IS NULL AND withdrawn_at IS NULL;
CREATE TABLE seats (
    id INTEGER PRIMARY KEY, trajectory INTEGER NOT NULL REFERENCES trajectories(id),
    municipality TEXT NOT NULL, name TEXT NOT NULL, person INTEGER NOT NULL REFERENCES people(id),
    canvas INTEGER REFERENCES canvases(id), joined_at TEXT NOT NULL, confirmed_at TEXT,
    left_at TEXT);
CREATE INDEX seats_of ON seats(trajectory) WHERE left_at IS NULL;
CREATE INDEX seats_on ON seats(canvas) WHERE left_at IS NULL;
CREATE INDEX seats_by ON seats(person);
CREATE TABLE shares (
    id INTEGER PRIMARY KEY, seat INTEGER NOT NULL REFERENCES seats(id), what TEXT NOT NULL,
    at TEXT NOT NULL, until_at TEXT);
CREATE UNIQUE INDEX shares_now ON shares(seat, what) WHERE until_at IS NULL;
CREATE TABLE looks (
    id INTEGER PRIMARY KEY, seat INTEGER NOT NULL REFERENCES seats(id), person INTEGER NOT NULL,
    what TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX looks_of ON looks(seat);
CREATE TABLE meetings (
    id INTEGER PRIMARY KEY, trajectory INTEGER NOT NULL REFERENCES trajectories(id),
    municipality TEXT NOT NULL, starts_at TEXT NOT NULL, place TEXT NOT NULL DEFAULT '',
    made_by INTEGER NOT NULL, made_at TEXT NOT NULL, cancelled_at TEXT);
CREATE INDEX meetings_of ON meetings(trajectory);
CREATE TABLE agreed (
    id INTEGER PRIMARY KEY, seat INTEGER NOT NULL REFERENCES seats(id), what TEXT NOT NULL,
    who TEXT NOT NULL, due_text TEXT NOT NULL, due TEXT, noted_by INTEGER NOT NULL,
    noted_at TEXT NOT NULL, confirmed_at TEXT, refused_at TEXT, done_at TEXT);
CREATE INDEX agreed_of ON agreed(seat);
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL,
    target TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE prompts (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id), canvas INTEGER,
    seat INTEGER, kind TEXT NOT NULL, about TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '', mark TEXT, batch TEXT NOT NULL DEFAULT '',
    made_by INTEGER, made_at TEXT NOT NULL, due_at TEXT NOT NULL, sent_at TEXT,
    outbox INTEGER, ended_at TEXT, ended TEXT);
CREATE UNIQUE INDEX prompts_once ON prompts(person, mark) WHERE mark IS NOT NULL;
CREATE INDEX prompts_due ON prompts(due_at) WHERE sent_at IS NULL AND ended_at IS NULL;
CREATE INDEX prompts_to ON prompts(person, sent_at);
CREATE INDEX prompts_for ON prompts(seat);
CREATE TABLE handed (
    id INTEGER PRIMARY KEY, prompt INTEGER NOT NULL, person INTEGER NOT NULL, at TEXT NOT NULL);
CREATE INDEX handed_to ON handed(person, at);
CREATE TABLE prompting (
    person INTEGER PRIMARY KEY REFERENCES people(id), stopped_at TEXT, less_at TEXT);
CREATE TABLE glances (
    canvas INTEGER PRIMARY KEY REFERENCES canvases(id), changed_at TEXT NOT NULL,
    facts TEXT NOT NULL);
CREATE TABLE planned (
    canvas INTEGER PRIMARY KEY REFERENCES canvases(id), changed_at TEXT NOT NULL)""",
    # What goes away and what must stay, who did what, and what was announced.
    "trust": """ALTER TABLE updates ADD COLUMN message INTEGER;
ALTER TABLE canvases ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE canvases ADD COLUMN warned_at TEXT;
ALTER TABLE people ADD COLUMN told_version TEXT;
CREATE TABLE holds (
    id INTEGER PRIMARY KEY, canvas INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
    at TEXT NOT NULL, released_at TEXT);
CREATE UNIQUE INDEX held ON holds(canvas) WHERE released_at IS NULL;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
    canvas INTEGER);
CREATE INDEX audit_of ON audit(canvas);
CREATE INDEX updates_since ON updates(at);
CREATE INDEX outbox_since ON outbox(created_at);
CREATE INDEX askings_from ON askings(outbox);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    WHEN OLD.at >= COALESCE((SELECT value FROM facts WHERE name = 'audit_until'), '')
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    # Which clock counts for a person, empty is the house's; and what was agreed on a canvas.
    "zones": """ALTER TABLE people ADD COLUMN zone TEXT NOT NULL DEFAULT '';
CREATE INDEX people_zones ON people(zone) WHERE zone <> '';
CREATE INDEX seats_ever_on ON seats(canvas)""",
    # Who looked stands among who did what: one account, and it is append-only.
    "account": """ALTER TABLE audit ADD COLUMN seat INTEGER;
ALTER TABLE audit ADD COLUMN by TEXT;
CREATE INDEX audit_on ON audit(seat);
INSERT INTO audit(at, who, what, canvas, seat, by)
    SELECT l.at, 'keeper', 'looked ' || l.what, s.canvas, l.seat, p.pseudonym FROM looks l
    JOIN seats s ON s.id = l.seat LEFT JOIN people p ON p.id = l.person ORDER BY l.id;
DROP TABLE looks""",
    # Whom else a message names, so that erasing them reaches it.
    "naming": """ALTER TABLE outbox ADD COLUMN about INTEGER;
CREATE INDEX outbox_about ON outbox(about) WHERE about IS NOT NULL""",
    # When a move to another account was agreed to; and askings found without reading all.
    "moves": """ALTER TABLE links ADD COLUMN granted_at TEXT;
UPDATE links SET granted_at = used_at WHERE kind = 'm' AND used_at IS NOT NULL;
CREATE INDEX links_moving ON links(used_at)
    WHERE kind = 'm' AND granted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX askings_at ON askings(chat, message) WHERE message IS NOT NULL;
CREATE INDEX askings_about ON askings(chat, key)""",
    # No message gets the number of one that was erased: that one may still be on its way.
    "numbers": """INSERT INTO facts(name, value) SELECT 'last_said', COALESCE(MAX(id), 0) FROM (
    SELECT id FROM outbox UNION ALL SELECT outbox FROM askings
    UNION ALL SELECT outbox FROM prompts);
CREATE TRIGGER last_said BEFORE DELETE ON outbox
    WHEN OLD.id = (SELECT MAX(id) FROM outbox)
    BEGIN UPDATE facts SET value = OLD.id
    WHERE name = 'last_said' AND CAST(value AS INTEGER) < OLD.id; END""",
    # A channel tells the whole address of its links, and no name to make one of.
    "addresses": """INSERT INTO facts(name, value)
    SELECT 'link', 'https://t.me/' || value || '?start=' FROM facts WHERE name = 'bot_name';
DELETE FROM facts WHERE name = 'bot_name'""",
    # What a turn reads and writes: answers beside those of their canvas, a press with its update.
    # An answer's number says which is newer on its canvas; `answered` is that of the newest.
    # No index by time: only the hour's sweep looks by it, and reads all that there is then.
    "turns": """ALTER TABLE canvases ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
UPDATE canvases SET answered =
    (SELECT COALESCE(MAX(id), 0) FROM answers WHERE canvas = canvases.id);
CREATE TABLE answered (
    canvas INTEGER NOT NULL REFERENCES canvases(id), question TEXT NOT NULL, id INTEGER NOT NULL,
    value TEXT, at TEXT NOT NULL, by TEXT NOT NULL, message TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (canvas, question, id)) WITHOUT ROWID;
INSERT INTO answered(canvas, question, id, value, at, by, message, size)
    SELECT canvas, question, id, value, at, by, message, size FROM answers;
DROP TABLE answers;
ALTER TABLE answered RENAME TO answers;
CREATE INDEX answers_from ON answers(message) WHERE message <> '';
CREATE TRIGGER answers_are_kept BEFORE UPDATE ON answers
    BEGIN SELECT RAISE(ABORT, 'answers are append-only'); END;
CREATE TRIGGER answers_count AFTER INSERT ON answers
    BEGIN UPDATE canvases SET answered = NEW.id WHERE id = NEW.canvas; END;
ALTER TABLE updates ADD COLUMN press TEXT;
ALTER TABLE updates ADD COLUMN toast TEXT;
ALTER TABLE updates ADD COLUMN answered_at TEXT;
CREATE INDEX updates_pressed ON updates(press) WHERE press IS NOT NULL AND answered_at IS NULL;
INSERT INTO updates(chat, id, at, press, toast)
    SELECT chat, 'press.' || id, created_at, id, text FROM presses WHERE answered_at IS NULL;
DROP TABLE presses;
DROP INDEX updates_since;
DROP INDEX outbox_since;
DROP INDEX askings_from;
DROP INDEX askings_about""",
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
}
"""The statements of each change, by the name that databases know it by: none is changed again."""


def _add(name: str, statements: str) -> None:
    @migrate(name=name)
    def change(db: Database) -> None:
        for statement in statements.split(";\n"):
            db.execute(statement)


for _name, _statements in FORMS.items():
    _add(_name, _statements)
