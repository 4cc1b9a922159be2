"""Which instrument is proposed for a new bond with a provider, by how much is to be bought."""

from cii.agreements.vocabulary import Instrument


def proposed_instrument(placements: int, threshold: int) -> Instrument:
    """Case by case below `threshold` placements a year, an agreement from it on; a proposal, never a rule.

    Source: 000, §4.1 and §5: an agreement is worth its work where persons are placed regularly.
    """
    return Instrument.AGREEMENT if placements >= threshold else Instrument.CASE_BY_CASE
