"""Plain-language summaries for readers: as text, as JSON, as a page, and as a site that reads offline."""
