"""The rounds in which the coordination group distributes places that several sectors share.

A round is opened for a term with the hash of its seed, computed as often as needed, steered by pins, approved
by a second member and then turned into reservations and commitments at once. Nothing of it is ever changed:
each run keeps its problem and its result whole, and recomputes to the same bytes.

Read first: `snapshot` (the facts of a day as a problem), `actions` (open, compute, cancel), `approving`.
Source: allocation.md §2; mandate of the coordination group (002), task 7.
"""
