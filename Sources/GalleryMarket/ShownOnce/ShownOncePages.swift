import GalleryServing
import Hummingbird

extension ShownOnce {
    /// Back to `page`, which shows the secret once.
    func redirect(
        to page: String,
        showing secret: String,
        _ pages: Pages,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        try await keep(secret, for: page, session: context.formToken, by: context.viewer)
        return pages.redirect(to: page, request, context)
    }

    /// The secret that this page was asked for to show.
    func take(for page: String, _ context: GalleryContext) async throws -> String? {
        try await take(for: page, session: context.formToken, by: context.viewer)
    }
}
