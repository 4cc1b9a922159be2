"""The coordination group and the steering group (GP CII): members, mandate, corrections, monthly data.

Owns: seats in both bodies, presidencies, mandates of analysis, corrective measures with their events, monthly
deliveries of the sectors.
Source: mandate of the coordination group (002, annex 2): point 3, tasks 2, 3, 8 and 9, rules 2, 3 and 6.
"""
