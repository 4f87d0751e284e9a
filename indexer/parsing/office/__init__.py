"""Documents of word processors, and PDF; needs the extra `office`."""
