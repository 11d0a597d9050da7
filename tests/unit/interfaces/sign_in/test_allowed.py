"""Who of those that an issuer knows may come in."""

from __future__ import annotations

import pytest

from stepdown.interfaces.sign_in.allowed import Allowed

#: Who may come in, and the claims of who signed in, with whether they come in.
LISTS = {
    "a subject on the list": (Allowed(subjects=frozenset({"invented-1"})), {}, True),
    "a subject not on the list": (Allowed(subjects=frozenset({"another"})), {}, False),
    "a group on the list": (Allowed(groups=frozenset({"ms"})), {"groups": ["x", "ms"]}, True),
    "a group not on the list": (Allowed(groups=frozenset({"ms"})), {"groups": ["msx"]}, False),
    "groups in another claim": (
        Allowed(groups=frozenset({"ms"}), groups_claim="roles"), {"roles": "ms"}, True),
    "no groups": (Allowed(groups=frozenset({"ms"})), {"groups": {"ms": True}}, False),
    "an address on the list": (
        Allowed(email_domains=frozenset({"hospital.example"})),
        {"email": "a@Hospital.example", "email_verified": True}, True),
    "an address nobody verified": (
        Allowed(email_domains=frozenset({"hospital.example"})), {"email": "a@hospital.example"}, False),
    "an address called verified": (
        Allowed(email_domains=frozenset({"hospital.example"})),
        {"email": "a@hospital.example", "email_verified": "true"}, False),
    "an address of a longer domain": (
        Allowed(email_domains=frozenset({"hospital.example"})),
        {"email": "a@evil-hospital.example", "email_verified": True}, False),
    "an address with two signs": (
        Allowed(email_domains=frozenset({"hospital.example"})),
        {"email": "a@evil.example@hospital.example", "email_verified": True}, False),
}  # fmt: skip


@pytest.mark.parametrize("case", LISTS)
def test_only_who_is_on_a_list_is_admitted(case: str) -> None:
    allowed, claims, comes_in = LISTS[case]
    assert allowed.admits({"sub": "invented-1", **claims}) is comes_in
