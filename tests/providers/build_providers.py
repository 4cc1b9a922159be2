"""Builders of what is known of a provider; they name only what matters."""

from datetime import date

from cii.providers.actions import AddLabel, AddSubcontractor, add_label, add_subcontractor

UID, OTHER_UID = "CHE-123.456.788", "CHE-200.000.018"


def a_label(work, provider, name="Qualité A", since=date(2025, 1, 1), last_day=date(2027, 12, 31)):
    return add_label(
        work,
        AddLabel(provider.ref, name, "Organe de certification", since, "certificat au classeur 4", last_day),
    )


def a_subcontractor(work, provider, share=40, uid=UID):
    return add_subcontractor(
        work, AddSubcontractor(provider.ref, "Sous-traitant", uid, "Transports", share, date(2026, 1, 1))
    )
