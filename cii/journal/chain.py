"""The one hash chain of the house, over plain values: a link authenticates its fields and all before."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

import orjson

from cii.kernel.digest import canonical

GENESIS = "0" * 64
"""What the first link follows."""


def chain_key(secret: str) -> bytes:
    """The key of the chain, from the installation's journal key."""
    return hashlib.sha256(b"cii journal\0" + secret.encode()).digest()


def link(key: bytes, prev: str, fields: Sequence[object]) -> str:
    """HMAC-SHA256 over the previous link and the fields, in hexadecimal.

    Fields are text, whole numbers or None, written as a JSON list, so that no two lists read alike.
    """
    return hmac.digest(key, prev.encode() + orjson.dumps(fields), "sha256").hex()


def salted(payload: object) -> tuple[str, str, str]:
    """A fresh salt, the payload as canonical JSON, and the digest of both that goes into the chain."""
    salt, body = secrets.token_hex(16), canonical(payload).decode()
    return salt, body, payload_digest(salt, body)


def payload_digest(salt: str, body: str) -> str:
    """What the chain keeps of a payload: without the salt it tells nothing about the content."""
    return hashlib.sha256(f"{salt}\0{body}".encode()).hexdigest()
