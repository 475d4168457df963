import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import Hummingbird
import NIOCore

/// `/OWNER/NAME/upload/REV`: files of any size from a browser; small ones also without scripts.
struct UploadPages: Sendable {
    let finder: AssetFinder
    let uploads: Uploads
    let files: Files
    let pages: Pages

    private static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]

    private struct Place {
        let kind: RepoKind
        let repo: RepoID
        let name: RepoName
        let branch: String

        var path: String {
            "/\(kind.pathPrefix)\(PercentEncoding.encode(name.owner))/\(PercentEncoding.encode(name.name))"
        }
    }

    func add(to router: some RouterMethods<GalleryContext>) {
        for kind in Self.kinds {
            let path = RouterPath("\(kind.pathPrefix):owner/:name/upload/:rev")
            let below = RouterPath("\(kind.pathPrefix):owner/:name/upload/:rev/**")
            for path in [path, below] {
                router.get(path) { request, context in
                    let folder = try context.remainingPath()
                    return try await show(place(kind, context), folder: folder, request, context)
                }
            }
            router.post(path) { request, context in
                try await send(place(kind, context), request, context)
            }
        }
    }

    private func place(_ kind: RepoKind, _ context: GalleryContext) async throws -> Place {
        _ = try context.viewer.mustBeSignedIn()
        let (owner, name) = (try context.segment("owner"), try context.segment("name"))
        let (_, location) = try await finder.asset(kind.plural, owner, name, by: context.viewer)
        return Place(kind: kind, repo: location.id, name: location.name, branch: try context.segment("rev"))
    }

    private func show(
        _ place: Place,
        error: String? = nil,
        title: String = "",
        folder: String = "",
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let room = try await uploads.room(in: place.repo, by: context.viewer)
        // Only branches take commits; the page says so before anything is sent.
        _ = try await files.draft(on: place.branch, of: place.repo, by: context.viewer)
        let formats = context.formats
        let page = UploadPage(
            crumbs: [
                Crumb(place.name.description, place.path), Crumb(context.say("uploads.title")),
            ],
            name: place.name.description,
            branch: place.branch,
            action: "\(place.path)/upload/\(PercentEncoding.encode(place.branch))",
            filesPath: "\(place.path)/tree/\(PercentEncoding.encode(place.branch))",
            kind: place.kind.plural,
            ownerName: place.name.owner,
            assetName: place.name.name,
            fileLimit: formats.bytes(room.fileBytes),
            fileLimitBytes: String(room.fileBytes),
            repositoryLimit: formats.bytes(room.repositoryBytes),
            left: formats.bytes(room.leftBytes),
            formLimit: formats.bytes(Int64(MultipartForm.largest)),
            isFull: room.leftBytes == 0,
            error: error,
            message: title,
            folder: folder
        )
        return try await pages.answer(
            page,
            title: "\(context.say("uploads.title")) · \(place.name)",
            status: error == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }

    private func send(_ place: Place, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let form = try await request.multipartForm()
        let folder = (form["folder"] ?? "").split(separator: "/").joined(separator: "/")
        let title = (form["message"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        let small = form.parts.filter { $0.name == "files" && !($0.filename ?? "").isEmpty }
            .map { part in
                let name = (part.filename ?? "").replacingOccurrences(of: "\\", with: "/")
                return (path: (folder.isEmpty ? "" : folder + "/") + name, bytes: Array(part.bytes.readableBytesView))
            }
        do {
            _ = try await uploads.commit(
                small,
                title: title,
                on: place.branch,
                of: place.repo,
                by: context.viewer
            )
        } catch let error as any DomainError where [.invalid, .unprocessable, .tooLarge].contains(error.problem.kind) {
            return try await show(
                place,
                error: context.say(error.problem),
                title: title,
                folder: folder,
                request,
                context
            )
        }
        return pages.redirect(
            to: "\(place.path)/tree/\(PercentEncoding.encode(place.branch))",
            flash: context.say("uploads.committed", count: small.count),
            request,
            context
        )
    }
}

struct UploadPage: Page {
    static let template = "uploads/upload"

    let crumbs: [Crumb]
    let name: String
    let branch: String
    let action: String
    let filesPath: String
    let kind: String
    let ownerName: String
    let assetName: String
    let fileLimit: String
    let fileLimitBytes: String
    let repositoryLimit: String
    let left: String
    let formLimit: String
    let isFull: Bool
    let error: String?
    let message: String
    let folder: String
}
