"""Meetings of the coordination group and of the steering group (GP CII).

Owns: meetings with their day, agenda and minutes.
Source: mandate of the coordination group (002, annex 2), rules 1 to 4 and 6.
"""
