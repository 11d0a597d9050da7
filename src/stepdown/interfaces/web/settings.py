"""How the pages are served: under which names, within which limits, with what beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stepdown.ms.errors import UserError
from stepdown.reports import Clinic


@dataclass(frozen=True)
class Settings:
    """``names`` are the hosts that browsers may ask for; limits are bytes, values of one person, seconds.

    ``posts_per_minute`` is for one address; 0 sets no limit. ``has_sign_in`` is whether pages ask
    for a sign-in; ``https_names`` are those of the names that browsers reach by https alone.
    """

    names: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    digest: str | None = None
    has_sign_in: bool = False
    https_names: tuple[str, ...] = ()
    clinic: Clinic | None = None
    largest_body: int = 10_000_000
    most_values: int = 5_000
    seconds_to_send: float = 20.0
    seconds_to_answer: float = 40.0
    posts_per_minute: int = 120

    @property
    def frame(self) -> dict[str, bool]:
        """What the frame of every page must know: which links and buttons stand on top."""
        return {"has_digest": self.digest is not None, "has_sign_in": self.has_sign_in}

    def frame_for(self, is_known: bool) -> dict[str, bool]:
        """The same for a page that anybody may see: of a sign-in only who has a session is shown more."""
        return self.frame if is_known or not self.has_sign_in else {"has_digest": False, "has_sign_in": False}


def check_folder(digest: Path | None) -> str | None:
    """The folder of a digest that was built; UserError where there is none."""
    if digest is not None and not (digest / "index.html").is_file():
        raise UserError(f"{digest}: no digest is built there; stepdown digest build -o {digest} makes one")
    return str(digest.resolve()) if digest is not None else None
