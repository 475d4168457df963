"""The yardstick of fine-tuning: LoRA by transformers and peft alone, with the gallery's parameters. Prints tokens a second of each piece
of `logging_steps` steps, and the seconds of everything.

    python bare_lora.py MODEL DATA.jsonl '{"max_steps": 50, …}' CORES PRODUCT
"""

import json
import sys
import time

BEGUN = time.monotonic()

import torch  # noqa: E402 – its import is a part of what is measured
from peft import LoraConfig, get_peft_model  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402


def main(folder, data, parameters, cores, product):
    torch.set_num_threads(cores)
    torch.manual_seed(42)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model = get_peft_model(model, LoraConfig(
        task_type="CAUSAL_LM", target_modules="all-linear", r=parameters["lora_rank"], lora_alpha=parameters["lora_alpha"],
        lora_dropout=parameters["lora_dropout"]))
    samples = []
    with open(data, encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            prompt = tokenizer(f"### Instruction:\n{record['prompt']}\n\n### Response:\n")["input_ids"]
            answer = tokenizer(record["response"] + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
            samples.append((prompt + answer, [-100] * len(prompt) + answer))
    order = torch.randperm(len(samples)).tolist()
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=parameters["learning_rate"], weight_decay=0.0)
    size, steps = parameters["per_device_train_batch_size"], parameters["max_steps"]
    speeds, tokens, mark = [], 0, time.monotonic()
    model.train()
    for step in range(steps):
        chosen = [samples[order[(step * size + index) % len(order)]] for index in range(size)]
        longest = max(len(ids) for ids, _ in chosen)
        ids, labels, mask = (torch.full((size, longest), value) for value in (0, -100, 0))
        for row, (sample, wanted) in enumerate(chosen):
            ids[row, :len(sample)], labels[row, :len(sample)], mask[row, :len(sample)] = torch.tensor(sample), torch.tensor(wanted), 1
        loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
        loss.backward()
        loss.item()
        torch.nn.utils.clip_grad_norm_(weights, parameters["max_grad_norm"])
        for group in optimizer.param_groups:
            group["lr"] = parameters["learning_rate"] * (steps - step) / steps
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        tokens += int(mask.sum())
        if (step + 1) % parameters["logging_steps"] == 0:
            now = time.monotonic()
            speeds.append(tokens / (now - mark))
            tokens, mark = 0, now
    model.save_pretrained(product)
    print(json.dumps({"tokens/s": speeds, "seconds": time.monotonic() - BEGUN}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
