"""Files that rows name: kept while a transaction writes the row, swept when no row names them.

A file is written before its row is committed: a request that is refused afterwards, or a process that is
killed in between, leaves bytes that nothing names. The sweep of the night takes them away. Whoever keeps,
erases or sweeps bytes holds their name until its transaction ends: no sweep takes what is being attached.
"""

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path

from cii.documents import store
from cii.documents.store import FileRef
from cii.store.locks import one_at_a_time
from cii.store.work import Work

_AT_ONCE = 500

Named = Callable[[Collection[str]], set[str]]
"""Which of these hashes rows name."""


def keep(work: Work, root: Path, data: bytes, media_type: str) -> FileRef:
    """Keep the bytes for a row that this transaction writes."""
    hold(work, hashlib.sha256(data).hexdigest())
    return store.put(root, data, media_type)


def hold(work: Work, sha256: str) -> None:
    """Be alone with the bytes of this hash until the transaction ends."""
    one_at_a_time(work.session, f"file {sha256}")


def sweep(work: Work, root: Path, named: Named) -> int:
    """Erase what lies below `root` and no row names, halves of files included; returns how many."""
    gone = 0
    found = list(store.kept(root))
    for at in range(0, len(found), _AT_ONCE):
        some = found[at : at + _AT_ONCE]
        whole = {one.sha256 for one in some if one.whole}
        orphans = whole - named(whole)
        for one in some:
            if one.whole and one.sha256 not in orphans:
                continue
            hold(work, one.sha256)
            if not one.whole or not named([one.sha256]):
                gone += store.remove(one)
    return gone
