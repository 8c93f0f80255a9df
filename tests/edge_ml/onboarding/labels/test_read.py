"""Label files as trainers, labeling tools and exporters write them."""

import json
import zipfile
from pathlib import Path

import pytest

from edge_ml.onboarding.labels.label_list import LabelList, unnamed
from edge_ml.onboarding.labels.read import labels_from_metadata, read_labels
from edge_ml.serving.trial.trial_error import TrialError

CAT, DOG, BIRD = NAMES = ("cat", "dog", "bird")


def written(folder: Path, content: str | bytes, name: str = "labels.txt") -> LabelList:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_labels(folder / name)


THREE = {
    "one a line": ("labels.txt", "cat\ndog\nbird\n"),
    "one a line, from Windows": ("labels.txt", b"\xef\xbb\xbfcat\r\ndog\r\nbird\r\n"),
    "UTF-16": ("labels.txt", "cat\ndog\nbird".encode("utf-16")),
    "Darknet": ("coco.names", "cat\ndog\nbird\n"),
    "Teachable Machine": ("labels.txt", "0 cat\n1 dog\n2 bird\n"),
    "numbered from 1": ("classes.txt", "1 cat\n2 dog\n3 bird\n"),
    "numbered with colons, shuffled": ("labels.txt", "1: dog\n0: cat\n2: bird\n"),
    "numbered with tabs": ("labels.txt", "0\tcat\n1\tdog\n2\tbird"),
    "WordNet": ("synset_words.txt", "n02123045 cat\nn02085620 dog\nn01503061 bird\n"),
    "JSON list": ("labels.json", '["cat", "dog", "bird"]'),
    "JSON in capitals": ("LABELS.JSON", '["cat", "dog", "bird"]'),
    "JSON without its suffix": ("labels", '["cat", "dog", "bird"]'),
    "JSON by index": ("labels.json", '{"1": "dog", "0": "cat", "2": "bird"}'),
    "JSON from 1": ("labels.json", '{"1": "cat", "2": "dog", "3": "bird"}'),
    "torchvision": ("class_to_idx.json", '{"cat": 0, "bird": 2, "dog": 1}'),
    "Keras": (
        "imagenet_class_index.json",
        '{"0": ["n02123045", "cat"], "1": ["n02085620", "dog"], "2": ["n01503061", "bird"]}',
    ),
    "Hugging Face": ("config.json", '{"architectures": ["ViT"], "id2label": {"0": "cat", "1": "dog", "2": "bird"}}'),
    "Hugging Face by label": ("config.json", '{"label2id": {"cat": 0, "dog": 1, "bird": 2}, "num_labels": 3}'),
    "timm": ("config.json", '{"architecture": "x", "num_classes": 3, "label_names": ["cat", "dog", "bird"]}'),
    "Teachable Machine's metadata": ("metadata.json", '{"packageName": "tm", "labels": ["cat", "dog", "bird"]}'),
    "COCO": (
        "instances.json",
        '{"images": [], "annotations": [], "categories": [{"id": 7, "name": "bird"}, {"id": 1, "name": "cat"},'
        ' {"id": 3, "name": "dog"}]}',
    ),
    "categories alone": (
        "categories.json", '[{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}, {"id": 2, "name": "bird"}]'
    ),
    "Label Studio's notes": (
        "notes.json", '{"categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}, {"id": 2, "name": "bird"}],'
        ' "info": {"year": 2026}}',
    ),
    "Label Studio's configuration": (
        "config.xml",
        '<View><Image name="i" value="$image"/><RectangleLabels name="l" toName="i"><Label value="cat"/>'
        '<Label value="dog"/><Label value="bird"/></RectangleLabels></View>',
    ),
    "Label Studio's parsed configuration": (
        "config.json", '{"label": {"type": "RectangleLabels", "labels": ["cat", "dog", "bird"]}}'
    ),
    "Roboflow": ("data.yaml", "train: ../train/images\nnc: 3\nnames: ['cat', 'dog', 'bird']\n"),
    "Ultralytics": ("data.yaml", "path: x\nnames:\n  0: cat\n  1: dog\n  2: bird\n"),
    "Ultralytics as text": ("data.txt", "names:\n- cat\n- dog\n- bird\n"),
    "YAML by label": ("labels.yml", "cat: 0\ndog: 1\nbird: 2\n"),
    "TensorFlow": ("label_map.pbtxt", "item {\n  id: 2\n  name: 'dog'\n}\nitem { id: 1 name: \"cat\" }\n"
                   "item {id: 3\n name: '/m/015p6' display_name: 'bird'}"),
    "CSV": ("classes.csv", "label\ncat\ndog\nbird\n"),
    "CSV with indices": ("class_map.csv", "index,mid,display_name\n1,/m/b,dog\n0,/m/a,cat\n2,/m/c,bird\n"),
    "CSV with semicolons": ("classes.csv", "id;name\n0;cat\n1;dog\n2;bird\n"),
    "Roboflow's several labels": ("_classes.csv", "filename, cat, dog, bird\na.jpg, 1, 0, 0\nb.jpg, 0, 1, 1\n"),
    "Edge Impulse's header": (
        "model_variables.h",
        'const char* ei_classifier_inferencing_categories_1[] = { "cat", "dog", "bird" };\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), THREE.values(), ids=THREE)
def test_every_usual_form_is_read(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert written(tmp_path, content, name).fitting(3) == NAMES


def test_edge_impulse_s_files_give_their_labels_in_alphabetical_order(tmp_path: Path) -> None:
    files = [{"path": f"{label}.jpg", "label": {"type": "label", "label": label}} for label in (DOG, CAT, DOG, BIRD)]
    content = json.dumps({"version": 1, "files": files})
    assert written(tmp_path, content, "info.labels").fitting(3) == (BIRD, CAT, DOG)


@pytest.mark.parametrize("inside", ["annotations/instances_val.json", "set/train/_annotations.coco.json"])
def test_an_archive_of_a_dataset_holds_its_labels(tmp_path: Path, inside: str) -> None:
    categories = [{"id": n, "name": name} for n, name in enumerate(NAMES, 1)]
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr(inside.replace("_annotations.coco", "annotations"), json.dumps({"categories": categories}))
        archive.writestr("images/1.jpg", b"\xff\xd8")
    assert read_labels(tmp_path / "set.zip").fitting(3) == NAMES


def test_an_archive_without_labels_names_what_it_could_hold(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr("images/1.jpg", b"\xff\xd8")
    with pytest.raises(TrialError, match=r"without a label file, such as data\.yaml"):
        read_labels(tmp_path / "set.zip")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gaps.json", '{"0": "cat", "2": "dog"}'),
        ("nulls.json", '{"0": "cat", "1": null, "2": "dog"}'),
        ("nulls.json", '["cat", null, "dog"]'),
        ("gaps.txt", "0 cat\n2 dog\n"),
        ("gaps.yaml", "names:\n  0: cat\n  2: dog\n"),
        ("label_map.json", '{"cat": 0, "dog": 2}'),
        ("labelmap.txt", "cat\n???\ndog"),
    ],
)
def test_a_gap_keeps_its_place(tmp_path: Path, name: str, content: str) -> None:
    labels = written(tmp_path, content, name)
    assert labels.fitting(3) == (CAT, unnamed(1), DOG)
    with pytest.raises(TrialError, match=r"has 2 labels and .* holds 3\."):
        labels.fitting(2)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (2, (CAT, DOG)),
        (3, (CAT, unnamed(1), DOG)),
        (4, (unnamed(0), CAT, unnamed(2), DOG)),
        (None, (CAT, DOG)),
    ],
)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("coco.json", '{"categories": [{"id": 1, "name": "cat"}, {"id": 3, "name": "dog"}]}'),
        ("label_map.pbtxt", "item { id: 1 name: 'cat' }\nitem { id: 3 name: 'dog' }\n"),
        ("classes.csv", "id,name\n1,cat\n3,dog\n"),
    ],
)
def test_a_dataset_s_ids_are_read_as_the_model_counts_them(
    tmp_path: Path, name: str, content: str, count: int | None, expected: tuple[str, ...]
) -> None:
    assert written(tmp_path, content, name).fitting(count) == expected


