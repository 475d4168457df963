import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// Where Xet clients get the address of the content server and a token for it.
struct XetTokenRoutes {
    let xet: Xet
    let repositories: Repositories

    // huggingface_hub reads the headers, hf_xet the body.
    // swift-format-ignore: NeverForceUnwrap
    private static let casURL = HTTPField.Name("X-Xet-Cas-Url")!
    // swift-format-ignore: NeverForceUnwrap
    private static let accessToken = HTTPField.Name("X-Xet-Access-Token")!
    // swift-format-ignore: NeverForceUnwrap
    private static let tokenExpiration = HTTPField.Name("X-Xet-Token-Expiration")!

    func add(to router: Router<GalleryContext>) {
        for kind in RepoKind.allCases {
            let repo = "api/\(kind.plural)/:owner/:name"
            router.get("\(repo)/xet-write-token/:rev") { request, context in
                // A proposal comes without a revision: `/None?create_pr=1`.
                let isForProposal = try context.segment("rev").hasPrefix("refs/pr/")
                let isProposal = try request.query().truth("create_pr") || isForProposal
                let location = try await location(kind, context)
                let access = try await xet.openUpload(to: location.id, asProposal: isProposal, by: context.viewer)
                return try answer(access, request, context)
            }
            router.get("\(repo)/xet-read-token/:rev") { request, context in
                let location = try await location(kind, context)
                return try answer(
                    await xet.openDownload(from: location.id, by: context.viewer),
                    request,
                    context
                )
            }
        }
    }

    private func location(_ kind: RepoKind, _ context: GalleryContext) async throws -> RepoLocation {
        let name = RepoName(owner: try context.segment("owner"), name: try context.segment("name"))
        return try await repositories.locate(kind, name, by: context.viewer)
    }

    private func answer(_ access: XetAccess, _ request: Request, _ context: GalleryContext) throws -> Response {
        let address = "\(request.origin(context))/cas/\(access.space)"
        let body = XetTokenBody(casUrl: address, exp: access.expiry, accessToken: access.token)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store", Self.casURL: address,
                Self.accessToken: access.token, Self.tokenExpiration: String(access.expiry),
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder.wire.encode(body)))
        )
    }
}

private struct XetTokenBody: Encodable {
    var casUrl: String
    /// Seconds since 1970.
    var exp: Int
    var accessToken: String
}
