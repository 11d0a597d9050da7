"""The answer as one HTML page: everything inline, no script, nothing fetched from anywhere."""
