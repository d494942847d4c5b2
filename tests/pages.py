"""What stands on the disk when somebody has the key: each page decrypted, also what is free."""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PAGE, IV, RESERVE = 4096, 16, 48
"""SQLCipher 4: at the end of each page 16 bytes to begin with and 32 that hold it true."""

LOG_HEADER, FRAME_HEADER = 32, 24


def decrypted(database: Path, key: str) -> bytes:
    """All pages of the database, and all frames of its log, those overtaken too."""
    log = database.with_name(f"{database.name}-wal")
    found = database.read_bytes()
    pages = [found[at : at + PAGE] for at in range(0, len(found), PAGE)]
    frames = log.read_bytes()[LOG_HEADER:] if log.exists() else b""
    size = FRAME_HEADER + PAGE
    logged = [frames[at : at + size] for at in range(0, len(frames), size)]
    first = [pages[:1], [frame[FRAME_HEADER:] for frame in logged if frame[:4] == b"\0\0\0\1"]]
    others = [pages[1:], [frame[FRAME_HEADER:] for frame in logged if frame[:4] != b"\0\0\0\1"]]
    return b"".join(
        [*(_plain(page, key, 16) for some in first for page in some),
         *(_plain(page, key, 0) for some in others for page in some)]
    )  # fmt: skip


def _plain(page: bytes, key: str, salt: int) -> bytes:
    """AES-256 in the library that Python's own hashes come from."""
    crypto = _library()
    body, start = page[salt : PAGE - RESERVE], page[PAGE - RESERVE : PAGE - RESERVE + IV]
    out, length = ctypes.create_string_buffer(len(body) + 32), ctypes.c_int(0)
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    crypto.EVP_DecryptInit_ex(
        context, ctypes.c_void_p(crypto.EVP_aes_256_cbc()), None, bytes.fromhex(key), start
    )
    crypto.EVP_CIPHER_CTX_set_padding(context, 0)
    done = crypto.EVP_DecryptUpdate(context, out, ctypes.byref(length), body, len(body))
    crypto.EVP_CIPHER_CTX_free(context)
    assert (done, length.value) == (1, len(body))
    return out.raw[: length.value]


def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("crypto")
    if name is None:
        pytest.skip("there is no libcrypto here to decrypt pages with")
    crypto = ctypes.CDLL(name)
    for function in ("EVP_CIPHER_CTX_new", "EVP_aes_256_cbc"):
        getattr(crypto, function).restype = ctypes.c_void_p
    return crypto
