"""How a situation finds its way: detection, triage, announcement, referral, each move of the case.

Owns: detection runs and detections, referrals, facts stated for an admission, observation contracts,
recognitions of social enterprises. Facts come from the rooms below (people, cases, workflow);
this is the highest room of the case's path, so an act that moves a case lives here.
Source: 002 §1 (everyday collaboration), §4 (systematic detection, common assessment); product.md P1–P3.
"""
