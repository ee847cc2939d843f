"""How forms are drawn: one template for a field, and one look for each kind of control."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from django.forms.renderers import TemplatesSetting

# The class of the design system for a control, by the name of Django's template for the widget; others are inputs.
CONTROL_CLASSES: Final = {
    "select.html": "form-select",
    "checkbox.html": "form-check-input d-block",
    "checkbox_option.html": "form-check-input",
    "radio_option.html": "form-check-input",
    "checkbox_select.html": "",
    "radio.html": "",
    "select_option.html": "",
    "hidden.html": "",
}
INPUT_CLASS: Final = "form-control"


class PageFormRenderer(TemplatesSetting):
    """Draws fields by `components/field.html` and gives each control its class; a form names only what is special."""

    field_template_name = "components/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Render a form's part; a widget gets the class of its kind before its own."""
        widget = context.get("widget")
        if widget is not None:
            _set_class(widget, PurePosixPath(template_name).name)
            # The boxes of a choice are drawn by their own templates inside this one.
            for _group, options, _index in widget.get("optgroups", ()):
                for option in options:
                    _set_class(option, PurePosixPath(option["template_name"]).name)
        return super().render(template_name, context, request)


def _set_class(widget: dict[str, Any], template: str) -> None:
    look = CONTROL_CLASSES.get(template, INPUT_CLASS)
    together = f"{look} {widget['attrs'].get('class', '')}".strip()
    if together:
        widget["attrs"] = {**widget["attrs"], "class": together}
