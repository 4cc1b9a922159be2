"""What a bank answers in ISO 20022: the status of an order (pain.002), entries of an account (camt.053/054).

A status says what was rejected; an entry says what left the account, came in or came back. Only booked
entries count. Entries that carry no name of ours are of others and are counted. Both message versions in
use are read (2019 and 2009). Source: SIX, Implementation Guidelines for Status Report and for Cash
Management.
"""

from collections.abc import Iterator
from datetime import date

from cii.files.xml_reading import BrokenXml, Node, elements_of
from cii.kernel.money import Chf, NotMoney
from cii.payments.adapters import CURRENCY, Told
from cii.payments.rules import (
    AMOUNT,
    DAY,
    AnswerRow,
    GroupRejected,
    IncomingRow,
    MessageUnknown,
    NotAMessage,
    TransferUnreadable,
)
from cii.payments.vocabulary import TransferOutcome

_SPACE = "urn:iso:std:iso:20022:tech:xsd:"
_REJECTED, _SETTLED = "RJCT", "ACSC"
_RETURNED = "RRTN"
"""How the bank's own code calls money that comes back (PMNT/ICDT/RRTN)."""
_NOTHING = {"", "NOTPROVIDED"}


def told_by_message(data: bytes) -> Told:
    """What the message says; refuses NotAMessage, MessageUnknown."""
    try:
        root = elements_of(data)
    except BrokenXml as broken:
        raise NotAMessage(field="file", line=broken.line) from None
    message = root.children[0] if root.children else root
    if root.name == "Document" and root.space.startswith(_SPACE):
        kind = root.space.removeprefix(_SPACE)
        if kind.startswith("pain.002.001.") and message.name == "CstmrPmtStsRpt":
            return _statuses(message)
        if kind.startswith("camt.053.001.") and message.name == "BkToCstmrStmt":
            return _entries(message, "Stmt")
        if kind.startswith("camt.054.001.") and message.name == "BkToCstmrDbtCdtNtfctn":
            return _entries(message, "Ntfctn")
    raise MessageUnknown(field="file", found=(root.space or root.name).removeprefix(_SPACE)[:60])


def _statuses(message: Node) -> Told:
    header, whole = _at(message, "GrpHdr"), _at(message, "OrgnlGrpInfAndSts")
    told = Told(message=_words(header, "MsgId"))
    day = _day(_words(header, "CreDtTm")[:10])
    if day is None:
        found = _words(header, "CreDtTm")[:40]
        told.faults.append(TransferUnreadable(field=DAY, line=message.line, found=found))
        return told
    groups = list(message.all("OrgnlPmtInfAndSts"))
    parts = [one for group in groups for one in group.all("TxInfAndSts")]
    for one in (whole, *groups):
        if one and not parts and _words(one, "GrpSts", "PmtInfSts") == _REJECTED:
            told.groups.append(GroupRejected(one.line, _words(whole, "OrgnlMsgId"), day, _why(one)))
            return told
    for one in parts:
        status = _words(one, "TxSts")
        key, line = _words(one, "OrgnlEndToEndId"), one.line
        if status not in {_REJECTED, _SETTLED}:
            told.other += 1
            continue
        outcome = TransferOutcome.REJECTED if status == _REJECTED else TransferOutcome.EXECUTED
        reason = _why(one) if outcome is TransferOutcome.REJECTED else ""
        told.rows.append(AnswerRow(line, key, outcome, None, day, reason))
    return told


def _why(status: Node) -> str:
    """Code and words of a rejection, as the bank gives them."""
    told: list[str] = []
    for info in status.all("StsRsnInf"):
        told += [_words(_at(info, "Rsn"), "Cd", "Prtry"), *(one.text.strip() for one in info.all("AddtlInf"))]
    return " ".join(text for text in told if text)[:300] or _REJECTED


