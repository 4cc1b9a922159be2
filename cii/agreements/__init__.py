"""Providers and the agreements that bind them: what is bought, at which tariff, against which targets.

Owns: providers, agreements, their measures, tariffs, closures, objectives, indicators, deliverables; the
proration of a tariff over days. Source: 000 (federal guide, 44 indications, table 1), money.md §1; law: LACI
59cbis, OACI 81d, LAI 27.
"""
