"""The coordination group and the steering group (GP CII): presidency, corrections, monthly data.

Owns: presidencies, corrective measures with their events, monthly deliveries of the sectors.
Source: mandate of the coordination group (002, annex 2): tasks 2, 3 and 8, rule 2.
"""
