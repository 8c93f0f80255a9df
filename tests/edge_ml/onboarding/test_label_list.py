from pathlib import Path

import pytest

from edge_ml.onboarding.label_list import LabelList, read_labels
from edge_ml.serving.trial.trial_error import TrialError


def written(folder: Path, text: str, name: str = "labels.txt") -> LabelList:
    (folder / name).write_text(text, encoding="utf-8")
    return read_labels(folder / name)


def test_one_a_line(tmp_path: Path) -> None:
    assert written(tmp_path, "tench, Tinca tinca\n  čička \r\n\n").fitting(2) == ("tench, Tinca tinca", "čička")


def test_a_mark_at_the_beginning_is_no_letter(tmp_path: Path) -> None:
    assert written(tmp_path, "\ufeffcat\ndog").names == ("cat", "dog")


@pytest.mark.parametrize("text", ['["cat", "dog"]', '{"1": "dog", "0": "cat"}'])
def test_json_lists_and_places(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, text, "labels.json").names == ("cat", "dog")


def test_a_remark_after_the_list_is_left_out_where_it_does_not_fit(tmp_path: Path) -> None:
    labels = written(tmp_path, "cat\ndog\n\nand 255 is to be ignored\n")
    assert labels.fitting(2) == ("cat", "dog")
    assert labels.fitting(3) == ("cat", "dog", "and 255 is to be ignored")


@pytest.mark.parametrize(("count", "hint"), [(3, "One is missing"), (1, "One is too many"), (9, "holds 2.")])
def test_a_count_that_does_not_match_names_both_numbers(tmp_path: Path, count: int, hint: str) -> None:
    with pytest.raises(TrialError, match=rf"has {count} labels and labels\.txt holds 2\.") as caught:
        written(tmp_path, "cat\ndog").fitting(count)
    assert (caught.value.code, hint in caught.value.detail) == ("label_count", True)


@pytest.mark.parametrize("text", ["", "\n\n", "[]", "3", '{"cat": "x"}', "["])
def test_a_file_without_labels_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TrialError) as caught:
        written(tmp_path, text, "labels.json" if text[:1] in "[{3" and text.strip() else "labels.txt")
    assert caught.value.code == "labels_unreadable"
