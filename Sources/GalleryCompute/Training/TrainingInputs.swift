import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GitObjects
import NIOCore

/// Looks at what a fine-tune works on: rights, commits, files and first records. Nothing is changed.
struct TrainingInputs: Sendable {
    static let mostData = 10
    static let largestFile: Int64 = 5 << 30
    static let largestData: Int64 = 50 << 30
    private static let mostFiles = 10_000

    let database: any Database
    let repositories: Repositories
    let files: Files
    let content: Content
    let customModels: CustomModels

    // MARK: The model

    /// Finds the base, pins it and looks whether its weights can be trained.
    func lookAtBase(_ plan: inout FineTunePlan, by viewer: Viewer) async throws {
        await plan.gather("base") { plan in
            guard let name = RepoName(plan.draft.base) else { throw TrainingError.noBase }
            let found = try await pin(.model, name, plan.draft.revision, by: viewer)
            plan.base = found
            guard let id = found.id else { return }
            plan.reads.append(id)
            let details = try await repositories.details(of: id, by: viewer)
            plan.basePipelineTag = details.repository.pipelineTag
            let top = try await files.tree(revision: found.commit, of: id, limit: 1000, by: viewer).entries
            let names = top.filter { !$0.isFolder }.map(\.path.text)
            plan.hasChatTemplate =
                names.contains("chat_template.jinja") || details.card?.configJSON.contains("\"chat_template\"") ?? false
            let folder = try await customModels.folder(of: name, at: found.commit, by: viewer)
            plan.folder = folder.isAbsent ? nil : folder
            guard plan.draft.task != .custom else { return }
            let has = { (suffix: String) in names.contains { $0.lowercased().hasSuffix(suffix) } }
            guard !has(".gguf") else { return }
            guard names.contains("config.json") else {
                throw names.contains("adapter_config.json") ? TrainingError.isAdapter : .noWeights
            }
            guard has(".safetensors") else {
                throw has(".bin") || has(".pt") || has(".pth") ? TrainingError.onlyPickles : .noWeights
            }
        }
    }

    /// A repository whose files the viewer may read, at the commit that a revision means now.
    private func pin(
        _ kind: RepoKind,
        _ name: RepoName,
        _ revision: String,
        by viewer: Viewer
    ) async throws -> PinnedRepo {
        let location = try await repositories.locate(kind, name, by: viewer)
        try await repositories.check(.readFiles, on: location.id, by: viewer)
        let commit = try await files.resolve(revision, of: location.id, by: viewer).commit
        return PinnedRepo(id: location.id, name: location.name.description, commit: commit.hex)
    }

    /// An earlier adapter to go on from, as `owner/name` or `owner/name@revision`, pinned.
    func lookAtEarlier(_ plan: inout FineTunePlan, by viewer: Viewer) async throws {
        let text = plan.values.text("finetuned_model")
        guard plan.draft.task != .custom, !text.isEmpty else { return }
        await plan.gather("parameters.finetuned_model") { plan in
            let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
            guard let name = RepoName(parts[0]) else { throw TrainingError.notAnAdapter }
            let found = try await pin(.model, name, parts.count > 1 ? parts[1] : "main", by: viewer)
            guard let id = found.id else { return }
            let paths = ["adapter_config.json", "adapter/adapter_config.json"]
            let entries = try await files.entries(at: paths, revision: found.commit, of: id, by: viewer).entries
            guard !entries.isEmpty else { throw TrainingError.notAnAdapter }
            plan.reads.append(id)
            plan.values["finetuned_model"] = .text("\(found.name)@\(found.commit)")
        }
    }

    // MARK: The data

    /// Finds the data sets, pins them and lists their files.
    func lookAtData(_ plan: inout FineTunePlan, by viewer: Viewer) async throws {
        await plan.gather("data") { plan in
            guard !plan.draft.data.isEmpty else { throw TrainingError.noData }
            guard plan.draft.data.count <= Self.mostData else { throw TrainingError.tooManyData(Self.mostData) }
            let isCustom = plan.draft.task == .custom
            // A script is given one folder.
            guard !isCustom || plan.draft.data.count == 1 else { throw TrainingError.tooManyData(1) }
            for choice in plan.draft.data {
                guard let name = RepoName(choice.repo) else { throw TrainingError.noData }
                let found = try await pin(.dataset, name, choice.revision, by: viewer)
                guard let id = found.id, !plan.data.contains(where: { $0.repo.id == id }) else { continue }
                let all = try await allFiles(of: id, at: found.commit, by: viewer)
                let some = choice.files.isEmpty ? all : all.filter { choice.files.contains($0.path.text) }
                for path in choice.files where !all.contains(where: { $0.path.text == path }) {
                    throw TrainingError.unknownFile(path)
                }
                let useful = some.filter { isCustom || DataHead.isData($0.path.text) }
                guard !useful.isEmpty else { throw TrainingError.noDataFiles(found.name) }
                plan.data.append(PinnedData(repo: found, files: choice.files))
                plan.files += useful
                plan.reads.append(id)
            }
        }
    }

