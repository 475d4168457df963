import GalleryServing
import Hummingbird

/// `/`
struct HomePages: Sendable {
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/") { request, context in
            try await pages.answer(
                HomePage(origin: request.origin(context)),
                title: context.say("home.title"),
                request,
                context
            )
        }
    }
}

struct HomePage: Page {
    static let template = "home/home"

    let origin: String
}
