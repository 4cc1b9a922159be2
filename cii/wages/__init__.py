"""Participants' pay by one dated scale for all sectors, and wage subsidies by dated formula.

Owns: decisions on pay and subsidies with what they bind, each month's computed sums and their parts by payer
from the computing to the payment, and what measures say they paid. Source: money.md §2; product.md P7, AC7,
002 §1 (harmonised pay).
"""
