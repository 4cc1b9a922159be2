"""Enterprise numbers of the demo's invented providers: well formed, with their check digit, of nobody."""

from zlib import crc32

from stdnum.ch.uid import calc_check_digit

_SPAN = 10**5
"""How many numbers from CHE-999.000.000 on are drawn."""
_NONE = "10"
"""What the check digit comes to where no number is given out."""


def uid_of(code: str) -> str:
    """The number of the provider with this code, as `CHE-999.123.456`; the same at each load."""
    at = crc32(code.encode())
    while (check := calc_check_digit(digits := f"999{at % _SPAN:05d}")) == _NONE:
        at += 1
    held = f"{digits}{check}"
    return f"CHE-{held[:3]}.{held[3:6]}.{held[6:]}"
