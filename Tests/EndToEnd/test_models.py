"""A real language model from the samples to the answers of what was made of it; minutes of work, so `make test-models` runs it."""

from __future__ import annotations

import json

import pytest

from compute import FREE, ask, log_of, needs_workers, over
from conftest import SAMPLES, Person
from gallery import Gallery, eventually

pytestmark = [pytest.mark.models, needs_workers]

MODEL = "samples/SmolLM2-135M-Instruct-GGUF"
QUESTIONS = "samples/gallery-questions"
STEPS = 40


@pytest.fixture(scope="module")
def maria(tmp_path_factory) -> Person:
    """Somebody new in a gallery that holds the samples."""
    gallery = Gallery(tmp_path_factory.mktemp("models") / "data")
    gallery.run("demo", "--samples", str(SAMPLES / "gallery"))
    with gallery:
        gallery.create_user("maria")
        yield Person("maria", gallery.create_token("maria"), gallery)


@pytest.fixture(scope="module")
def tuned(maria) -> str:
    """What forty steps on questions about the gallery make of the sample model."""
    ask(maria, "PUT", f"assets/models/{MODEL}/subscription", {"accept": ["data", "service"]})
    run = ask(maria, "POST", "fine-tunes", {
        "base": MODEL, "task": "question-answering", "data": [{"repo": QUESTIONS}], "product": "smollm2-gallery",
        "parameters": {"prompt_field": "question", "response_field": "answer", "max_steps": STEPS, "num_train_epochs": 10,
                       "per_device_train_batch_size": 4, "learning_rate": 1e-3, "max_seq_length": 128, "logging_steps": 5,
                       "save_steps": 20, "max_eval_samples": 8},
    } | FREE, status=201).json["id"]
    end = over(maria, run, within=3600)
    assert end["state"] == "succeeded", f"{end}\n{log_of(maria, run)}"
    losses = [point["value"] for point in ask(maria, "GET", f"runs/{run}/metrics?name=loss").json["points"]]
    print(f"loss: {losses}")
    assert len(losses) >= STEPS // 5 and losses[-1] < losses[0] * 0.7
    return "maria/smollm2-gallery"


def test_the_product_says_where_it_comes_from(maria, tuned):
    files = maria.api.list_repo_files(tuned)
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "training_logs/user_params.json", "README.md"} <= set(files)
    card = maria.api.model_info(tuned).card_data
    assert card["base_model"] == MODEL and card["datasets"] == [QUESTIONS]
    used = json.loads(open(maria.api.hf_hub_download(tuned, "training_logs/user_params.json")).read())
    assert int(used["max_steps"]) == STEPS


def test_the_product_answers_openais_client(maria, tuned):
    openai = pytest.importorskip("openai")
    service = ask(maria, "POST", "services", {"name": "questions", "model": tuned} | FREE, status=201).json
    path = f"services/{service['id']}"
    try:
        def ready():
            found = ask(maria, "GET", path).json
            # A failure is told with what the worker said.
            assert not found.get("reason"), f"{found}\n" + "\n".join(log_of(maria, each["run"]) for each in found["runs"])
            return found if found["ready"] else None
        found = eventually(ready, 1800, every=1)
        key = ask(maria, "POST", f"{path}/keys", {"name": "test"}, status=201).json["key"]
        client = openai.OpenAI(base_url=found["url"], api_key=key, timeout=300)
        model = client.models.list().data[0].id
        asked = [{"role": "user", "content": "What is a flavor?"}]
        whole = client.chat.completions.create(model=model, messages=asked, temperature=0, max_tokens=48)
        text = whole.choices[0].message.content
        print(f"answer: {text}")
        assert text.strip()
        pieces = client.chat.completions.create(model=model, messages=asked, temperature=0, max_tokens=48, stream=True)
        assert "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices) == text
        assert whole.usage.completion_tokens > 0
        assert len(client.embeddings.create(model=model, input="What is a flavor?").data[0].embedding) == 576
        assert client.completions.create(model=model, prompt="A flavor is", max_tokens=5).choices[0].text
    finally:
        ask(maria, "POST", f"{path}/stop")
    assert over(maria, found["runs"][0]["run"])["state"] == "stopped"
