import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/settings/profile`: what others see of an account.
struct ProfilePages: Sendable {
    let identity: Identity
    let profiles: Profiles
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/settings") { request, context in pages.redirect(to: "/settings/profile", request, context) }
        router.get("/settings/profile", use: show)
        router.post("/settings/profile", use: save)
        router.post("/settings/profile/avatar", use: replaceAvatar)
        router.post("/settings/profile/avatar/removal", use: removeAvatar)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        try await page(QueryParameters(""), nil, request, context)
    }

    private func save(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            _ = try await profiles.update(
                nickname: form["nickname"] ?? "",
                bio: (form["bio"] ?? "").replacingOccurrences(of: "\r\n", with: "\n"),
                by: context.viewer
            )
        } catch let error as any DomainError where [.invalid, .unprocessable].contains(error.problem.kind) {
            return try await page(form, FormFault(error, context), request, context)
        }
        return pages.redirect(to: "/settings/profile", flash: context.say("settings.saved"), request, context)
    }

    private func replaceAvatar(_ request: Request, context: GalleryContext) async throws -> Response {
        do {
            let form = try await request.multipartForm()
            guard let file = form.file("picture") else { throw PictureError.unreadable }
            _ = try await identity.avatars.replace(
                with: Array(file.bytes.readableBytesView),
                crop: form.crop,
                by: context.viewer
            )
        } catch let error as any DomainError where [.invalid, .tooLarge].contains(error.problem.kind) {
            return try await page(QueryParameters(""), FormFault(error, context), request, context)
        }
        return pages.redirect(to: "/settings/profile", flash: context.say("settings.saved"), request, context)
    }

    private func removeAvatar(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await identity.avatars.remove(by: context.viewer)
        return pages.redirect(to: "/settings/profile", flash: context.say("settings.saved"), request, context)
    }

    private func page(
        _ form: QueryParameters,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let account = try await identity.accounts.own(by: context.viewer)
        let page = ProfilePage(
            menu: SettingsMenu.entries("profile", context),
            name: account.name,
            publicID: account.publicID,
            avatar: account.avatarPath(.large),
            hasPicture: !account.picture.isEmpty,
            pictureError: fault?.error(at: "picture"),
            nickname: FormField(form["nickname"] ?? account.nickname, error: fault?.error(at: "nickname")),
            bio: FormField(form["bio"] ?? account.bio, error: fault?.error(at: "bio")),
            fault: fault?.general
        )
        return try await pages.answer(
            page,
            title: context.say("settings.profile"),
            status: fault == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }
}

extension FormFault {
    /// The problems that a profile can have.
    fileprivate init(_ error: any DomainError, _ context: GalleryContext) {
        var fields = [
            "nickname-invalid": "nickname", "bio-too-long": "bio", "picture-unreadable": "picture",
            "picture-too-large": "picture", "picture-too-many-pixels": "picture", "picture-crop-outside": "picture",
            "body-too-large": "picture",
        ]
        // The rule of the market says which field it is.
        fields["words-refused"] = error.problem.members["field"].flatMap {
            ["nickname", "bio"].contains($0) ? $0 : nil
        }
        self.init(error.problem, fields, context)
    }
}

extension MultipartForm {
    /// The square that a script or a person chose; the middle where none was.
    var crop: PictureWorkshop.Crop {
        guard let x = self["x"].flatMap({ Int($0) }), let y = self["y"].flatMap({ Int($0) }),
            let side = self["side"].flatMap({ Int($0) })
        else { return .middle }
        return .part(x: x, y: y, width: side, height: side)
    }
}

/// `/settings/profile`
struct ProfilePage: Page {
    static let template = "settings/profile"

    let menu: [SideEntry]
    let name: String
    let publicID: String
    let avatar: String
    let hasPicture: Bool
    let pictureError: String?
    let nickname: FormField
    let bio: FormField
    let fault: String?
}
