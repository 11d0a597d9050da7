"""Who else leads people to the pages: record systems that launch them, an issuer that signs people in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.interfaces.sign_in.settings import SignInSettings
    from stepdown.interfaces.smart.settings import SmartSettings


@dataclass(frozen=True)
class Doors:
    """Both, where they are set up; what they need is loaded only then, and never goes to a worker."""

    smart: SmartSettings | None = None
    sign_in: SignInSettings | None = None

    @property
    def address(self) -> str | None:
        """Our public address, where one of them names it; UserError where they name two."""
        named = {each.address for each in (self.smart, self.sign_in) if each is not None}
        if len(named) > 1:
            raise UserError("--smart and --sign-in name two addresses of these pages: give the same in both.")
        return next(iter(named), None)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host of that address: browsers ask for it by that name."""
        host = urlsplit(self.address or "").hostname or ""
        return (f"[{host}]" if ":" in host else host,) if host else ()
