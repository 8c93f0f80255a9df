from edge_ml.derived.colors import BLACK, WHITE, label_color, text_color


def test_a_label_has_the_same_color_in_every_process_and_release() -> None:
    assert label_color("cat") == (6, 76, 249)


def test_labels_differ() -> None:
    labels = ["cat", "dog", "horse", "bird", "person", "kite", "unknown", "potato", "healthy"]
    assert len({label_color(label) for label in labels}) == len(labels)


def test_the_text_color_is_the_legible_one() -> None:
    assert text_color((255, 255, 0)) == BLACK
    assert text_color((20, 20, 160)) == WHITE
