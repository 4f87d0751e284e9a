"""Article files in, an archive on disk out: parse, analyse, store."""
