"""What changed the form of the database before a person could have several chats."""

from __future__ import annotations

EARLIER = {
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
    UNION ALL SELECT outbox FROM prompts) AS said;
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
}
"""As schema.py has them; none is changed again."""
