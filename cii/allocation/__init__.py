"""Allocation: which place suits whom. Pure; knows no database.

Purpose: rank the places for one case by suitability minus bid price, with every part of the mark visible.
The mark is made of whole numbers, so that the same facts give the same order on every machine. A bid price
is what a place is worth to others (set by an allocation round; zero while there was none). Source:
allocation.md §1 (strict rank decides who, suitability decides where) and §2 (online).
"""
