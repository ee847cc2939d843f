"""PDF files: fonts inside, glyphs there, the same bytes again."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from documents import charts, fonts, pdf

TEMPLATE = """#import "/page.typ": *
#show: document-page.with(title: data.title, footer: "来源")
= #data.title
#drawing(data.chart, description: "chart")
#figures(("企业", "得分"), data.rows)
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def data(title: str) -> dict[str, object]:
    chart = charts.render_bars([charts.ChartBar("鱼峰区", 126)], description="d")
    return {"title": title, "chart": chart, "rows": [["柳州鑫瑞铸造有限公司", "43.6"]]}


def test_fonts_are_as_published() -> None:
    listed = dict(line.split()[::-1] for line in (fonts.FOLDER / "SHA256SUMS").read_text().splitlines())
    there = {path.name for path in fonts.FOLDER.iterdir()} - {"README.md", "SHA256SUMS", "renew.sh"}

    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((fonts.FOLDER / name).read_bytes()).hexdigest() == digest
    assert fonts.load_typefaces().families() == [fonts.FAMILY]
    assert {font.weight for font in fonts.load_typefaces().fonts()} == {400, 700}


def test_pdf_has_its_text_and_embeds_both_weights(template: Path) -> None:
    reader = PdfReader(BytesIO(pdf.render_pdf(template, data("柳州月报"))))
    text = "".join(page.extract_text() for page in reader.pages)
    embedded = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert "/FontFile3" in descriptor
            embedded.add(str(descriptor["/FontName"]).split("+")[1].split("-Identity")[0])

    assert embedded == {"NotoSansHans-Regular", "NotoSansHans-Bold"}
    for piece in ("柳州月报", "柳州鑫瑞铸造有限公司", "43.6", "鱼峰区", "126", "来源"):
        assert piece in text
    assert reader.metadata is not None
    assert reader.metadata.title == "柳州月报"


def test_same_data_give_the_same_bytes_whatever_was_set_between(template: Path) -> None:
    made_at = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    first = pdf.render_pdf(template, data("一"), made_at=made_at)
    other = pdf.render_pdf(template, data("二"), made_at=made_at)

    assert pdf.render_pdf(template, data("一"), made_at=made_at) == first
    assert other != first


@pytest.mark.parametrize("sign", ["柳", "鑫", "囍", "犇", "★", "≥", "¥"])
def test_signs_have_a_glyph_of_their_own(sign: str) -> None:
    """A character without a glyph would be drawn as the box of one that no font has."""

    def drawn(text: str) -> bytes:
        return pdf.run_typst(
            f'#set page(width: 20pt, height: 20pt, margin: 2pt)\n#set text(font: "{fonts.FAMILY}")\n{text}'.encode(),
            {},
            ppi=72,
        )

    assert drawn(sign) != drawn("\U000f0000")
    assert drawn(sign) != drawn("")


@pytest.mark.parametrize("source", ["#data.missing", '#set text(font: "Some Other")\nx', "#("])
def test_template_that_does_not_fit_is_an_error(source: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.typ"
    path.write_text(f'#import "/page.typ": *\n{source}', encoding="utf-8")

    with pytest.raises(pdf.Unset):
        pdf.render_pdf(path, {"title": "x"})
