"""Training by the script of a custom model: `python -m gallery_workers.custom`."""
