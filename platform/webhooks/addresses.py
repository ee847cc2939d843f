"""Where webhooks may be sent: public addresses alone, checked at the moment of connecting.

A host name says nothing about where it leads, and may lead elsewhere a moment later. It is therefore resolved once
for each delivery, every address it has is checked, and the connection goes to an address that was checked.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

# Addresses in these carry an IPv4 address in their last 32 bits (NAT64).
_TRANSLATED = ip_network("64:ff9b::/96")
_LOCAL_TRANSLATED = ip_network("64:ff9b:1::/48")
# Networks with a special purpose that not every version of Python knows as such (IANA registries).
_SPECIAL = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20", "5f00::/16", "fec0::/10")
)
HTTPS_PORT = 443
HTTP_PORT = 80


class AddressRefused(ValueError):
    """An address that webhooks may not be sent to; the text says why."""


@dataclass(frozen=True, slots=True)
class DeliveryTarget:
    """A checked place to connect to, and the name by which its certificate is checked."""

    scheme: str
    host: str
    port: int
    ip: str

    @property
    def host_header(self) -> str:
        """The name as it stands in a request."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        standard = HTTPS_PORT if self.scheme == "https" else HTTP_PORT
        return name if self.port == standard else f"{name}:{self.port}"


def check_form(url: str) -> None:
    """Raise `AddressRefused` unless the address has the form of one that may be told; resolves nothing."""
    _parse_parts(url)


def resolve(url: str) -> DeliveryTarget:
    """Find where to connect; raise `AddressRefused` unless every address of the host is public."""
    scheme, host, port = _parse_parts(url)
    allowed = f"{host}:{port}" in settings.WEBHOOK_ALLOWED_HOSTS
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"The host {host} has no address.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allowed:
        for address in addresses:
            if not is_public(address):
                raise AddressRefused(f"The host {host} leads to {address}, which is not a public address.")
    return DeliveryTarget(scheme, host, port, addresses[0])


def is_public(address: str) -> bool:
    """Return whether this is a public internet address, also what it carries inside."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global
        and not (one.is_multicast or one.is_reserved or one.is_unspecified)
        and not any(one in network for network in _SPECIAL if network.version == one.version)
        for one in _list_judged_addresses(found)
    )


def _list_judged_addresses(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """List the addresses that count: a carrier of an IPv4 address is judged by what it carries."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    if address in _LOCAL_TRANSLATED:
        return [IPv4Address(0)]
    if address in _TRANSLATED:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def _parse_parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise AddressRefused(_("This is not an address.")) from error
    if parts.scheme not in {"https", "http"} or not host or not url.isascii() or url != url.strip():
        raise AddressRefused(_("The address must begin with https:// and name a host."))
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(_("Leave out the name and password; the signature says who speaks."))
    if parts.fragment or any(character.isspace() or character in '\\<>"' for character in url):
        raise AddressRefused(_("The address has characters that do not belong there."))
    number = port if port is not None else HTTPS_PORT if parts.scheme == "https" else HTTP_PORT
    if f"{host}:{number}" in settings.WEBHOOK_ALLOWED_HOSTS:
        return parts.scheme, host, number
    if parts.scheme != "https":
        raise AddressRefused(_("The address must begin with https://."))
    try:
        literal = ip_address(host)
    except ValueError:
        if "." not in host or host.endswith((".localhost", ".local", ".internal")):
            raise AddressRefused(_("The host must be a public name.")) from None
    else:
        if not is_public(str(literal)):
            raise AddressRefused(_("%(address)s is not a public address.") % {"address": literal})
    return parts.scheme, host, number
