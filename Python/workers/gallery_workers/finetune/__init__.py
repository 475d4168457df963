"""LoRA fine-tuning of causal language models: `python -m gallery_workers.finetune`."""