def test_the_group_that_roboflow_puts_first_is_left_out_where_the_model_has_no_output_for_it(tmp_path: Path) -> None:
    categories = [{"id": 0, "name": "pets", "supercategory": "none"}]
    categories += [{"id": n, "name": name, "supercategory": "pets"} for n, name in enumerate((CAT, DOG), 1)]
    labels = written(tmp_path, json.dumps({"categories": categories}), "coco.json")
    assert (labels.fitting(2), labels.fitting(3)) == ((CAT, DOG), ("pets", CAT, DOG))


def test_the_background_s_placeholder_is_left_out_where_the_model_has_no_output_for_it(tmp_path: Path) -> None:
    labels = written(tmp_path, "???\ncat\ndog\n")
    assert (labels.fitting(2), labels.fitting(3)) == ((CAT, DOG), (unnamed(0), CAT, DOG))


def test_a_label_with_a_comma_is_one_label(tmp_path: Path) -> None:
    assert written(tmp_path, "tench, Tinca tinca\n  čička \r\n\n").fitting(2) == ("tench, Tinca tinca", "čička")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("labels.txt", "1 euro\n2 euro\n5 euro", ("1 euro", "2 euro", "5 euro")),
        ("labels.txt", "0\n1\n2", ("0", "1", "2")),
        ("labels.json", "[0, 1, 2]", ("0", "1", "2")),
        ("labels.yaml", "names: [no, yes, on]", ("no", "yes", "on")),
        ("labels.txt", "zone 1\nzone 2\nzone 3", ("zone 1", "zone 2", "zone 3")),
    ],
)
def test_numbers_and_words_of_yaml_stay_labels(
    tmp_path: Path, name: str, content: str, expected: tuple[str, ...]
) -> None:
    assert written(tmp_path, content, name).fitting(3) == expected


