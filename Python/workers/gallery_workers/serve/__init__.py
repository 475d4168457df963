"""Serves a language model over the OpenAI API: `python -m gallery_workers.serve`."""
