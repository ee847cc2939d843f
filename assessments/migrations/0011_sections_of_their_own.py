"""Sections of the questionnaire are no longer the ten dimensions: what was handed out and opened moves over."""

from collections import defaultdict

from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Replace

# Each section of version 2024.1, the only one published so far, with the dimensions it took questions from, the
# one it took most from first: whoever was asked for that one is asked for the section.
SECTIONS = {
    "S1": ("D1",),
    "S2": ("D2", "D3"),
    "S3": ("D3",),
    "S4": ("D4", "D5"),
    "S5": ("D5",),
    "S6": ("D6",),
    "S7": ("D7",),
    "S8": ("D8", "D9"),
    "S9": ("D9", "D10"),
}
# Each dimension with the section that holds most of its questions.
DIMENSIONS = {
    "D1": ("S1",),
    "D2": ("S2",),
    "D3": ("S3",),
    "D4": ("S4",),
    "D5": ("S5",),
    "D6": ("S6",),
    "D7": ("S7",),
    "D8": ("S8",),
    "D9": ("S9",),
    "D10": ("S9",),
}


def regroup(model, sources, *, stamp, by):
    """Replace the rows of each assessment by one per new code, copied from the first old one that has a row."""
    rows = defaultdict(dict)
    for row in model.objects.all():
        rows[row.assessment_id][row.section] = row
    for assessment, present in rows.items():
        model.objects.filter(assessment_id=assessment, section__in=present).delete()
        for code, old_codes in sources.items():
            row = next((present[old] for old in old_codes if old in present), None)
            if row is None:
                continue
            copy = model.objects.create(
                assessment_id=assessment, section=code, **{name: getattr(row, name) for name in by}
            )
            # The column fills itself with the present time; what is kept is when it happened.
            model.objects.filter(pk=copy.pk).update(**{stamp: getattr(row, stamp)})


def move(apps, sources, leading):
    """Give everything that names a section its new code."""
    regroup(
        apps.get_model("assessments", "SectionAssignment"),
        sources,
        stamp="assigned_at",
        by=("user_id", "assigned_by_id"),
    )
    regroup(apps.get_model("assessments", "SectionSeen"), sources, stamp="seen_at", by=("seen_by_id",))
    offers = apps.get_model("assessments", "SectionOffer").objects
    notices = apps.get_model("accounts", "Notice").objects.filter(kind="section_assigned")
    for old, new in leading.items():
        offers.filter(section=old).update(section=new)
        notices.filter(link__endswith=f"/sections/{old}/").update(
            link=Replace("link", Value(f"/sections/{old}/"), Value(f"/sections/{new}/"))
        )


def to_sections(apps, schema_editor):
    """From dimensions to sections."""
    move(apps, SECTIONS, {old: new for old, (new,) in DIMENSIONS.items()})


def to_dimensions(apps, schema_editor):
    """Back to dimensions: each is asked of whoever holds the section with most of its questions."""
    move(apps, DIMENSIONS, {new: olds[0] for new, olds in SECTIONS.items()})


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0010_ministry_origin"),
        ("accounts", "0003_phones_and_purpose"),
    ]

    operations = [migrations.RunPython(to_sections, to_dimensions)]
