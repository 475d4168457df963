import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Uploads that go on after anything, over `/api/v1`.
struct UploadRoutes: Sendable {
    let finder: AssetFinder
    let uploads: Uploads

    func add(to api: APIRoutes) {
        api.group("Uploads") { api in
            addUploads(to: api)
            addChecks(to: api)
            api.send(
                .post,
                "assets/{kind}/{owner}/{name}/commits",
                "Commit files that were uploaded, and deletions, as one change",
                body: UploadCommitBody.self,
                answers: UploadCommitAnswer.self,
                status: .created
            ) { call in
                let body = call.body
                let repo = try await finder.asset(
                    call.path("kind"),
                    call.path("owner"),
                    call.path("name"),
                    by: call.viewer
                ).1.id
                let commit = UploadedCommit(
                    branch: body.branch ?? "main",
                    title: body.message ?? "",
                    description: body.description ?? "",
                    uploads: body.uploads ?? [],
                    deletions: body.deletions ?? [],
                    parent: body.parent
                )
                do {
                    let outcome = try await uploads.commit(commit, to: repo, by: call.viewer)
                    return UploadCommitAnswer(commit: outcome.oid.hex, isNew: outcome.isNew, title: outcome.title)
                } catch FilesError.stale {
                    // The hub's clients are told 412; here it is a conflict like any other.
                    let problem = FilesError.stale.problem
                    throw Problem(.conflict, problem.code, problem.detail)
                }
            }
        }
    }

    private func addChecks(to api: APIRoutes) {
        api.send(
            .post,
            "assets/{kind}/{owner}/{name}/upload-checks",
            "Ask which of the files one is about to upload would be refused, and which replace one that is there",
            body: UploadCheckBody.self,
            answers: UploadCheckAnswer.self
        ) { call in
            let repo = try await finder.asset(
                call.path("kind"),
                call.path("owner"),
                call.path("name"),
                by: call.viewer
            ).1.id
            let (room, files) = try await uploads.check(
                call.body.files.map { UploadIntent(path: $0.path, size: $0.size) },
                on: call.body.branch ?? "main",
                of: repo,
                by: call.viewer
            )
            return UploadCheckAnswer(
                fileBytes: room.fileBytes,
                leftBytes: room.leftBytes,
                files: files.map {
                    .init(
                        path: $0.path,
                        replaces: $0.replaces,
                        code: $0.problem?.code,
                        detail: $0.problem.map { call.context.say($0) }
                    )
                }
            )
        }
    }

    private func addUploads(to api: APIRoutes) {
        api.send(
            .post,
            "uploads",
            "Begin to upload a file, or go on with one",
            body: NewUploadBody.self,
            answers: UploadBody.self,
            status: .created
        ) { call in
            let body = call.body
            let repo = try await finder.asset(body.kind, body.owner, body.name, by: call.viewer).1.id
            let wish = NewUpload(
                repo: repo,
                branch: body.branch ?? "main",
                path: body.path,
                size: body.size,
                fingerprint: body.fingerprint
            )
            return UploadBody(try await uploads.begin(wish, by: call.viewer))
        }
        api.get(
            "uploads",
            "One's own uploads to an asset that are not committed yet",
            query: [
                .text("kind", "The plural of the kind of the asset."), .text("owner", "Its owner."),
                .text("name", "Its name."), .text("branch", "main, unless given."),
            ],
            answers: ListBody<UploadBody>.self
        ) { call in
            let query = try call.query()
            let repo = try await finder.asset(
                query["kind"] ?? "",
                query["owner"] ?? "",
                query["name"] ?? "",
                by: call.viewer
            ).1.id
            let states = try await uploads.list(on: query["branch"] ?? "main", of: repo, by: call.viewer)
            return ListBody(items: states.map(UploadBody.init))
        }
        api.raw(
            .put,
            "uploads/{upload}/parts/{number}",
            "Send one part: any order, several at once, again where it got lost",
            body: .string(format: "binary"),
            bodyType: "application/octet-stream",
            upTo: Uploads.partSize,
            status: .noContent
        ) { request, context in
            guard let number = Int(try context.segment("number")) else {
                throw Problem.invalid("upload-bad-part", "The parts of an upload are numbered from 1.")
            }
            try await uploads.receive(
                number,
                of: context.segment("upload"),
                body: request.body,
                announced: request.headers[.contentLength].flatMap { Int($0) },
                by: context.viewer
            )
            return Response(status: .noContent)
        }
        api.send(
            .post,
            "uploads/{upload}/completion",
            "Make a file of the parts, all of which have arrived",
            answers: CompletedUploadBody.self
        ) { call in
            let upload = try await uploads.complete(call.path("upload"), by: call.viewer)
            return CompletedUploadBody(
                id: upload.id,
                path: upload.path,
                size: upload.size,
                sha256: upload.sha256?.hex ?? ""
            )
        }
        api.send(.delete, "uploads/{upload}", "Give an upload up") { call in
            try await uploads.remove(call.path("upload"), by: call.viewer)
        }
    }
}

struct NewUploadBody: Codable, Sendable {
    /// The plural of the kind: `models`.
    var kind: String
    var owner: String
    var name: String
    /// Where the commit will go; main, unless given.
    var branch: String?
    var path: String
    var size: Int64
    /// By which the file is recognised when it is chosen again.
    var fingerprint: String
}

struct UploadBody: Codable, Sendable {
    var id: String
    var path: String
    var size: Int64
    var fingerprint: String
    var partSize: Int
    var parts: Int
    /// The numbers of the parts that are here.
    var arrived: [Int]
    /// Once it is complete.
    var sha256: String?
    var changedAt: String

    init(_ state: UploadState) {
        let upload = state.upload
        id = upload.id
        path = upload.path
        size = upload.size
        fingerprint = upload.fingerprint
        partSize = upload.partSize
        parts = upload.partCount
        arrived = state.arrived
        sha256 = upload.sha256?.hex
        changedAt = upload.changedAt.wire
    }
}

struct UploadCheckBody: Codable, Sendable {
    struct File: Codable, Sendable {
        var path: String
        var size: Int64
    }

    /// main, unless given.
    var branch: String?
    var files: [File]
}

struct UploadCheckAnswer: Codable, Sendable {
    struct File: Codable, Sendable {
        var path: String
        /// Whether a file of that name is there already.
        var replaces: Bool
        /// Why it would be refused: a problem's code, and its sentence in the reader's language.
        var code: String?
        var detail: String?
    }

    /// The largest file that is taken.
    var fileBytes: Int64
    /// What is left of the repository.
    var leftBytes: Int64
    var files: [File]
}

struct CompletedUploadBody: Codable, Sendable {
    var id: String
    var path: String
    var size: Int64
    var sha256: String
}

struct UploadCommitBody: Codable, Sendable {
    /// main, unless given.
    var branch: String?
    var message: String?
    var description: String?
    /// The ids of complete uploads.
    var uploads: [String]?
    /// Paths of files and folders.
    var deletions: [String]?
    /// The start of the id of the commit that the branch must still point to.
    var parent: String?
}

struct UploadCommitAnswer: Codable, Sendable {
    var commit: String
    /// False when nothing had to change.
    var isNew: Bool
    var title: String
}
