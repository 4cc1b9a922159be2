"""Talks on reports, and the visits that follow them (000, indications 36 and 37).

A talk is planned as the agreement says, held, minuted by its purposes and remarked on by the provider; a
visit of one's own comes second: after a report and a talk, by the agreement's criteria, with its reason.
"""