def _entries(message: Node, name: str) -> Told:
    told = Told(message=_words(_at(message, "GrpHdr"), "MsgId"))
    for account in message.all(name):
        for entry in account.all("Ntry"):
            _entry(told, entry)
    return told


def _entry(told: Told, entry: Node) -> None:
    details = [one for group in entry.all("NtryDtls") for one in group.all("TxDtls")]
    status = _at(entry, "Sts")
    booked = (_words(status, "Cd") or (status.text.strip() if status else "")) == "BOOK"
    if not booked or not details:
        told.other += max(1, len(details))
        return
    happened = _at(entry, "BookgDt")
    day = _day((_words(happened, "Dt") or _words(happened, "DtTm"))[:10])
    for n, one in enumerate(details, 1):
        _detail(told, entry, one, day, n if len(details) > 1 else 0)


def _detail(told: Told, entry: Node, one: Node, day: date | None, number: int) -> None:
    refs = _at(one, "Refs")
    credit = (_words(one, "CdtDbtInd") or _words(entry, "CdtDbtInd")) == "CRDT"
    key = _words(refs, "EndToEndId")
    reversal = _words(entry, "RvslInd") == "true"
    back = credit and key not in _NOTHING and (reversal or _is_return(one, entry))
    reference = "" if back or reversal else next(_references(one), "")
    if not back and (not reference if credit else reversal or key in _NOTHING):
        told.other += 1
        return
    amount, currency = _amount(one, entry, alone=not number)
    for name, held, found in ((AMOUNT, amount, ""), (DAY, day, "")):
        if held is None:
            told.faults.append(TransferUnreadable(field=name, line=one.line, found=found))
    if amount is None or day is None:
        return
    if back:
        info = _at(one, "RtrInf")
        code, words = _words(_at(info, "Rsn"), "Cd", "Prtry"), _words(info, "AddtlInf")
        why = " ".join(text for text in (code, words) if text)[:300] or _RETURNED
        told.rows.append(
            AnswerRow(one.line, key, TransferOutcome.RETURNED, amount, day, why, currency, of_an_account=True)
        )
    elif credit:
        bank = _words(refs, "AcctSvcrRef") or _words(entry, "AcctSvcrRef") or f"{told.message}/{one.line}"
        named = bank if _words(refs, "AcctSvcrRef") or not number else f"{bank}/{number}"
        told.incoming.append(IncomingRow(one.line, reference, amount, currency, day, named[:80]))
    else:
        row = AnswerRow(
            one.line, key, TransferOutcome.EXECUTED, amount, day, "", currency, of_an_account=True
        )
        told.rows.append(row)


def _is_return(one: Node, entry: Node) -> bool:
    """Whether a credit is a payment of ours that came back: its reason stands there, or the code says so."""
    code = _at(one, "BkTxCd") or _at(entry, "BkTxCd")
    family = _at(_at(code, "Domn"), "Fmly")
    return _at(one, "RtrInf") is not None or _words(family, "SubFmlyCd") == _RETURNED


def _references(one: Node) -> Iterator[str]:
    for info in one.all("RmtInf"):
        for strd in info.all("Strd"):
            text = _words(_at(strd, "CdtrRefInf"), "Ref")
            if text:
                yield text.replace(" ", "")


def _amount(one: Node, entry: Node, *, alone: bool) -> tuple[Chf | None, str]:
    own = _at(one, "Amt") or _at(_at(_at(one, "AmtDtls"), "TxAmt"), "Amt")
    held = own or (_at(entry, "Amt") if alone else None)
    if held is None:
        return None, CURRENCY
    try:
        return Chf.parse(held.text.strip()), held.get("Ccy", CURRENCY)
    except NotMoney:
        return None, CURRENCY


def _at(node: Node | None, name: str) -> Node | None:
    return node.first(name) if node is not None else None


def _words(node: Node | None, *names: str) -> str:
    return next((text for name in names if node is not None and (text := node.words(name))), "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None  # noqa: PLR2004 - 2026-12-01
    except ValueError:
        return None
