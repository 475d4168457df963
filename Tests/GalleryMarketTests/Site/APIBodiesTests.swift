import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryMarket

/// How large the bodies of `/api/v1` may be: as the document tells, and not a byte more.
struct APIBodiesTests {
    private struct Document: Decodable {
        struct Operation: Decodable {
            struct Body: Decodable {
                let description: String
                let largest: Int
                let content: [String: Ignored]

                enum CodingKeys: String, CodingKey {
                    case description, content
                    case largest = "x-largest-bytes"
                }
            }

            let requestBody: Body?
        }

        struct Ignored: Decodable {}

        let paths: [String: [String: Operation]]
    }

    @Test
    func `every body has a limit, and more than that is refused`() async throws {
        try await Site.run { site in
            let identity = site.market.hub.identity
            let root = try await identity.person("root", role: .admin)
            let token = try await identity.tokens.create(TokenRequest(name: "test", scope: .admin), by: root).text
            let data = try await site.client.execute(uri: "/api/v1/openapi.json", method: .get) {
                Data($0.body.readableBytesView)
            }
            let document = try JSONDecoder().decode(Document.self, from: data)
            var count = 0
            for (path, methods) in document.paths {
                for (method, operation) in methods {
                    guard let body = operation.requestBody, let type = body.content.keys.first else { continue }
                    let method = try #require(HTTPRequest.Method(method.uppercased()))
                    let isJSON = type == "application/json"
                    #expect(body.largest == 1 << 20 || !isJSON, "\(method) \(path)")
                    #expect(!body.description.isEmpty)
                    let headers: HTTPFields = [
                        .authorization: "Bearer \(token)", .contentLength: String(body.largest + 1),
                        .contentType: isJSON ? type : "application/octet-stream",
                    ]
                    let address = "/api/v1" + path.replacing("{", with: "").replacing("}", with: "")
                    let answer = try await site.client.execute(
                        uri: address.replacing("/kind/", with: "/models/"),
                        method: method,
                        headers: headers,
                        body: ByteBuffer(repeating: UInt8(ascii: " "), count: body.largest + 1)
                    ) { ($0.status, String(buffer: $0.body)) }
                    #expect(answer.0 == .contentTooLarge, "\(method) \(path): \(answer)")
                    #expect(answer.1.contains("body-too-large"), "\(method) \(path)")
                    count += 1
                }
            }
            #expect(count > 50)
        }
    }
}
