"""Payments as an ISO 20022 order of credit transfers: pain.001.001.09 by the Swiss Payment Standards.

One order per file, one debtor, payments in Swiss francs inside Switzerland and Liechtenstein (type D); the
bank's clearing number is read from the debtor's IBAN. Source: SIX, Implementation Guidelines for Credit
Transfers, version 2.1.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from cii.kernel.money import Chf
from cii.payments.adapters import CURRENCY, Head, Order, Party

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_NOTE = 140
"""Characters of the message to the creditor."""


class Pain:
    """Orders as XML."""

    def written(self, head: Head, orders: Sequence[Order]) -> dict[str, str]:
        """The file in its one form; `head.debtor` is who pays."""
        debtor = head.debtor
        if debtor is None:
            raise ValueError("an order of credit transfers names who pays")
        ET.register_namespace("", SPACE)
        root = ET.Element(f"{{{SPACE}}}Document")
        top = _below(root, "CstmrCdtTrfInitn")
        count, total = str(len(orders)), str(Chf.total(one.amount for one in orders))
        header = _below(top, "GrpHdr")
        _below(header, "MsgId", head.number)
        _below(header, "CreDtTm", f"{head.made_at:%Y-%m-%dT%H:%M:%SZ}")
        _below(header, "NbOfTxs", count)
        _below(header, "CtrlSum", total)
        _below(_below(header, "InitgPty"), "Nm", debtor.name)
        group = _below(top, "PmtInf")
        _below(group, "PmtInfId", head.number)
        _below(group, "PmtMtd", "TRF")
        _below(group, "BtchBookg", "true")
        _below(group, "NbOfTxs", count)
        _below(group, "CtrlSum", total)
        _below(_below(group, "ReqdExctnDt"), "Dt", head.made_on.isoformat())
        _party(group, "Dbtr", debtor)
        _below(_below(_below(group, "DbtrAcct"), "Id"), "IBAN", debtor.iban)
        clearing = _below(_below(_below(group, "DbtrAgt"), "FinInstnId"), "ClrSysMmbId")
        _below(_below(clearing, "ClrSysId"), "Cd", "CHBCC")
        _below(clearing, "MmbId", debtor.iban[4:9].lstrip("0"))
        for one in orders:
            _transfer(group, one)
        ET.indent(root)
        return {"xml": ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"}


def _transfer(group: ET.Element, order: Order) -> None:
    one = _below(group, "CdtTrfTxInf")
    names = _below(one, "PmtId")
    _below(names, "InstrId", order.key)
    _below(names, "EndToEndId", order.key)
    _below(_below(one, "Amt"), "InstdAmt", str(order.amount)).set("Ccy", CURRENCY)
    _party(one, "Cdtr", order.creditor)
    _below(_below(_below(one, "CdtrAcct"), "Id"), "IBAN", order.creditor.iban)
    _below(_below(one, "RmtInf"), "Ustrd", order.reference[:_NOTE])


def _party(above: ET.Element, name: str, party: Party) -> None:
    who = _below(above, name)
    _below(who, "Nm", party.name)
    address = _below(who, "PstlAdr")
    told = (
        ("StrtNm", party.street), ("BldgNb", party.house_number), ("PstCd", party.postcode),
        ("TwnNm", party.town), ("Ctry", party.country),
    )  # fmt: skip
    for part, text in told:
        if text:
            _below(address, part, text)


def _below(above: ET.Element, name: str, text: str = "") -> ET.Element:
    made = ET.SubElement(above, f"{{{SPACE}}}{name}")
    if text:
        made.text = text
    return made
