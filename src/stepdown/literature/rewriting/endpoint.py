"""A language model behind an address that speaks OpenAI's chat completions, as most servers of models do."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stepdown.ms.errors import UserError

#: Seconds to wait for a whole answer: a small model on one processor is slow.
TIMEOUT = 300.0
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Endpoint:
    """Where the model is: its address up to ``/v1``, its name there, and a key where one is asked for."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    def ask(self, messages: Sequence[dict[str, str]]) -> str:
        """What the model answers; UserError in one sentence when it gives no text."""
        body = {"model": self.model, "messages": list(messages), "temperature": 0, "stream": False}
        address = f"{self.url.rstrip('/')}/chat/completions"
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return _read_text(answer.read(_LARGEST), self.url)
        except urllib.error.HTTPError as error:
            raise UserError(_say_refusal(self.url, error.code)) from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise UserError(f"{self.url}: no model answers there; look whether its server runs.") from error


def check_url(url: str) -> str:
    """The address of an endpoint; UserError when it cannot be one."""
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{url}: an address begins with http:// or https://, such as http://localhost:11434/v1")
    return url


def _say_refusal(url: str, code: int) -> str:
    told = {401: "it wants a key", 403: "it refuses the key", 404: "there is no such address or model",
            429: "it is asked too often; wait, and try again"}
    return f"{url}: the server of the model answered {code}: {told.get(code, 'it has a fault of its own')}."


def _read_text(raw: bytes, url: str) -> str:
    """The text of the first choice; UserError when the answer has another form or is cut off."""
    try:
        answer: Any = json.loads(raw)
        choice = answer["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UserError(f"{url}: what answered is no endpoint of chat completions.") from error
    if not isinstance(text, str) or not text.strip():
        raise UserError(f"{url}: the model answered without a text.")
    if choice.get("finish_reason") == "length":
        raise UserError(f"{url}: the answer of the model was cut off; let it write more tokens.")
    return text.strip() + "\n"
