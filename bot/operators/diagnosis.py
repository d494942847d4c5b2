"""What is wrong with this installation, where, and what to do: `opschaalgids doctor`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.engine.gap import HEARD
from bot.engine.sweep import overdue
from bot.operators import reach
from flows.expiry import last_day
from storage.backups import catalogue, copies
from storage.conversations import dead_letters, outbox
from storage.database.connection import fitting
from storage.database.errors import StoreError
from storage.database.keys import read_keys
from storage.privacy import erasure, holds, retention, watermark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config import Settings
    from bot.engine.conversation import Conversation
    from storage.store import Store

LATE = timedelta(minutes=10)
"""A message that waits longer is not on its way."""

SHOWN = 10
"""Canvases that the report names."""

SWEPT = timedelta(hours=2)
"""The running program sweeps every hour."""

OLD_COPY = timedelta(hours=26)
"""A day, and time for a backup that begins a little later."""


def examine(store: Store, settings: Settings, now: datetime) -> tuple[str, list[str]]:
    """(report, findings): a finding is one sentence with what to do."""
    lines = [f"database: {settings.database}", f"key: {settings.key_file} (keep a copy elsewhere)"]
    findings = [*_files(settings), *_damage(store), *_aside(store), *_outbox(store, now)]
    findings += [*_overdue(store, now), *_old_copies(settings, now)]
    findings += [
        *_lost(store, settings, now),
        *_key(settings),
        *_copies(settings),
        *_left(settings),
    ]
    heard = store.fact(HEARD)
    if heard:
        lines.append(f"last heard of Telegram: {heard}")
        findings += _daily(settings, now)
    found = reach.kept(store) if settings.webhook else None
    if found:
        lines.append(found.line)
        findings += found.findings()
    depth, since = outbox.depth(store.db)
    lines.append(f"messages that wait: {depth}" + (f", since {since}" if since else ""))
    return "\n".join([*lines, *_goes(store, now), ""]), findings


def erasures(store: Store, settings: Settings) -> Iterator[str]:
    """Where the list of what was erased is less than it was, or the database is older than it.

    Asked before `trust.complete` mends both.
    """
    listed = f"{settings.database}.erased"
    if watermark.lacking(store):
        yield f"{listed} was missing or cut; it is written anew, of what the database knows."
    back = len(erasure.listed_alive(store))
    if back:
        yield (
            f"{back} things of {listed} were in the database, and are erased again; if that is "
            "an older file than it was, put the newest one back."
        )


def _lost(store: Store, settings: Settings, now: datetime) -> Iterator[str]:
    lost = store.fact(watermark.LOST)
    if lost and now.date() - date.fromisoformat(lost) <= timedelta(days=settings.keep.backups):
        yield (
            f"{settings.database}.erased was not whole on {lost}: a backup of before then may "
            "bring back what was erased; make a new one, and remove those."
        )


def _key(settings: Settings) -> Iterator[str]:
    keys = read_keys(settings.database, settings.key_file)
    if fitting(keys, settings.database) != keys[0]:
        yield (
            f"{settings.database} is not under the newest key; stop the guide, and run: "
            "opschaalgids rekey"
        )


def _files(settings: Settings) -> Iterator[str]:
    mode = settings.key_file.stat().st_mode & 0o077
    if mode:
        yield f"{settings.key_file} can be read by others; run: chmod 600 {settings.key_file}"


def _damage(store: Store) -> Iterator[str]:
    for problem in copies.problems(store.db.conn)[:3]:
        yield f"The database is damaged ({problem}); stop, and run: opschaalgids restore FILE"


def _aside(store: Store) -> Iterator[str]:
    waiting = dead_letters.waiting(store)
    if waiting[SHOWN:]:
        yield f"{len(waiting)} updates were set aside; the first {SHOWN} of them:"
    for found in waiting[:SHOWN]:
        name = f"Number {found.id} of {found.at} was set aside ({found.cause})"
        yield f"{name}; mend the cause, then run: opschaalgids doctor --retry"


def _outbox(store: Store, now: datetime) -> Iterator[str]:
    depth, since = outbox.depth(store.db)
    if since and now - datetime.fromisoformat(since) > LATE:
        yield f"{depth} messages wait since {since}; is opschaalgids telegram running?"
    for why, count in outbox.failures(store.db):
        yield f"{count} messages were refused ({why}); they stay in the database, unsent."


def _goes(store: Store, now: datetime) -> Iterator[str]:
    """What will go when, soonest first; and what is held."""
    agings = [aging for aging in retention.agings(store) if not aging.held]
    for aging in sorted(agings, key=lambda a: last_day(a, store.keeps, now))[:SHOWN]:
        kind = "finished" if aging.finished else "unfinished"
        goes = last_day(aging, store.keeps, now)
        told = f"announced {aging.warned} times" if aging.warned else "not announced yet"
        yield f"canvas {aging.canvas} ({kind}) goes on {goes:%Y-%m-%d}, {told}"
    if agings[SHOWN:]:
        yield f"and {len(agings) - SHOWN} canvases later"
    held = holds.standing(store)
    for hold in held[:SHOWN]:
        yield f"canvas {hold.canvas} is held by {hold.who} since {hold.at[:10]}: {hold.why}"
    if held[SHOWN:]:
        yield f"and {len(held) - SHOWN} more canvases are held"


def _overdue(store: Store, now: datetime) -> Iterator[str]:
    count = overdue(store, now - SWEPT)
    if count:
        yield (
            f"{count} things should have gone; run opschaalgids telegram, which does that every "
            "hour, or run: opschaalgids doctor --sweep"
        )


def _old_copies(settings: Settings, now: datetime) -> Iterator[str]:
    """Copies that hold what should be gone: of backup, and what a restore put aside."""
    before = now - timedelta(days=settings.keep.backups)
    aside = settings.database.parent.glob(f"{settings.database.name}.before-*")
    for path in [*catalogue.named(_folder(settings)), *sorted(aside)]:
        if path.stat().st_mtime < before.timestamp():
            yield f"{path} is older than {settings.keep.backups} days; remove it."


def _copies(settings: Settings) -> Iterator[str]:
    """The newest is proved; of the others that they have a manifest."""
    made, keys = catalogue.made(_folder(settings)), read_keys(settings.database, settings.key_file)
    for path in catalogue.named(_folder(settings)):
        if path not in made:
            yield f"{path} has no whole manifest, so it is no backup; make another, remove it."
    wrong = copies.fault(made[-1], keys) if made else ""
    if wrong:
        yield wrong


def _left(settings: Settings) -> Iterator[str]:
    for path in catalogue.Places(settings.database, settings.key_file, _folder(settings)).left():
        yield f"{path} was left by a program that was stopped; opschaalgids backup removes it."


def _daily(settings: Settings, now: datetime) -> Iterator[str]:
    made = catalogue.made(_folder(settings))
    if not made:
        yield "There is no backup beside the database; run daily: opschaalgids backup"
    elif now.timestamp() - made[-1].stat().st_mtime > OLD_COPY.total_seconds():
        yield f"The newest backup is {made[-1].name}; run daily: opschaalgids backup"


def _folder(settings: Settings) -> Path:
    return settings.database.parent / "backups"


def retry(conversation: Conversation, now: datetime) -> str:
    """Take again what was set aside, oldest first; what it came to, a line each."""
    lines = []
    for found in dead_letters.waiting(conversation.store):
        if found.update is None:
            lines.append(f"update {found.id}: cannot be read, stays aside")
            continue
        try:
            conversation.retry(found.id, found.update, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it still is
            lines.append(f"update {found.id}: fails again ({type(error).__name__})")
        else:
            lines.append(f"update {found.id}: taken")
    return "".join(f"{line}\n" for line in lines)
