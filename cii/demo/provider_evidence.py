"""What the demo's providers can show: labels in force, one that has run out, attestations of the year."""

from datetime import UTC, date, datetime

from cii.agreements.vocabulary import LegalForm
from cii.demo.directory import PROVIDERS, House
from cii.demo.sheet import Sheet
from cii.providers.vocabulary import AttestationKind

_RECORDED = datetime(2026, 7, 2, 9, tzinfo=UTC)
_STANDARD, _CODE = "Norme de qualité Insertion Suisse", "Swiss Foundation Code"
_RUN_OUT = "VALLON"
"""Whose label has run out this summer."""
_ATTESTED = (
    (AttestationKind.ICS, date(2026, 6, 24)),
    (AttestationKind.RISK_MANAGEMENT, date(2026, 6, 24)),
    (AttestationKind.AUDIT, date(2026, 4, 22)),
)


def put_evidence(house: House, sheet: Sheet) -> None:
    """Write labels and attestations of each provider, entered by the contract manager."""
    author = house.accounts["lmmt.contrats"]
    with sheet.apart("evidence"):
        for one in PROVIDERS:
            provider = house.providers[one.code]
            labels = [(_STANDARD, date(2023, 9, 1), date(2026, 9, 1) if one.code == _RUN_OUT else None)]
            if one.legal_form is LegalForm.FOUNDATION:
                labels.append((_CODE, date(2024, 1, 1), None))
            for name, since, until in labels:
                sheet.put(
                    "provider_label", provider_id=provider, name=name, issuer="Organisme de certification",
                    valid_from=since, valid_to=until, evidence="Certificat au dossier du prestataire",
                    recorded_at=_RECORDED, account_id=author,
                )  # fmt: skip
            for kind, day in _ATTESTED:
                sheet.put(
                    "provider_attestation", provider_id=provider, kind=kind, attested_on=day,
                    issuer="Organe de révision", evidence="Attestation au dossier du prestataire",
                    recorded_at=_RECORDED, account_id=author,
                )  # fmt: skip
