package import GalleryModel
import HTTPTypes
package import Hummingbird
import Logging

/// The outermost step of every request: gives it an id, which every answer carries.
package struct RequestMiddleware: RouterMiddleware {
    package typealias Context = GalleryContext

    private let settings: Settings.Server
    private let world: World

    package init(settings: Settings.Server, world: World) {
        self.settings = settings
        self.world = world
    }

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = RequestID.taken(from: request.headers) ?? world.newID()
        context.logger[metadataKey: "request"] = "\(context.requestID)"
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        return response
    }
}
