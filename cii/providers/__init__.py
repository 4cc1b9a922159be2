"""What is known of providers: number, legal form, labels and attestations with validity.

Subcontractors, staff notices.

Facts owned: labels, attestations, subcontractors, notices on staff. The provider's row itself stands in
`agreements`.
Source: 000 §2.1, indications 17, 21, 24, 32; LACI 59cbis (AC8).
"""
