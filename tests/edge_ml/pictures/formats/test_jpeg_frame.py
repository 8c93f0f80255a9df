"""JPEGs are refused for their pixels and scans by their headers, whatever stands between these."""

import pytest
from PIL import Image

from edge_ml.pictures.decode import decode
from edge_ml.pictures.formats.jpeg_frame import MAX_SEGMENTS, has_more_scans, jpeg_frame
from tests.edge_ml import samples
from tests.edge_ml.jpegs import END, LOSSLESS, header, jpeg, scan, segment
from tests.edge_ml.pictures.decoding import SQUARE, refusal_code

EMPTY_SCANS = scan([1]) + scan([2]) + scan([3])
HIDDEN_END = segment(0xFE, END)
LOWER_MARKER = b"\xff\x02"


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that decodes pixels."""
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("decoded"))


@pytest.mark.parametrize(
    "data",
    [
        header(4000, 4000) + EMPTY_SCANS * 6667 + END,
        jpeg(4000, 4000, scans="one each", more=EMPTY_SCANS * 6667),
        jpeg(4000, 4000, scans="progressive", more=EMPTY_SCANS * 6667),
        header(4000, 4000) + scan([1]) + HIDDEN_END + EMPTY_SCANS * 50 + END,
        header(4000, 4000) + scan([1]) + (LOWER_MARKER + EMPTY_SCANS) * 50 + END,
        header(4000, 4000) + (b"\xff" * 3 + EMPTY_SCANS[1:]) * 50 + END,
        header(4000, 4000, 2) + scan([1]) * 200 + END,
        jpeg(7000, 7000, scans="progressive", more=scan([1], coefficients=(1, 63), bits=0x21) * 30),
    ],
    ids=["empty", "after whole ones", "progressive", "comment", "restarts", "fill bytes", "two components", "large"],
)
@pytest.mark.usefixtures("undecoded")
def test_a_jpeg_with_too_many_scans_is_refused_by_its_header(data: bytes) -> None:
    assert refusal_code(data) == "damaged_image"


@pytest.mark.parametrize(
    "data",
    [
        jpeg(12_240, 12_240, 4, scans="one each"),
        jpeg(7_100, 7_100, scans="one each"),
        jpeg(7_100, 7_100, scans="progressive"),
        jpeg(6_200, 6_200, 4, scans="one each"),
        jpeg(6_200, 6_200, 4, scans="progressive"),
        jpeg(12_300, 12_300),
    ],
    ids=lambda data: str(len(data)),
)
@pytest.mark.usefixtures("undecoded")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_jpeg_whose_coefficients_are_kept_has_a_smaller_pixel_budget(data: bytes) -> None:
    assert refusal_code(data) == "too_many_pixels"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + segment(0xFE, b"") * (MAX_SEGMENTS + 1) + jpeg(64, 64)[2:],
        b"\xff\xd8" + b"\xff" * 1_000_000 + jpeg(64, 64)[2:],
        b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0",
        b"\xff\xd8" + segment(0xFE, b"") + bytes(1_000_000) + jpeg(64, 64)[2:],
        b"\xff\xd8" + segment(0xF1, bytes(60_000)) * 20 + jpeg(64, 64)[2:],
        b"\xff\xd8" + b"\xff\xe0\0\0" * 5000,
        b"\xff\xd8" + scan([1]) + jpeg(64, 64)[2:],
    ],
    ids=["comments", "fill", "only fill", "stray bytes", "unknown segments", "no length", "no frame"],
)
def test_a_jpeg_with_an_endless_header_is_refused_before_pillow_reads_it(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "open", lambda *arguments, **options: pytest.fail("opened"))
    assert refusal_code(data) == "damaged_image"


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}, {"optimize": True}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpegs_of_pillow_are_decoded(mode: str, options: dict[str, int]) -> None:
    data = samples.encoded(
        samples.picture(mode=mode, color=(9,) * len(Image.new(mode, (1, 1)).getbands())), "JPEG", **options
    )
    frame = jpeg_frame(data)
    assert (frame.size, frame.several_scans) == ((64, 48), "progressive" in options)
    assert decode(data, SQUARE).size == (64, 48)


def test_jpegs_with_a_scan_for_each_component_are_decoded() -> None:
    assert decode(jpeg(640, 480, scans="one each"), SQUARE).size == (640, 480)


def test_what_follows_the_image_is_none_of_its_scans() -> None:
    """Phones append a film to a photograph, and films hold any bytes."""
    data = samples.encoded(samples.picture(), "JPEG", progressive=True) + b"\xff\xda" * 1000
    assert not has_more_scans(data, jpeg_frame(data), 100)
    assert decode(data, SQUARE).size == (64, 48)


def test_a_lossless_jpeg_never_harms_the_process() -> None:
    data = header(800, 800, frame=LOSSLESS) + scan([1, 2, 3], coefficients=(1, 0)) + bytes(300_000) + END
    assert refusal_code(data) == "damaged_image"


def test_a_jpeg_of_12_bits_is_refused() -> None:
    assert refusal_code(header(64, 64, depth=12) + scan([1, 2, 3]) + END) == "damaged_image"


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_jpeg_is_decoded_at_a_fraction_of_its_size_that_fits_into_memory(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A strip is too low for the details that a resize needs, but has as many pixels as a square."""
    loaded: list[tuple[int, int]] = []
    monkeypatch.setattr(Image.Image, "getexif", lambda image: loaded.append(image.size) or {})
    data = jpeg(65_500, 2_200, len(mode))
    assert decode(data, SQUARE._replace(size=(640, 640))).size == (65_500, 2_200)
    ((width, height),) = loaded
    assert width * height <= 30_000_000 + width + height
