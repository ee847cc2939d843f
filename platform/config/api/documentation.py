"""The page that shows the interface, drawn by Swagger UI from our own server."""

from __future__ import annotations

from drf_spectacular.views import SpectacularSwaggerSplitView


class DocumentationView(SpectacularSwaggerSplitView):
    """The interface as a page. Script and styles come as files, so the content policy needs no exception."""

    url_name = "api:schema"
    template_name = "config/api_docs.html"
