"""Files written beside, synced and renamed: whole or not there, and for their owner only.

What a killed program leaves has a name of its own, `NAME.xxxxxxxx.part`. Whoever
fills one holds a lock on it, so that no other program takes it for a leftover.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from storage.database.errors import StoreError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPANIONS = ("", "-wal", "-shm", "-journal")  # what SQLite puts beside a database
# The name of a leftover: of which file, and of which version of this program.
PART = r"(?:{}){}\.part(?:-wal|-shm|-journal)?"
# Without digits a name may be somebody else's: a browser's, of what it still loads.
DIGITS, EARLIER = r"\.[0-9a-f]{8}", r"(?:\.[0-9a-f]{8})?"
# What follows the name of a database or a key in the names of the files that go with it.
OWN = r"(?:-wal|-shm|-journal|\.erased|\.lock|\.before-.*|(?:\..*)?\.part.*)?"
BACKUP = r"opschaalgids-\d{8}-\d{6}"  # the name of a copy and of its manifest, without the ending
# How a file system says that it has no second names for a file.
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def write(path: Path, content: bytes, *, over: bool = True) -> None:
    """All of it or nothing, on the disk when this returns.

    `over`: in place of a file that stands there; else that is a FileExistsError.
    """
    with beside(path, over=over) as part:
        part.write_bytes(content)


@contextmanager
def beside(path: Path, *, over: bool = True) -> Iterator[Path]:
    """An empty file that becomes `path` when the block ends well, and goes when it does not."""
    _refuse_odd(path)
    clear(path.parent, re.escape(path.name), form=DIGITS)
    handle, part = _begun(path)
    try:
        yield part
        os.fsync(handle)
        if sys.platform == "win32":  # it renames no open file
            os.close(handle)
            handle = -1
        _named(part, path, over=over)
        sync_folder(path.parent)
    finally:
        _remove(part)
        if handle >= 0:
            os.close(handle)


def _refuse_odd(path: Path) -> None:
    """A link leads elsewhere, and what is no file cannot be replaced by one."""
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise StoreError(f"{path} is a link to elsewhere; name a file itself.")
        if not stat.S_ISREG(mode):
            raise StoreError(f"{path} is no file; name a file.")


def _begun(path: Path) -> tuple[int, Path]:
    while True:
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with suppress(OSError):  # where a file system has no locks, leftovers are let be
            if not _claims(handle, part):
                os.close(handle)
                continue
        return handle, part


def _claims(handle: int, path: Path) -> bool:
    """Whether the file is this process's now, and still has its name."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _named(part: Path, path: Path, *, over: bool) -> None:
    """A second name first: a rename would go over what another program put there meanwhile."""
    if over:
        part.replace(path)
    else:
        link(part, path)


def link(path: Path, other: Path) -> None:
    """A second name for a file, instead of its first where a file system has no such names.

    Raises FileExistsError where something has that name.
    """
    try:
        os.link(path, other)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if other.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(other)) from None
        path.rename(other)


def settle(path: Path) -> None:
    """On the disk when this returns; where a system allows, what reads it next reads the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if sys.platform == "linux":
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """A new file's name is safe only when its folder is; Windows cannot and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---------------------------------------------------------------- leftovers


def leftovers(folder: Path, names: str, *, form: str = EARLIER) -> list[Path]:
    """What killed programs left of the files with such a name, a regular expression."""
    part = re.compile(PART.format(names, form))
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in found if part.fullmatch(p.name) and _dead(_main(p)))


def clear(folder: Path, names: str, *, form: str = EARLIER) -> list[Path]:
    """Remove them; those that went. One that somebody is filling stays."""
    found = leftovers(folder, names, form=form)
    for main in {_main(path) for path in found}:
        with _claimed(main) as ours:
            if ours:
                _remove(main)
    return [path for path in found if not path.exists()]


def _main(part: Path) -> Path:
    return part.with_name(part.name.rpartition(".part")[0] + ".part")


def _dead(part: Path) -> bool:
    with _claimed(part) as ours:
        return ours


@contextmanager
def _claimed(part: Path) -> Iterator[bool]:
    """Whether nobody fills it; nobody begins to while this lasts."""
    try:
        handle = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:  # where it is missing, what SQLite put beside it may be left
        yield isinstance(error, FileNotFoundError)
        return
    try:
        ours = False
        with suppress(OSError):
            ours = _claims(handle, part)
        yield ours
    finally:
        os.close(handle)


def _remove(part: Path) -> None:
    for ending in COMPANIONS:
        with suppress(PermissionError):  # Windows: somebody has it open
            part.with_name(part.name + ending).unlink(missing_ok=True)


# ---------------------------------------------------------------- what is not written over


def refuse_own(path: Path, database: Path, key_file: Path) -> None:
    """Raises StoreError where `path` is, or would be, something that the guide lives on."""
    if re.fullmatch(rf"{BACKUP}.*", path.name, re.IGNORECASE) or any(
        _belongs(path, own) for own in (database, key_file)
    ):
        raise StoreError(f"{path} is a file that opschaalgids lives on; choose another.")


def _belongs(path: Path, own: Path) -> bool:
    """By its name in the same folder, whatever way leads there, or as one more name of it."""
    if path.exists() and own.exists() and path.samefile(own):
        return True
    return any(
        re.fullmatch(re.escape(one.name) + OWN, path.name, re.IGNORECASE)
        and _same(path.parent, one.parent)
        for one in (own, own.resolve())
    )


def _same(one: Path, other: Path) -> bool:
    if one.is_dir() and other.is_dir():
        return one.samefile(other)
    return one.resolve() == other.resolve()
