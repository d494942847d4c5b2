"""`opschaalgids doctor`: what is wrong with this installation, where, and what to do about it."""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands import channel_report, copies_report
from bot.commands.base import as_it_is
from bot.config import Settings, read_settings
from bot.engine.conversation import Conversation
from bot.engine.sweep import sweep
from bot.mistake import FOUND, refuse_none
from bot.output import write
from flows.expiry import last_day
from storage import health
from storage.backups.series import Series
from storage.conversations import dead_letters
from storage.database.errors import StoreError
from storage.privacy import watermark

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from storage.health import Examination
    from storage.store import Store

LATE = timedelta(minutes=10)  # a message that waits longer is not on its way
SHOWN = 10  # canvases that the report names
SWEPT = timedelta(hours=2)  # the running program sweeps every hour
OLD_COPY = timedelta(hours=26)  # a day, and time for a backup that begins a little later


def add(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument("--retry", action="store_true", help="take again what was set aside")
    doctor.add_argument("--sweep", action="store_true", help="delete what is overdue, once")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    settings = read_settings()
    refuse_none(settings)
    with as_it_is(settings) as store:
        logging.getLogger("opschaalgids.erased").disabled = True  # it is among the findings
        findings = [*_erasures(store, settings)]
        if not watermark.settled(store):
            Conversation(store).complete(now(settings.timezone))
        if options.retry:
            write(sys.stdout, _retried(Conversation(store), now(settings.timezone)))
        if options.sweep:
            sweep(Conversation(store), now(settings.timezone))
        report, found = _examined(store, settings, now(settings.timezone))
    write(sys.stdout, report)
    for finding in (findings := [*findings, *found]):
        write(sys.stderr, f"{finding}\n")
    return FOUND if findings else 0


def _retried(conversation: Conversation, at: datetime) -> str:
    """Take again what was set aside, oldest first; what it came to, a line each."""
    lines = []
    for found in dead_letters.waiting(conversation.store):
        if found.update is None:
            lines.append(f"update {found.id}: cannot be read, stays aside")
            continue
        try:
            conversation.retry(found.id, found.update, at)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it still is
            lines.append(f"update {found.id}: fails again ({type(error).__name__})")
        else:
            lines.append(f"update {found.id}: taken")
    return "".join(f"{line}\n" for line in lines)


def _examined(store: Store, settings: Settings, at: datetime) -> tuple[str, list[str]]:
    """(report, findings): a finding is one sentence with what to do."""
    where = settings.database, settings.key_file
    places = None if settings.server else Series(*where, settings.database.parent / "backups")
    minutely = Series(*where, settings.copies, along=True) if settings.copies else None
    found = health.examine(store, places, minutely, late=at - SWEPT)
    lines = [f"database: {settings.place}"]
    if not settings.server:
        lines.append(f"key: {settings.key_file} (keep a copy elsewhere)")
    lines += found.server[0]
    findings = [*_database(settings, found), *_messages(found, at), *_overdue(settings, found, at)]
    findings += [*_key(settings, found, at), *_copies(found)]
    if found.minutely:
        told, wrong = copies_report.told(found, settings, at)
        lines, findings = lines + told, findings + wrong
    elif channel_report.heard_of(store, settings) and not settings.server:
        findings += _daily(found, at)
    told, wrong = channel_report.told(store, settings)
    lines, findings = lines + told, findings + wrong
    since = f", since {found.since}" if found.since else ""
    lines.append(f"messages that wait: {found.waiting}{since}")
    return "\n".join([*lines, *_goes(store, found, at), ""]), findings


def _erasures(store: Store, settings: Settings) -> Iterator[str]:
    """Where the list of what was erased is less than it was, or the database is older than it."""
    path = f"{settings.place}.erased"
    lacking, alive = health.lost_erasures(store)
    if lacking:
        yield f"{path} was missing or cut; it is written anew, of what the database knows."
    if alive:
        yield (
            f"{alive} things of {path} were in the database, and are erased again; if that "
            "is an older file than it was, put the newest one back."
        )


def _database(settings: Settings, found: Examination) -> Iterator[str]:
    if not settings.server and settings.key_file.stat().st_mode & 0o077:
        yield f"{settings.key_file} can be read by others; run: chmod 600 {settings.key_file}"
    yield from found.server[1]
    for problem in found.damage[:3]:
        yield f"The database is damaged ({problem}); stop, and run: opschaalgids restore FILE"
    if found.aside[SHOWN:]:
        yield f"{len(found.aside)} updates were set aside; the first {SHOWN} of them:"
    for one in found.aside[:SHOWN]:
        name = f"Number {one.id} of {one.at} was set aside ({one.cause})"
        yield f"{name}; mend the cause, then run: opschaalgids doctor --retry"


def _messages(found: Examination, at: datetime) -> Iterator[str]:
    since = found.since
    if since and at - datetime.fromisoformat(since) > LATE:
        yield f"{found.waiting} messages wait since {since}; is the guide running?"
    for why, count in found.refused:
        yield f"{count} messages were refused ({why}); they stay in the database, unsent."


def _overdue(settings: Settings, found: Examination, at: datetime) -> Iterator[str]:
    """What should be gone, also from copies: of backup, and what a restore put aside."""
    if found.overdue:
        yield (
            f"{found.overdue} things should have gone; run opschaalgids serve, which does "
            "that every hour, or run: opschaalgids doctor --sweep"
        )
    before = at - timedelta(days=settings.keep.backups)
    aside = settings.database.parent.glob(f"{settings.database.name}.before-*")
    for path in [*found.named, *sorted(aside)]:
        if path.stat().st_mtime < before.timestamp():
            yield f"{path} is older than {settings.keep.backups} days; remove it."


def _key(settings: Settings, found: Examination, at: datetime) -> Iterator[str]:
    if found.lost and at.date() - found.lost <= timedelta(days=settings.keep.backups):
        yield (
            f"{settings.place}.erased was not whole on {found.lost}: a backup of before then "
            "may bring back what was erased; make a new one, and remove those."
        )
    if not found.current:
        yield (
            f"{settings.database} is not under the newest key; stop the guide, and run: "
            "opschaalgids rekey"
        )


def _copies(found: Examination) -> Iterator[str]:
    for path in found.named:
        if not any(path in folder.made for folder in found.folders):
            yield f"{path} has no whole manifest, so it is no backup; make another, remove it."
    for folder in found.folders:
        if folder.wrong:
            yield folder.wrong
    for path in found.copies.left:
        yield f"{path} was left by a program that was stopped; opschaalgids backup removes it."


def _daily(found: Examination, at: datetime) -> Iterator[str]:
    made = found.copies.made
    if not made:
        yield "There is no backup beside the database; run daily: opschaalgids backup"
    elif at.timestamp() - made[-1].stat().st_mtime > OLD_COPY.total_seconds():
        yield f"The newest backup is {made[-1].name}; run daily: opschaalgids backup"


def _goes(store: Store, found: Examination, at: datetime) -> Iterator[str]:
    """What will go when, soonest first; and what is held."""
    agings = [aging for aging in found.agings if not aging.held]
    for aging in sorted(agings, key=lambda a: last_day(a, store.keeps, at))[:SHOWN]:
        kind = "finished" if aging.finished else "unfinished"
        goes = last_day(aging, store.keeps, at)
        told = f"announced {aging.warned} times" if aging.warned else "not announced yet"
        yield f"canvas {aging.canvas} ({kind}) goes on {goes:%Y-%m-%d}, {told}"
    if agings[SHOWN:]:
        yield f"and {len(agings) - SHOWN} canvases later"
    for hold in found.held[:SHOWN]:
        yield f"canvas {hold.canvas} is held by {hold.who} since {hold.at[:10]}: {hold.why}"
    if found.held[SHOWN:]:
        yield f"and {len(found.held) - SHOWN} more canvases are held"