def test_a_remark_after_the_list_is_left_out_where_it_does_not_fit(tmp_path: Path) -> None:
    labels = written(tmp_path, "cat\ndog\n\nand 255 is to be ignored\n")
    assert labels.fitting(2) == (CAT, DOG)
    assert labels.fitting(3) == (CAT, DOG, "and 255 is to be ignored")


@pytest.mark.parametrize(("count", "hint"), [(3, "One is missing"), (1, "One is too many"), (9, "holds 2.")])
def test_a_count_that_does_not_match_names_both_numbers(tmp_path: Path, count: int, hint: str) -> None:
    with pytest.raises(TrialError, match=rf"has {count} labels and labels\.txt holds 2\.") as caught:
        written(tmp_path, "cat\ndog").fitting(count)
    assert (caught.value.code, hint in caught.value.detail) == ("label_count", True)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("labels.txt", "", "holds no labels"),
        ("labels.txt", "\n\n", "holds no labels"),
        ("labels.json", "[]", "holds no labels"),
        ("labels.json", "[null]", "holds no labels"),
        ("labels.json", "3", "holds a number where a list of labels should be"),
        ("labels.json", '{"cat": "x"}', "holds no field of labels"),
        ("labels.json", "[", "is not valid JSON"),
        ("labels.json", '["cat", ["dog"]]', "holds a list where a label should be"),
        ("labels.json", '["cat", {"dog": 1}]', "holds an object where a label should be"),
        ("labels.json", '["cat", true]', "holds true or false where a label should be"),
        ("labels.json", '{"0": "cat", "0": "dog"}', "holds the same key twice"),
        ("labels.json", '{"0": "cat", "99999999": "dog"}', "holds the index 99999999"),
        ("labels.json", '{"cat": 0, "dog": 0}', "holds the index 0 twice"),
        ("labels.json", "[" * 100_000, "is not valid JSON"),
        ("data.yaml", "nc: 3\nnames: [cat, dog]", "holds 2 labels, though its nc is 3"),
        ("data.yaml", "names: [cat", "is not valid YAML"),
        ("classes.csv", "a,b\n1,2", "is a table without a column of labels"),
        ("_annotations.csv", "filename,width,height,class,xmin\na.jpg,1,1,cat,0", "is a table of pictures"),
        ("a.txt", "0 0.5 0.5 0.1 0.2\n1 0.25 0.5 0.1 0.2", "holds boxes of one picture"),
        ("a.xml", "<annotation><object><name>cat</name></object></annotation>", "is XML of the kind annotation"),
        ("labels.txt", "<!DOCTYPE html><html></html>", "is a web page"),
        ("obj.data", "classes = 2\nnames = data/obj.names", "give the one that it names, data/obj.names"),
        ("labels.txt", "x" * 201, "holds a label of 201 characters"),
        ("labels.pkl", b"\x80\x04\x95\x1c\x00", "is no text"),
    ],
)
def test_any_other_file_is_refused_by_its_form(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    with pytest.raises(TrialError) as caught:
        written(tmp_path, content, name)
    assert caught.value.code == "labels_unreadable"
    assert reason in caught.value.detail


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=r"nothing\.txt cannot be read: No such file"):
        read_labels(tmp_path / "nothing.txt")


@pytest.mark.parametrize("names", ["{0: 'cat', 1: 'dog'}", "['cat', 'dog']"])
def test_the_exporter_s_own_labels(names: str) -> None:
    labels = labels_from_metadata({"names": names})
    assert labels
    assert labels.fitting(2) == (CAT, DOG)


@pytest.mark.parametrize("names", ["", "{", "3", "{0: ['cat']}", "__import__('os')"])
def test_metadata_without_labels(names: str) -> None:
    assert labels_from_metadata({"names": names}) is None
