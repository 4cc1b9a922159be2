"""A settled year on paper, with the payment part of a Swiss QR invoice at its foot when something is owed.

The QR part is made by the library after the standard of SIX; its lettering is the one of this house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from qrbill import QRBill

from cii.documents.layout import Letterhead, Plain, framed, plain_fact, plain_table
from cii.documents.pdf import render
from cii.documents.table import Table, readable

_FRENCH = "fr"
_LANGUAGES = frozenset({"fr", "de", "en", "it"})


class _Bill(QRBill):  # type: ignore[misc]
    """The library's bill in the lettering that stands in this package."""

    font_family = "Source Sans Pro"


@dataclass(frozen=True, slots=True)
class QrPart:
    """What a QR invoice says: the creditor of the configuration, how much, for what.

    `creditor`: iban, name, street, house_number, postcode, city. `amount` as `1250.00`; `reference` after
    ISO 11649.
    """

    creditor: Mapping[str, str]
    amount: str
    reference: str
    words: str


def payment_part(part: QrPart, lang: str) -> str:
    """The payment part with its receipt, as SVG; the debtor's address is left to be filled in."""
    written = StringIO()
    the_bill(part, lang).as_svg(written)
    return written.getvalue()


def the_bill(part: QrPart, lang: str) -> QRBill:
    """The QR invoice as the library holds it: an IBAN with a creditor reference (SCOR)."""
    creditor = part.creditor
    return _Bill(
        account=creditor["iban"],
        creditor={
            "name": creditor["name"], "street": creditor["street"], "house_num": creditor["house_number"],
            "pcode": creditor["postcode"], "city": creditor["city"], "country": "CH",
        },
        amount=part.amount,
        reference_number=part.reference,
        additional_information=part.words[:140],
        language=lang if lang in _LANGUAGES else _FRENCH,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FinalAccountPage:
    """A settled year: facts (name, text), tables, notes; `qr` is the payment part as SVG or empty."""

    letterhead: Letterhead
    title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    qr: str = ""

    def plain(self, lang: str) -> Plain:
        """Its texts in the reader's language."""
        return {
            **framed(self.letterhead, self.title, "", "", lang),
            "subtitle": "",
            "facts": [plain_fact(name, text) for name, text in self.facts],
            "tables": [plain_table(one, lang) for one in self.tables],
            "notes": list(map(readable, self.notes)),
            "qr": self.qr,
        }


def final_account(page: FinalAccountPage, *, created: datetime, lang: str) -> bytes:
    """A settled year as PDF."""
    return render("final_account", page.plain(lang), created=created, lang=lang)
