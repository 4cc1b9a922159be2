"""How a provider is found: calls with specification, criteria and weights, offers, scoring by two.

Award; direct awards.

Facts owned: calls, their published criteria, offers, scores, awards and refusals with reasons.
Source: 000 §3.4, indications 40-44; product.md P17.
"""
