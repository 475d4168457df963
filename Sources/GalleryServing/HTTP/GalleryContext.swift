package import Foundation
package import GalleryModel
package import Hummingbird
import Logging
package import NIOCore

/// What travels with a request: who asks, under which id, over which channel.
package struct GalleryContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by the authentication middleware.
    package var viewer = Viewer.visitor
    /// Answered in `X-Request-Id` and written to every log line of the request.
    package var requestID = ""
    /// The connection, for answers that leave by sendfile.
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    package var requestDecoder: JSONDecoder { .wire }
    package var responseEncoder: JSONEncoder { .wire }
}
