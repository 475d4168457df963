import Foundation
import GalleryServing
import Hummingbird

/// Pages that belong to the site as a whole: how clients are pointed at it, and its design system.
struct SitePages: Sendable {
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/clients") { request, context in
            try await pages.answer(
                ClientsPage(origin: request.origin(context)),
                title: context.say("clients.title"),
                request,
                context
            )
        }
        router.get("/design") { request, context in
            try await pages.answer(
                DesignPage(context.words, now: Date()),
                title: context.say("design.title"),
                request,
                context
            )
        }
    }
}

/// How the tools people know are pointed at this gallery.
struct ClientsPage: Page {
    static let template = "site/clients"

    let point: String
    let signIn = "hf auth login"
    let download = "hf download OWNER/NAME"
    let upload = "hf upload OWNER/NAME ./folder"
    let python: String
    let own = "gallery-cli login\ngallery-cli download OWNER/NAME"

    init(origin: String) {
        point = "export HF_ENDPOINT=\(origin)"
        python = """
            import os
            os.environ["HF_ENDPOINT"] = "\(origin)"
            from huggingface_hub import snapshot_download
            snapshot_download("OWNER/NAME")
            """
    }
}
