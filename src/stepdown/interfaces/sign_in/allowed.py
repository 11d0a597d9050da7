"""Who of those that an issuer knows may come in: by subject, by group, by the domain of an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """The lists; whoever is on one of them may come in, and where ``everybody`` is true so may all others."""

    everybody: bool = False
    subjects: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    groups_claim: str = "groups"
    email_domains: frozenset[str] = frozenset()

    @property
    def is_nobody(self) -> bool:
        """Whether no list names anybody."""
        return not (self.everybody or self.subjects or self.groups or self.email_domains)

    def admits(self, claims: Mapping[str, Any]) -> bool:
        """Whether somebody with these proven claims may come in."""
        in_group = bool(self.groups & _list_texts(claims.get(self.groups_claim)))
        is_named = claims.get("sub") in self.subjects
        return self.everybody or is_named or in_group or _find_domain(claims) in self.email_domains


def _list_texts(claim: Any) -> set[str]:
    """The texts of a claim that is one text or a list of them."""
    listed = claim if isinstance(claim, list) else [claim]
    return {each for each in listed if isinstance(each, str)}


def _find_domain(claims: Mapping[str, Any]) -> str | None:
    """The domain of the address, where the issuer says that it verified it."""
    address = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(address, str):
        return None
    name, at, domain = address.rpartition("@")
    return domain.lower() if name and at and "@" not in name else None
