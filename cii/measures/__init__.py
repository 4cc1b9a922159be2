"""Measures: the catalogue that mixed and single-sector programmes share.

Purpose: say which measures exist, for whom, by which eligibility rules, with how many places of which kind
from which date, and which part of them each funding line may use. Facts owned: measure, respondent service
(exactly one at any date), places, quotas, eligibility tables. A change of places or quotas is a new dated
row; history stays. "Mixed" is derived: at least two sectors hold a quota. Source: Neuchâtel CII report
2009-2013 §3 and annex 1 (places 204 → 199 → 194), mandate of the coordination group tasks 5 and 7, rule
"service répondant" (A2 §1).
"""
