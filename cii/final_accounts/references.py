"""The creditor reference (ISO 11649) by which the bank's message tells what was paid back."""

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10


def creditor_reference(ref: str) -> str:
    """The creditor reference under which a payment back is recognised, out of a row's outward name."""
    body = ref.upper()
    made = f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"
    return str(iso11649.validate(made))


def ref_of(reference: str) -> str:
    """The outward name that a creditor reference carries."""
    return reference[4:].lower()
