"""From attendance to payment.

Owns: attendance, statements (décomptes) with explained lines, payments.
Source: money.md §2; OACI 96 (attestation), 000 i.24 (absences).
"""
