package import Foundation
package import GalleryModel
package import Hummingbird
import Logging
package import NIOCore

/// What travels with a request: who asks, under which id, over which channel.
package struct GalleryContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by the authentication middleware.
    package var viewer = Viewer.visitor {
        didSet { trace.note(viewer) }
    }
    /// Proves that a form comes from a page of ours; set with a session.
    package var formToken: String? {
        didSet { trace.note(formToken: formToken) }
    }
    /// What the reader understands; set by the edge.
    package var language = Language.english
    /// Where there are pages to show.
    var pages: Pages?
    /// Answered in `X-Request-Id` and written to every log line of the request.
    package var requestID = ""
    /// The connection, for answers that leave by sendfile.
    package let channel: any Channel
    /// What the log line and the counters of this request will say.
    package let trace = RequestTrace()
    /// How absolute addresses are made; set by the edge.
    package var addresses = PublicAddress(Settings.Server())
    /// Where the request comes from, for throttling: an IP address, or "local".
    package var clientAddress = "local"
    /// Set where a proxy in front sends files in our place.
    var handover: ProxyHandover?
    /// The counters of the process; nil outside the edge.
    var metrics: Metrics?
    /// The largest body that `Request.decode` takes.
    package var maxUploadSize = 2 << 20

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    package var requestDecoder: JSONDecoder { .wire }
    package var responseEncoder: JSONEncoder { .wire }
}
