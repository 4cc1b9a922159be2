"""Who is told what: one row per notice, and a mail through the outbox that says no more than "look".

Owns: notices. A mail carries no personal data beyond a link. Source: product.md §10, issue text on
notifications.
"""
