"""Containers: files that hold other files, which are read as if they lay in a folder."""
