"""Pure rules of the text: what does not belong to its profile."""

from cii.agreements.vocabulary import Profile
from cii.conventions.vocabulary import Part
from cii.kernel.errors import Refusal

ONLY_FOR = {Part.INSERTION: Profile.FR_IAE, Part.OUTCOME_PAY: Profile.BE_POIAS}
"""Parts that belong to one profile."""


class PartOfOtherProfile(Refusal):
    """The part belongs to the agreements of another profile."""

    code, kind = "part-of-other-profile", "unfit"


def parts_for(profile: Profile) -> tuple[Part, ...]:
    """The parts of an agreement of this profile, in the order of the text."""
    return tuple(part for part in Part if ONLY_FOR.get(part, profile) is profile)
