from edge_ml.derived.colors import BLACK, WHITE, colour_of, ink_on


def test_a_label_has_the_same_colour_in_every_process_and_release() -> None:
    assert colour_of("cat") == (6, 76, 249)


def test_labels_differ() -> None:
    labels = ["cat", "dog", "horse", "bird", "person", "kite", "unknown", "potato", "healthy"]
    assert len({colour_of(label) for label in labels}) == len(labels)


def test_the_ink_is_what_can_be_read() -> None:
    assert ink_on((255, 255, 0)) == BLACK
    assert ink_on((20, 20, 160)) == WHITE
