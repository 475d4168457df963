import GalleryDatabase
import GalleryHub
import GalleryModel

// A reviewer decides on what they saw. All of it has one name, which is another one as soon as anything of it changes, by
// whatever way: the form, the hub's interface, a commit.

extension SQLConnection {
    /// Names what is reviewed of an asset: what others would see of it, and who they are.
    func reviewRevision(of repo: RepoID) throws -> String {
        let form = try publishingForm(of: repo)
        var texts = [
            try repository(repo)?.name.description ?? "", form.visibility.rawValue, form.title, form.secondTitle,
            form.description, form.task, form.licence, String(form.isGated), form.environment?.rawValue ?? "",
            form.freeUseDays.map(String.init) ?? "", String(form.renews), String(form.isCodeOpen), form.codeLicence,
            try mainCommit(of: repo)?.hex ?? "",
            try value(String.self, "SELECT name FROM asset_covers WHERE repo = \(repo)") ?? "",
        ]
        texts += ["named"] + form.named.sorted()
        texts += try ["papers"] + papers(of: repo).flatMap { [$0.title, $0.link] }
        texts += try ["versions"] + versions(of: repo).filter { $0.state == .available }.flatMap(\.reviewedTexts)
        return Self.revision(of: texts)
    }

    /// Names what is reviewed of a version.
    func reviewRevision(of version: AssetVersion) -> String { Self.revision(of: version.reviewedTexts) }

    /// With what no single row tells: what the card says by now, and the name of it all.
    func completed(_ item: ReviewItem) throws -> ReviewItem {
        let form = try publishingForm(of: item.repo)
        let version = item.version.isEmpty ? nil : try version(item.version, of: item.repo)
        return item.completed(
            licence: form.licence,
            task: form.task,
            revision: try version.map(reviewRevision) ?? reviewRevision(of: item.repo)
        )
    }

    private static func revision(of texts: [String]) -> String {
        // With their lengths, so that no two lists read the same.
        let bytes = texts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
        return String(SHA256Digest.of(bytes).hex.prefix(32))
    }
}

extension AssetVersion {
    fileprivate var reviewedTexts: [String] { [number, commit.hex, notes, constraints] }
}
