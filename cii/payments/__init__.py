"""Payments on their way: what each room owes leaves in files of the payment office, answers come back.

A payment is released in its own room, by two persons; here it leaves in one file at a time, is executed or
rejected, and leaves again only when somebody has released it again. Start reading with `sources.py`.
"""
