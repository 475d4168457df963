"""What runs inside the gallery's jobs: fine-tuning and serving. Workers talk HTTP with the gallery and never see its database."""
