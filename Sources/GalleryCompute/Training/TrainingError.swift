package import GalleryModel

/// What can be wrong with a fine-tune that somebody wants.
package indirect enum TrainingError: DomainError, Equatable {
    case unknown
    /// Found wrong where it was looked at, by field.
    case invalid([String: TrainingError])
    case noBase
    case noWeights
    case onlyPickles
    case isAdapter
    case unknownMethod(String)
    case notCustom
    case noPackages
    case noData
    case noDataFiles(String)
    case tooManyData(Int)
    case unknownFile(String)
    case fileTooLarge(String)
    case dataTooLarge
    case unreadable(path: String, DataHead.Fault, line: Int?)
    case record(path: String, place: DataHead.Place, RecordFault)
    case parameter(String, ParameterFault)
    case badSeed
    case notAnAdapter
    case badUpload
    /// What another slice refused.
    case other(Problem)

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "fine-tune-unknown", "There is no such fine-tune.")
        case .invalid(let problems):
            Problem(
                .unprocessable,
                "fine-tune-invalid",
                problems.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.problem.detail)" }.joined(
                    separator: " "
                ),
                faults: problems.mapValues(\.problem.detail)
            )
        case .noBase: Problem(.unprocessable, "fine-tune-base", "Choose the model to start from, as owner/name.")
        case .noWeights:
            Problem(
                .unprocessable,
                "fine-tune-weights",
                "The model has no weights that can be trained: config.json with safetensors, or a gguf file."
            )
        case .onlyPickles:
            Problem(
                .unprocessable,
                "fine-tune-pickles",
                "The model's weights can run code when they are read. Publish them as safetensors first."
            )
        case .isAdapter:
            Problem(
                .unprocessable,
                "fine-tune-adapter",
                "This model is an adapter. Choose the model that it was made for, and name the adapter as finetuned_model."
            )
        case .unknownMethod(let name):
            Problem(
                .unprocessable,
                "fine-tune-method",
                "The model cannot be trained by the method '\(name.prefix(60))'."
            )
        case .notCustom:
            Problem(
                .unprocessable,
                "fine-tune-not-custom",
                "The model brings no training of its own: it has no valid folder gallery_train."
            )
        case .noPackages:
            Problem(
                .unprocessable,
                "fine-tune-no-packages",
                "The model asks for Python packages in requirement.txt, and this gallery installs none."
            )
        case .noData: Problem(.unprocessable, "fine-tune-data", "Choose the data to learn from.")
        case .noDataFiles(let name):
            Problem(
                .unprocessable,
                "fine-tune-data-files",
                "There is no jsonl, json, csv or txt file in \(name).",
                members: ["name": name]
            )
        case .tooManyData(let most):
            Problem(.unprocessable, "fine-tune-data-many", "Choose \(most) data sets at most.")
        case .unknownFile(let path):
            Problem(
                .unprocessable,
                "fine-tune-file-unknown",
                "There is no file \(path.prefix(200)) in the data.",
                members: ["path": String(path.prefix(200))]
            )
        case .fileTooLarge(let path):
            Problem(
                .unprocessable,
                "fine-tune-file-large",
                "\(path) is larger than 5 GB.",
                members: ["path": path]
            )
        case .dataTooLarge: Problem(.unprocessable, "fine-tune-data-large", "The data is larger than 50 GB together.")
        case .unreadable(let path, let fault, let line):
            Problem(
                .unprocessable,
                "fine-tune-data-\(fault.rawValue)",
                "\(path)\(line.map { ", line \($0)" } ?? ""): \(fault.words).",
                members: ["path": path, "line": line.map(String.init) ?? ""]
            )
        case .record(let path, let place, let fault):
            Problem(.unprocessable, "fine-tune-record", "\(path), \(place.words): \(fault.words).")
        case .parameter(let name, let fault):
            Problem(.unprocessable, "fine-tune-parameter", "\(name) \(fault.words)")
        case .badSeed:
            Problem(.unprocessable, "fine-tune-seed", "A seed is a whole number from 0 to 2,147,483,647.")
        case .notAnAdapter:
            Problem(.unprocessable, "fine-tune-earlier", "There is no adapter of that name that you may use.")
        case .badUpload:
            Problem(
                .unprocessable,
                "fine-tune-upload",
                "Choose csv, json, jsonl or txt files; for custom training also jpg and png."
            )
        case .other(let problem): problem
        }
    }
}

extension DataHead.Fault {
    package var words: String {
        switch self {
        case .notText: "is not UTF-8 text"
        case .notJSON: "is not JSON"
        case .noRecords: "holds no records"
        case .columnTwice: "names a column twice"
        case .unequalRows: "has another number of columns than the first line"
        case .notCSV: "is not csv"
        }
    }
}
