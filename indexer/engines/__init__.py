"""Search engines: terms, fields and filters; no Vietnamese, no HTML, no HTTP."""
