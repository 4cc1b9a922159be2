"""The lot: who comes first of two who are equal, drawn by a seed that was bound before anyone asked.

HMAC-SHA256 of the case under the round's seed. The seed's own hash is published when the round opens, the
seed itself in the report: whoever holds both recomputes every lot.
"""

import hmac
from hashlib import sha256


def lot(seed: str, case: str) -> str:
    """The lot of a case, 64 hexadecimal digits; the smaller one comes first."""
    return hmac.new(bytes.fromhex(seed), case.encode(), sha256).hexdigest()


def commitment(seed: str) -> str:
    """What is published of a seed when the round opens."""
    return sha256(bytes.fromhex(seed)).hexdigest()
