"""Which sheets a file of each kind needs."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohort.loading.problems import FileProblem, FileRefused
from cohort.loading.reading import CohortTable
from cohort.loading.sheet_names import ANSWERS_SHEET, COMPANIES_SHEET, RESULTS_SHEET, format_sheet_name
from cohort.models.file_kinds import FileKind

# Of the sheets of a kind at least one has to be there.
NEEDED = {
    FileKind.COHORT: (COMPANIES_SHEET,),
    FileKind.PROFILE: (COMPANIES_SHEET,),
    FileKind.ANSWERS: (ANSWERS_SHEET,),
    FileKind.MINISTRY: (ANSWERS_SHEET, RESULTS_SHEET),
}


def refuse_another_template(tables: Mapping[str, CohortTable], kind: FileKind) -> None:
    """Raise `FileRefused` with one reason if this is no file of the kind, before reading any cell."""
    needed = NEEDED[kind]
    if any(name in tables for name in needed):
        return
    found = ", ".join(table.name for table in tables.values())
    if needed == (COMPANIES_SHEET,):
        message = _("The workbook has no sheet “companies”. Its sheets are: %(sheets)s.")
        raise FileRefused([FileProblem(message % {"sheets": found})])
    message = _(
        "This is not the template of “%(kind)s”: it needs the sheet %(needed)s, and the file has: %(sheets)s. "
        "Download the template and fill that in."
    )
    language = get_language() or "en"
    names = {
        "kind": kind.label,
        "needed": " / ".join(format_sheet_name(sheet, language) for sheet in needed),
        "sheets": found,
    }
    raise FileRefused([FileProblem(message % names)])
