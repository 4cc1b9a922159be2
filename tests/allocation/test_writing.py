import zlib

import pytest

from cii.allocation.engine import allocate
from cii.allocation.outcome import Policy
from cii.allocation.problem import Pin, ProblemFault, problem
from cii.allocation.vocabulary import PinKind, Who
from cii.allocation.writing import allocation_bytes, problem_bytes, read_allocation, read_problem
from tests.allocation.build_rounds import a_small_round


def with_a_pin(made):
    case = made.candidates[0].key
    return problem(
        made.candidates, made.measures, made.quotas, made.purses, made.options(), [Pin(case, PinKind.REFUSED)]
    )


@pytest.mark.parametrize("seed", range(15))
def test_a_written_problem_is_read_back_with_every_option_and_the_same_digest(seed):
    made = with_a_pin(a_small_round(seed))

    read = read_problem(problem_bytes(made))

    assert read == made
    assert read.digest == made.digest
    assert problem_bytes(read) == problem_bytes(made)


@pytest.mark.parametrize("who", Who)
def test_a_written_result_is_read_back_with_its_certificate_and_the_same_digest(who):
    for seed in range(4):
        made = allocate(with_a_pin(a_small_round(seed)), Policy(who))

        read = read_allocation(allocation_bytes(made))

        assert read == made
        assert read.digest == made.digest


def test_a_problem_without_candidates_is_kept_as_it_is():
    made = problem([], [], [], [], [])

    assert read_problem(problem_bytes(made)) == made


def test_a_kept_problem_that_somebody_changed_is_not_read():
    made = a_small_round(3)
    lot = made.candidates[0].lot.encode()
    forged = zlib.compress(zlib.decompress(problem_bytes(made)).replace(lot, lot[::-1]))

    with pytest.raises(ProblemFault):
        read_problem(forged)


@pytest.mark.parametrize("written", [b"", b"no bytes of ours", zlib.compress(b"[]"), zlib.compress(b"{}")])
def test_other_bytes_are_neither_problem_nor_result(written):
    with pytest.raises(ProblemFault):
        read_problem(written)
    with pytest.raises(ProblemFault):
        read_allocation(written)
