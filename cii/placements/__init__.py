"""Placements: a person gets a place in a measure, and the money for it, both or neither.

Purpose: from the request to the exit: place, quota of the requesting line and commitment of every paying
line are taken in one transaction or not at all, with every reason at once; the provider answers; the exit is
kept with its contract. Facts owned: placements, their shares and commitments, their events, places per day,
waiting list. Nobody gets the last place twice: the database refuses it. Source: mandate of the coordination
group, task 7 (distribution of places within the sectors' budgets); product P6; allocation.md §3.
"""
