"""How the key of a program stands in the schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

# The name of the security scheme.
SECURITY = "key"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The key as a security scheme."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = SECURITY

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe a bearer token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "lzr_…",
            "description": "A key of a service account, issued by an administrator and shown once.",
        }
