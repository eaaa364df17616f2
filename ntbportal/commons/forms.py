"""How forms look: labels above, hints under the label, errors with the field, a summary on top."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
