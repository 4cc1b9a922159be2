"""Passwords (argon2id) and random tokens, of which only hashes are kept."""

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hashed(secrets.token_hex(16))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes as long when there is no account or no password."""
    try:
        right = _hasher.verify(password_hash or _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and password_hash is not None


def new_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token; the token itself has enough entropy to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
