import GalleryModel
package import GalleryServing
package import Hummingbird

/// `/docs/api`: the interface of the gallery for people, made of the same declarations as its routes.
package struct ReferencePages: Sendable {
    private let reference: APIReference
    private let pages: Pages

    package init(_ document: APIDocument, pages: Pages) {
        reference = APIReference(document)
        self.pages = pages
    }

    package func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/docs/api") { request, context in
            let page = ReferencePage(reference, origin: request.origin(context), context)
            return try await pages.answer(page, title: context.say("reference.title"), request, context)
        }
        router.get("/docs/api/:group") { request, context in
            guard let group = try reference.group(context.segment("group")) else {
                throw Problem(.missing, "page-unknown", "There is nothing at this address.")
            }
            let page = ReferenceGroupPage(group, of: reference, origin: request.origin(context), context)
            let title = "\(page.heading) · \(context.say("reference.title"))"
            return try await pages.answer(page, title: title, place: "/docs/api", request, context)
        }
    }
}
