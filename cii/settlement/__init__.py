"""From attendance to payment, and the nightly proof that everything agrees.

Owns: attendance, statements (décomptes) with explained lines, payments, reconciliation runs and findings.
Source: money.md §2 and §3; OACI 96 (attestation), 000 i.24 (absences).
"""
