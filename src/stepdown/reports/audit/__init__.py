"""An audit in words and pictures: whether predictions held, as text, as a page, and as figures."""
