"""Who asks to see a case that is not theirs, who decides, and what was opened in an emergency.

Owns: requests for access with their answers, break-glass openings with their reviews. What a request opens is
a grant and a disclosure of the rooms below. Source: product.md §9 (bases), §10 (break-glass), P16; LPGA 32.

*What the asker learns.* A request says nothing about whether the person or a case exists, neither by its
answer nor by its time. Asking writes one row and looks nothing up; each minute the house carries waiting
requests to the units that lead open cases of that person, if there are any. The asker reads "transmitted"
until either a case is granted, or `access_request_days` are over: then, at Swiss midnight, "no access",
alike for a refusal, for silence and for nobody there. The state is told from the dates alone, no earlier
step of anybody moves it, so that a refusal on the first day shows on the last. A request may be taken back
at any time before, whatever was answered. After the last day nobody can grant any more.

*Break-glass* opens the open cases of one person to one account, for `break_glass_hours`, never medical data,
and restricted cases as well: the account is named by its own act, officer and coordination presidency look
at it afterwards, and somebody else than who opened reviews it.
"""
