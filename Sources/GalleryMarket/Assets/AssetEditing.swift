package import GalleryHub
package import GalleryModel
import FileFormats
import GitObjects

/// A text on its way back from an editor.
package struct EditedFile: Sendable {
    package var path: String
    package var text: String
    /// The git id of the file that the editor began with; nil for a new one.
    package var base: GitOID?
    package var title: String
    package var description: String

    package init(path: String, text: String, base: GitOID?, title: String = "", description: String = "") {
        self.path = path
        self.text = text
        self.base = base
        self.title = title
        self.description = description
    }
}

/// What became of an edited text.
package enum SavedFile: Sendable, Equatable {
    case saved(CommitOutcome)
    /// It holds this text already.
    case unchanged
    /// Somebody changed the file meanwhile: how theirs leads to this one. Saving again on `base` replaces theirs.
    case conflict(base: GitOID?, patch: String)
}

extension Assets {
    package static let editLimit = 512 << 10

    /// A text as an editor shows it.
    package func editableText(
        at path: String,
        on branch: String,
        of asset: Asset,
        by viewer: Viewer
    ) async throws -> (text: String, base: GitOID) {
        let file = try await lookUp(path, at: branch, of: asset, by: viewer)
        guard file.entry.size <= Int64(Self.editLimit) else { throw AssetError.textTooLarge(limit: Self.editLimit) }
        let bytes = try await bytes(of: file, upTo: Self.editLimit)
        guard file.entry.lfs == nil, let (text, encoding) = TextEncoding.read(bytes), encoding == .utf8 else {
            throw AssetError.notText(path)
        }
        return (text, file.entry.oid)
    }

    /// Commits a text to a branch, unless somebody changed the file since its editor was opened.
    package func save(
        _ edited: EditedFile,
        on branch: String,
        of asset: Asset,
        by viewer: Viewer
    ) async throws -> SavedFile {
        if let fault = PathRules.fault(in: edited.path) { throw AssetError.badPath(fault.rawValue) }
        // Browsers send line ends of two characters.
        let text = edited.text.replacing("\r\n", with: "\n")
        guard text.utf8.count <= Self.editLimit else { throw AssetError.textTooLarge(limit: Self.editLimit) }
        // Another commit may come between; then what it did to this file decides.
        for attempt in 0..<4 {
            let (head, entry) = try await files.entry(at: edited.path, revision: branch, of: asset.id, by: viewer)
            guard entry?.oid == edited.base else {
                let current = try await files.text(at: edited.path, revision: branch, of: asset.id, by: viewer) ?? ""
                if entry != nil, current == text { return .unchanged }
                return .conflict(base: entry?.oid, patch: Self.patch(edited.path, from: current, to: text))
            }
            var draft = try await files.draft(on: branch, of: asset.id, by: viewer, parent: head.hex)
            try await draft.put(edited.path, bytes: Array(text.utf8))
            let title =
                edited.title.isEmpty
                ? "\(edited.base == nil ? "Create" : "Update") \(GitPath(edited.path).lastPart)" : edited.title
            do {
                return .saved(try await files.commit(draft, title: title, description: edited.description))
            } catch FilesError.stale where attempt < 3 {
                continue
            }
        }
        throw FilesError.stale
    }

    /// Deletes a file, or a folder with all it holds.
    package func delete(
        _ path: String,
        title: String,
        on branch: String,
        of asset: Asset,
        by viewer: Viewer
    ) async throws -> CommitOutcome {
        var draft = try await files.draft(on: branch, of: asset.id, by: viewer)
        try draft.delete(path)
        return try await files.commit(draft, title: title.isEmpty ? "Delete \(path)" : title)
    }

    static func patch(_ path: String, from old: String, to new: String) -> String {
        TextDiff.patch(
            path: path,
            oldID: GitObjectKind.blob.id(of: Array(old.utf8)),
            newID: GitObjectKind.blob.id(of: Array(new.utf8)),
            oldMode: .file,
            newMode: .file,
            old: Array(old.utf8),
            new: Array(new.utf8)
        )
    }
}
