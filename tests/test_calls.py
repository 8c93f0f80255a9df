"""The number of AWS calls per image is bounded, and the whole batch shares them."""

from tests.benchmarks.calls import count, figures


def test_an_image_in_a_full_batch_costs_at_most_one_and_a_half_calls() -> None:
    (figure,) = figures()
    assert figure.at_most is not None
    assert figure.value <= figure.at_most


def test_ten_images_cost_as_many_calls_as_one_except_for_index_rows() -> None:
    more = count(10) - count(1)
    assert set(more) <= {"BatchWriteItem"}  # a call writes up to 25 rows
    assert more.total() <= 2
