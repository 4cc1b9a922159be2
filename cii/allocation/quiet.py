"""The solver's own words go where errors go: at times it prints to standard output, which is ours."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_ONE_AT_A_TIME = Lock()
_OUT, _ERRORS = 1, 2


@contextmanager
def quiet() -> Iterator[None]:
    """Standard output of the process stands for standard error meanwhile; nothing written is lost."""
    with _ONE_AT_A_TIME:
        words = ctypes.CDLL(None)
        words.fflush(None)
        kept = os.dup(_OUT)
        os.dup2(_ERRORS, _OUT)
        try:
            yield
        finally:
            words.fflush(None)
            os.dup2(kept, _OUT)
            os.close(kept)
