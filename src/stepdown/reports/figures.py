"""What do the curve and the forest plot share? matplotlib when it is there, and SVG for a page."""

from __future__ import annotations

import base64
import io
import warnings
from typing import TYPE_CHECKING

from stepdown.ms.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1d2733"
MUTED = "#5a6573"
#: Colours and markers of the options, in their order; a colour never stands without its marker.
COLOURS = ("#1f5f99", "#a8401c", "#1d6b45", "#6a3d9a", "#7a5200", "#8c1d4f", "#3f4753")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def open_figure(width: float, height: float) -> Figure:
    """An empty figure in inches; MissingExtra when matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("A picture of the curves or of the findings", "plots") from error
    return Figure(figsize=(width, height), layout="constrained")


def embed_figure(figure: Figure) -> str:
    """A figure as the address of an inline SVG picture; a letter that no font has is drawn as a box."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "stepdown"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