    private func allFiles(of repo: RepoID, at commit: String, by viewer: Viewer) async throws -> [FileEntry] {
        let page = try await files.tree(
            revision: commit,
            of: repo,
            recursive: true,
            limit: Self.mostFiles,
            by: viewer
        )
        return page.entries.filter { !$0.isFolder }
    }

    /// Which files are learned from, whether they are there and small enough, and how the first records look.
    func lookAtRecords(_ plan: inout FineTunePlan, by viewer: Viewer) async throws {
        guard plan.faults["data"] == nil, !plan.files.isEmpty else { return }
        let isLoRA = plan.draft.task != .custom
        let (training, test) = (plan.values.text("train_data_file"), plan.values.text("test_data_file"))
        if isLoRA {
            for (name, path) in [("train_data_file", training), ("test_data_file", test)] where !path.isEmpty {
                guard !plan.files.contains(where: { $0.path.text == path }) else { continue }
                plan.faults["parameters.\(name)"] = .unknownFile(path)
            }
        }
        let used = plan.files.filter { file in
            guard isLoRA else { return true }
            return file.path.text == test || training.isEmpty || file.path.text == training
        }
        if let large = used.first(where: { $0.size > Self.largestFile }) {
            plan.faults["data"] = .fileTooLarge(large.path.text)
        }
        if used.reduce(0, { $0 + $1.size }) > Self.largestData { plan.faults["data"] = .dataTooLarge }
        guard isLoRA, plan.faults["data"] == nil else { return }
        if used.allSatisfy({ $0.path.text == test }) {
            plan.faults["parameters.train_data_file"] = .noDataFiles(plan.data.first?.repo.name ?? "")
            return
        }
        // The first of the files to learn from, and the one to measure with.
        let learned = used.filter { $0.path.text != test }.min { $0.path.text < $1.path.text }
        for file in [learned, used.first { $0.path.text == test }].compactMap(\.self) {
            await plan.gather("data") { plan in try await lookAtHead(of: file, &plan, by: viewer) }
        }
    }

    private func lookAtHead(of file: FileEntry, _ plan: inout FineTunePlan, by viewer: Viewer) async throws {
        let path = file.path.text
        let bytes = try await head(of: file, plan.data, by: viewer)
        let head = DataHead(bytes, of: path, isWhole: Int64(bytes.count) >= file.size)
        if let (fault, line) = head.fault { throw TrainingError.unreadable(path: path, fault, line: line) }
        if plan.columns.isEmpty, case .object(let members)? = head.entries.first?.record {
            plan.columns = members.map(\.name)
        }
        let format = PromptFormat(task: plan.draft.task, plan.values)
        let chosen = DataHead.isPlainText(path) ? format.ofPlainText : format
        for entry in head.entries {
            do {
                let sample = try chosen.sample(entry.record)
                plan.samples.append(.init(path: path, place: entry.place, sample: sample))
            } catch {
                let fault = TrainingError.record(path: path, place: entry.place, error)
                plan.faults[format.field(of: error).map { "parameters.\($0)" } ?? "data"] = fault
                return
            }
        }
    }

    /// The first bytes of a file of one of the data sets.
    private func head(of file: FileEntry, _ data: [PinnedData], by viewer: Viewer) async throws -> [UInt8] {
        for set in data {
            guard let name = RepoName(set.repo.name) else { continue }
            let path = file.path.text
            let lookup = try? await files.lookUp(
                path,
                at: set.repo.commit,
                kind: .dataset,
                name: name,
                by: viewer
            )
            guard case .found(let found)? = lookup, found.entry.oid == file.oid else { continue }
            guard let digest = found.entry.content else { return try await files.bytes(of: found) }
            let reader = try await content.reader(of: digest)
            return Array(try await reader.bytes(0..<min(reader.size, DataHead.bytes)).readableBytesView)
        }
        return []
    }
}

extension FineTunePlan {
    /// Notes what is refused at its field.
    fileprivate mutating func gather(
        _ field: String,
        _ body: (inout FineTunePlan) async throws -> Void
    ) async {
        do {
            try await body(&self)
        } catch let error as TrainingError {
            faults[field] = error
        } catch let error as any DomainError {
            faults[field] = .other(error.problem)
        } catch {
            faults[field] = .other(Problem(.unavailable, "fine-tune-not-read", "This cannot be read now. Try again."))
        }
    }
}

extension PromptFormat {
    /// The parameter that names the column in which a record is wrong.
    fileprivate func field(of fault: RecordFault) -> String? {
        guard let column = fault.column else { return nil }
        return switch column {
        case promptField: "prompt_field"
        case responseField: "response_field"
        case historyField: "history_field"
        default: nil
        }
    }
}
