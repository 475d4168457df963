import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/OWNER/NAME/upload/REV`: files of any size from a browser; small ones also without scripts.
struct UploadPages: Sendable {
    let base: AssetPages
    let uploads: Uploads

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/upload/:rev", router) { request, context, asset in
            try await show(asset, Typed(), request, context)
        }
        base.get("/upload/:rev/**", router) { request, context, asset in
            try await show(asset, Typed(folder: context.remainingPath()), request, context)
        }
        base.post("/upload/:rev", router) { request, context, asset in try await send(asset, request, context) }
    }

    /// What somebody without scripts has typed, and why it was refused.
    private struct Typed {
        var folder = ""
        var message = ""
        var error: String?
    }

    private func show(
        _ asset: Asset,
        _ typed: Typed,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        try asset.demand(.write, of: context.viewer)
        let branch = try context.segment("rev")
        let room = try await uploads.room(in: asset.id, by: context.viewer)
        // Only branches take commits; the page says so before anything is sent.
        _ = try await base.assets.files.draft(on: branch, of: asset.id, by: context.viewer)
        let formats = context.formats
        let files = "\(asset.path)/tree/\(PercentEncoding.encode(branch))"
        let action = "\(asset.path)/upload/\(PercentEncoding.encode(branch))"
        let head = try await base.head(of: asset, .files, request, context)
        let page = UploadPage(
            donePath: head.journey == nil ? files : asset.path,
            signInPath: "/login?next=\(PercentEncoding.encode(action))",
            head: head,
            name: asset.name.description,
            branch: branch,
            action: action,
            filesPath: files,
            kind: asset.kind.plural,
            ownerName: asset.name.owner,
            assetName: asset.name.name,
            fileLimit: formats.bytes(room.fileBytes),
            repositoryLimit: formats.bytes(room.repositoryBytes),
            left: formats.bytes(room.leftBytes),
            formLimit: formats.bytes(Int64(MultipartForm.largest)),
            isFull: room.leftBytes == 0,
            error: typed.error,
            message: typed.message,
            folder: typed.folder,
            notes: try await base.notes(on: asset, at: branch, isChange: true, request, context)
        )
        return try await base.answer(
            page,
            of: asset,
            title: context.say("uploads.title"),
            status: typed.error == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }

    private func send(_ asset: Asset, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let branch = try context.segment("rev")
        let form = try await request.multipartForm()
        var typed = Typed()
        typed.folder = (form["folder"] ?? "").split(separator: "/").joined(separator: "/")
        typed.message = (form["message"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        let small = form.parts.filter { $0.name == "files" && !($0.filename ?? "").isEmpty }
            .map { part in
                let name = (part.filename ?? "").replacingOccurrences(of: "\\", with: "/")
                let path = (typed.folder.isEmpty ? "" : typed.folder + "/") + name
                return (path: path, bytes: Array(part.bytes.readableBytesView))
            }
        do {
            _ = try await uploads.commit(small, title: typed.message, on: branch, of: asset.id, by: context.viewer)
        } catch let error as any DomainError where [.invalid, .unprocessable, .tooLarge].contains(error.problem.kind) {
            typed.error = context.say(error.problem)
            return try await show(asset, typed, request, context)
        }
        let isGuided = try await base.head(of: asset, .files, request, context).journey != nil
        return base.pages.redirect(
            to: isGuided ? asset.path : "\(asset.path)/tree/\(PercentEncoding.encode(branch))",
            flash: context.say("uploads.committed", count: small.count),
            request,
            context
        )
    }
}

struct UploadPage: Page {
    static let template = "uploads/upload"

    /// Where the page leads after the commit: to the files, or to the next step of a new asset.
    let donePath: String
    let signInPath: String
    let head: AssetHead
    let name: String
    let branch: String
    let action: String
    let filesPath: String
    let kind: String
    let ownerName: String
    let assetName: String
    let fileLimit: String
    let repositoryLimit: String
    let left: String
    let formLimit: String
    let isFull: Bool
    let error: String?
    let message: String
    let folder: String
    let notes: String
}
