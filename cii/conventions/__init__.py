"""The text of an agreement: what the guide's table 1 asks for, how it was negotiated, what each version said.

Facts owned: the parts of a text, its editions, the rounds of its negotiation, the signatures under it. What
other
rooms count on (objectives, indicators, deliverables, tariffs, what is bought) are rows of `agreements`;
here the whole
is read as one value.
Read first: `parts` (what a text may say), `whole` (an agreement as one value), `writing`.
Source: 000 (federal guide), table 1 and §4.1; OACI 81d; 003 (four axes, means, trajectory).
"""
