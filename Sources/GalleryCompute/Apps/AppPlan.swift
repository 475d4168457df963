import Foundation
package import GalleryModel
import GalleryServing

/// What an app is made of: a repository at a commit, and what else its worker reads.
package struct AppSource: Sendable {
    package var repo: RepoID
    package var name: RepoName
    package var commit: String
    package var reads: [RepoID]
}

/// What runs an app.
struct AppPlan: Sendable {
    let purpose: AppPurpose
    let source: AppSource
    let title: String
    let used: UsedFlavor
    let hours: Int?

    init(_ purpose: AppPurpose, _ source: AppSource, title: String, used: UsedFlavor, hours: Int?) {
        self.purpose = purpose
        self.source = source
        self.title = title
        self.used = used
        self.hours = hours
    }

    /// The module of `gallery_workers` that runs it.
    static func module(_ purpose: AppPurpose) -> String { purpose == .own ? "app" : "serve" }

    func draft(on flavor: Flavor) throws -> RunDraft {
        let spec = Spec(
            base: .init(
                repo: source.name.description,
                kind: purpose.source.hubType,
                revision: source.commit
            ),
            purpose: purpose,
            name: source.name.description,
            limits: .init(
                cores: flavor.cores,
                memoryBytes: Int64(flavor.memoryGiB) << 30,
                seconds: hours.map { Int64($0) * 3600 }
            )
        )
        return RunDraft(
            kind: .app,
            title: title,
            used: used,
            spec: String(decoding: try JSONEncoder.wire.encode(spec), as: UTF8.self),
            hours: hours,
            reads: source.reads
        )
    }

    /// What a run is for, from what it was told.
    static func purpose(of run: Run) throws -> AppPurpose {
        try JSONDecoder.wire.decode(Spec.self, from: Data(run.spec.utf8)).purpose
    }

    /// As the worker reads it.
    private struct Spec: Codable {
        struct Base: Codable {
            var repo: String
            var kind: String
            var revision: String
        }

        struct Limits: Codable {
            var cores: Int
            var memoryBytes: Int64
            var seconds: Int64?
        }

        var kind = "app"
        var base: Base
        var purpose: AppPurpose
        /// What the API of the worker calls the model.
        var name: String
        var limits: Limits
    }
}

/// The cover of an app, drawn anew from what people send.
enum AppCover {
    static func drawn(_ bytes: [UInt8]?, _ sizes: [PictureSize]) async throws -> [[UInt8]]? {
        guard let bytes else { return nil }
        let drawn = try await PictureWorkshop.webp(of: bytes, sizes: sizes)
        guard drawn.count == sizes.count else { throw PictureError.unreadable }
        return drawn
    }

    /// Where it is shown; nil where there is none.
    static func path(_ app: AIApp, isLarge: Bool = false) -> String? {
        guard !app.cover.isEmpty else { return nil }
        return "/apps/\(app.id)/cover/\(isLarge ? "large" : "small").webp?v=\(app.cover)"
    }
}
