"""What can go wrong with the database, in one sentence for the operator."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher

from storage.database.place import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database.place import Place


class StoreError(Exception):
    """The database cannot be used: what happened, where, and what to do."""

    passing = False
    """Whether it may go by itself: whoever starts the program may start it again."""


class WrongKey(StoreError):  # noqa: N818 - or a damaged first page, which looks alike
    """The key does not open it; another line of the key file may."""


class StoreTrouble(StoreError):  # noqa: N818 - of the disk
    """The disk or a lock refuses for now. Nothing was kept: try again."""

    passing = True


class StoreDamaged(StoreError):  # noqa: N818 - on the disk
    """What is on the disk is not what was written: only a backup helps."""


class NotOurs(StoreError):  # noqa: N818 - any more
    """Another file or another program has taken this one's place: end, and keep nothing."""


class LeadLost(NotOurs):
    """Who leads by a lock lost the session that held it: another may lead, start again."""

    passing = True


class Outdated(Exception):  # noqa: N818 - no error: it is done again
    """Others wrote since, so what was remembered may be old: what was done with it is undone."""


# Errors that a program makes, not a disk.
OURS = (
    sqlcipher.IntegrityError, sqlcipher.ProgrammingError, sqlcipher.DataError,
    sqlcipher.InterfaceError, sqlcipher.NotSupportedError,
)  # fmt: skip
# What a disk says of the files beside the database where it would refuse that too.
PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}


@contextmanager
def told_apart() -> Iterator[None]:
    """A refusal of the disk or a lock as trouble; a broken file as damage; bugs as they are."""
    try:
        yield
    except (OSError, sqlcipher.DatabaseError) as error:
        found = told(error)
        raise found from found.__cause__


def told(error: BaseException) -> BaseException:
    """What an error is for the guide, or itself."""
    trouble: StoreError | None = None
    if isinstance(error, OSError):
        trouble = StoreTrouble(str(error.strerror)) if error.errno in PASSING else None
    elif isinstance(error, sqlcipher.OperationalError):
        trouble = StoreTrouble(str(error))
    elif isinstance(error, sqlcipher.DatabaseError) and not isinstance(error, OURS):
        trouble = StoreDamaged(str(error))
    if trouble is None:
        return error
    trouble.__cause__ = error
    return trouble


@contextmanager
def opening(database: Place) -> Iterator[None]:
    """What the disk or the database refuses of a file, as a StoreError that says what to do."""
    try:
        with in_one_sentence(database):
            yield
    except (PermissionError, FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise StoreError(_refused(database, error.strerror)) from error


@contextmanager
def in_one_sentence(database: Place) -> Iterator[None]:
    """What the database refuses while it is used; errors of other files stay what they are.

    What may pass by itself stays a StoreTrouble.
    """
    try:
        yield
    except StoreDamaged as error:
        raise StoreError(
            f"{database} is damaged ({error}); restore a backup with: opschaalgids restore FILE."
        ) from error
    except (sqlcipher.OperationalError, StoreTrouble) as error:
        raise StoreTrouble(_refused(database, error)) from error
    except sqlcipher.DatabaseError as error:
        raise StoreError(_refused(database, error)) from error


def _refused(database: Place, reason: object) -> str:
    if isinstance(database, Server):
        return f"{database} cannot be used ({reason}); check OPSCHAALGIDS_DATABASE, and the server."
    return (
        f"{database} cannot be used ({reason}); check that its folder can be written and has "
        "room, that no other program holds it, or set OPSCHAALGIDS_DATABASE elsewhere."
    )
