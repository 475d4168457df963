"""Trains an image classifier on folders of pictures, one per class: train/CLASS/*.png and test/CLASS/*.png."""

import json
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn import metrics
from transformers import AutoModelForImageClassification, Trainer, TrainingArguments

ENV_AG_WORK_DIR = 'ENV_AG_WORK_DIR'
ENV_AG_MODEL_DIR = 'ENV_AG_MODEL_DIR'
ENV_AG_DATASET_DIR = 'ENV_AG_DATASET_DIR'
ENV_AG_USER_PARAMS = 'ENV_AG_USER_PARAMS'
ENV_AG_TRAIN_OUTPUT_DIR = 'ENV_AG_TRAIN_OUTPUT_DIR'


def parse_args():
    return json.loads(os.getenv(ENV_AG_USER_PARAMS))


class Pictures(torch.utils.data.Dataset):
    def __init__(self, folder, size):
        self.classes = sorted(path.name for path in folder.iterdir())
        self.items = []
        for label, name in enumerate(self.classes):
            for path in sorted((folder / name).glob("*.png")):
                picture = Image.open(path).convert("L").resize((size, size))
                pixels = torch.from_numpy(np.asarray(picture, dtype=np.float32)) / 127.5 - 1
                self.items.append({"pixel_values": pixels[None], "labels": label})

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


def measure(prediction):
    raw, labels = prediction
    predictions = np.argmax(raw, axis=1)
    return {
        "accuracy": metrics.accuracy_score(labels, predictions),
        "f1_macro": metrics.f1_score(labels, predictions, average="macro"),
    }


def train(user_args):
    data = Path(os.getenv(ENV_AG_DATASET_DIR))
    model_path = os.getenv(ENV_AG_MODEL_DIR)
    print('Start to load model')
    with open(os.path.join(model_path, "config.json")) as file:
        size = json.load(file)["image_size"]
    training, test = Pictures(data / "train", size), Pictures(data / "test", size)
    classes = training.classes
    print(f"Dataset: {len(training)} pictures to train, {len(test)} to test")
    model = AutoModelForImageClassification.from_pretrained(
        model_path,
        num_labels=len(classes),
        id2label=dict(enumerate(classes)),
        label2id={name: number for number, name in enumerate(classes)},
        ignore_mismatched_sizes=True,
    )
    training_args = TrainingArguments(
        output_dir=os.path.join(os.getenv(ENV_AG_WORK_DIR), "checkpoints"),
        eval_strategy="epoch",
        save_strategy="no",
        learning_rate=float(user_args['lr']),
        per_device_train_batch_size=32,
        num_train_epochs=int(user_args['num_train_epochs']),
        logging_steps=int(user_args.get('logging_steps', '24')),
        report_to="none",
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
    )
    trainer = Trainer(model=model, args=training_args, train_dataset=training, eval_dataset=test, compute_metrics=measure)
    print('Start to train')
    trainer.train()
    print('Start to save model')
    trainer.save_model(os.getenv(ENV_AG_TRAIN_OUTPUT_DIR))
    found = trainer.evaluate()
    with open(os.path.join(os.getenv(ENV_AG_TRAIN_OUTPUT_DIR), "eval_results.json"), "w") as file:
        json.dump(found, file)
    print('All Done')


if __name__ == '__main__':
    train(parse_args())
