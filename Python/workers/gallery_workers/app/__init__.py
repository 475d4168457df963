"""Runs a program of somebody's own: `python -m gallery_workers.app`."""
