"""A gallery of many assets, written straight into its database, since making them one by one would take hours."""

import io
import random
import sqlite3
import subprocess
import time

WORDS = """bert roberta qwen llama mistral whisper resnet yolo clip diffusion vision speech audio medical finance legal chat instruct
base large small tiny mini multilingual chinese english french code math reasoning embedding rerank ocr table graph segmentation
detection classification translation summary question answer dialogue agent robot video image text""".split()
CHARACTERS = "大语言模型训练数据集图像识别文本生成语音视频中文翻译医疗金融法律对话推理评测微调部署检测分割问答情感分析知识图谱向量检索"
TASKS = ["text-generation", "fill-mask", "translation", "object-detection", "image-classification"]
# What people look for: words common and rare, parts of names, one to three characters, mixtures, and choices without a text.
QUESTIONS = [
    "", "sort=downloads", "licence=mit&task=text-generation", "tag=tag-7", "q=chat", "q=chat&sort=newest", "q=qwen+chat", "q=oberta",
    "q=seg", "q=模型", "q=语音视", "q=医", "q=bert+图像", "q=image&language=zh", "q=bench/qwen-bert-4711", "q=zzzzz",
]
# The same as clients of the hub API ask it.
HUB_QUESTIONS = [
    "", "sort=downloads", "filter=tag-7", "search=chat", "search=chat&sort=createdAt", "search=qwen+chat", "search=oberta", "search=seg",
    "search=模型", "search=语音视", "search=医", "search=bert+图像", "search=image&filter=language:zh", "search=bench/qwen-bert-4711",
    "search=zzzzz",
]
COLUMNS = """id, kind, owner, name, name_key, visibility, listing, gating, title, description, search_key, created_at, updated_at, downloads,
    likes, hotness, pipeline_tag, library_name"""


def rows(owner, count):
    """The columns of public assets, each with its tags."""
    rng = random.Random(42)

    def prose(length):
        return " ".join(rng.choice(WORDS) for _ in range(length)) + " " + "".join(rng.choice(CHARACTERS) for _ in range(length))

    for number in range(count):
        name = f"{rng.choice(WORDS)}-{rng.choice(WORDS)}-{number}"
        kind = rng.choice(["model", "model", "model", "dataset", "dataset", "algorithm", "notebook"])
        title = "".join(rng.choice(CHARACTERS) for _ in range(6))
        description = prose(60)
        row = (f"bench-{number:07d}", kind, owner, name, name, "everyone", "published", "off", title, description,
               f"{title} {description}", rng.randrange(1 << 40), rng.randrange(1 << 40), rng.randrange(10**5), rng.randrange(1000),
               rng.random() * 3000, rng.choice(TASKS), "transformers")
        tags = {f"tag-{rng.randrange(200)}" for _ in range(4)}
        tags |= {"license:" + rng.choice(["mit", "apache-2.0", "other"]), "language:" + rng.choice(["zh", "en"])}
        yield row, sorted(tags)


def downloads(row):
    """Of a row: what the gallery sums up day by day, lest its daily work find other numbers and write every row anew."""
    return row[13]


def fill(path, count):
    """Adds `count` public assets of the first account."""
    database = sqlite3.connect(path)
    today = int(time.time()) // 86400
    owner = database.execute("SELECT id FROM accounts ORDER BY number LIMIT 1").fetchone()[0]
    with database:
        for row, tags in rows(owner, count):
            database.execute(f"INSERT INTO repositories ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
            database.execute("INSERT INTO repository_downloads (repo, day, count) VALUES (?, ?, ?)", (row[0], today, downloads(row)))
            database.executemany(
                "INSERT INTO repository_tags (repo, tag, ordinal) VALUES (?, ?, ?)",
                [(row[0], tag, index) for index, tag in enumerate(tags)])
    database.close()


def fill_postgres(url, count):
    """The same in PostgreSQL, by its own client."""

    def psql(command, text=None):
        return subprocess.run(["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", url, "-c", command], input=text, check=True,
                              capture_output=True, text=True).stdout.strip()

    owner = psql("SELECT id FROM accounts ORDER BY number LIMIT 1")
    assets, labels, counts = io.StringIO(), io.StringIO(), io.StringIO()
    today = int(time.time()) // 86400
    for row, tags in rows(owner, count):
        assets.write("\t".join(map(str, row)) + "\n")
        counts.write(f"{row[0]}\t{today}\t{downloads(row)}\n")
        labels.writelines(f"{row[0]}\t{tag}\t{index}\n" for index, tag in enumerate(tags))
    psql(f"COPY repositories ({COLUMNS}) FROM STDIN", assets.getvalue())
    psql("COPY repository_downloads (repo, day, count) FROM STDIN", counts.getvalue())
    psql("COPY repository_tags (repo, tag, ordinal) FROM STDIN", labels.getvalue())
    psql("ANALYZE")
