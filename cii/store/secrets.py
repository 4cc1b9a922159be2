"""Numbers that must not lie in clear: encryption at rest and a keyed hash for look-up."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def seal(secret: str, plain: str) -> str:
    """The text, encrypted and authenticated (AES-128-CBC with HMAC, as Fernet defines it)."""
    return Fernet(urlsafe_b64encode(_derived(secret, b"cii seal"))).encrypt(plain.encode()).decode()


def unseal(secret: str, sealed: str) -> str:
    """The text in clear; raises `cryptography.fernet.InvalidToken` when it was changed or the key differs."""
    return Fernet(urlsafe_b64encode(_derived(secret, b"cii seal"))).decrypt(sealed.encode()).decode()


def keyed_hash(secret: str, plain: str) -> str:
    """A hash that only the holder of the key can compute; the same text gives the same hash."""
    return hmac.new(_derived(secret, b"cii look-up"), plain.encode(), hashlib.sha256).hexdigest()
