import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import GalleryClient
@testable import gallery_cli

@Suite struct APIClientTests {
    private struct Item: Decodable, Sendable { var id: Int }

    @Test func `a list is read from page to page, and no more than is wanted`() async throws {
        try await StubHub.run { request, _, _ in
            let query = request.uri.queryParameters
            #expect(request.uri.path == "/api/v1/runs" && query["kind"] == "fine-tune")
            return query["cursor"] == nil
                ? .text(.ok, #"{"items":[{"id":1,"more":[true,null,1.5]},{"id":2}],"next":"2"}"#)
                : .text(.ok, #"{"items":[{"id":3},{"id":4}]}"#)
        } _: { hub in
            try await hub.withClient { client in
                let api = APIClient(client)
                let all: APIAnswer<[Item]> = try await api.list("runs", [("kind", "fine-tune")], limit: 50)
                #expect(all.body.map(\.id) == [1, 2, 3, 4])
                guard case .array(let items) = all.json else { return #expect(Bool(false), "a list was expected") }
                #expect(items.first?["more"] == [true, .null, .double(1.5)])
                let some: APIAnswer<[Item]> = try await api.list("runs", [("kind", "fine-tune")], limit: 3)
                #expect(some.body.map(\.id) == [1, 2, 3])
            }
        }
    }

    @Test func `what is told of nothing is left out of a body`() {
        let body = JSONValue.members(["a": .string("1"), "b": nil, "c": JSONValue(nil as Int?), "d": JSONValue(4)])
        #expect(body == ["a": "1", "d": 4])
    }

    @Test func `events are taken one by one, with a key of their own`() async throws {
        try await StubHub.run { _, _, _ in
            .text(.ok, "data: {\"a\": 1}\n\n: nothing\ndata: [DONE]\n\n")
        } _: { hub in
            try await hub.withClient(token: "hf_mine") { client in
                var seen: [String] = []
                try await APIClient(client).events("/gateway/s/v1/chat/completions", [:], token: "key") {
                    seen.append($0)
                }
                #expect(seen == [#"{"a": 1}"#, "[DONE]"])
                #expect(hub.seen.value.first?.authorization == "Bearer key")
            }
        }
    }

    @Test func `who waits for an answer soon hears what does not pass, and gets it once what passes has passed`()
        async throws
    {
        let slept = Mutexed<[Double]>([])
        for (retryAfter, fails, status) in [("5", 2, 200), ("5", 99, 503), (nil, 99, 503)] as [(String?, Int, Int)] {
            slept.withLock { $0 = [] }
            try await StubHub.run { _, _, index in
                guard index < fails else { return .text(.ok, "data: [DONE]\n\n") }
                var response = Response.text(.serviceUnavailable, #"{"error":{"message":"The service is stopped."}}"#)
                response.headers[.retryAfter] = retryAfter
                return response
            } _: { hub in
                let retry = RetryPolicy(sleep: { seconds in slept.withLock { $0.append(seconds) } })
                let transport = HubTransport(address: hub.address, token: nil, retry: retry)
                var heard: String?
                do {
                    try await APIClient(HubClient(transport)).events("/gateway/s/v1/completions", [:], token: nil) {
                        _ in
                    }
                } catch let HubError.refused(refusal) {
                    heard = refusal.sentence
                }
                try await transport.close()
                #expect(heard == (status == 200 ? nil : "The service is stopped."))
            }
            let pauses = slept.value
            #expect(pauses.count == (retryAfter == nil ? 0 : min(fails, 6)), "\(pauses)")
            #expect(pauses.reduce(0, +) <= 15 && pauses.allSatisfy { $0 <= 5 })
        }
    }

    @Test func `an export is written whole, line by line`() async throws {
        try await StubHub.run { _, _, _ in
            .text(.ok, "a,b\n1,模型\n2,end")
        } _: { hub in
            try await hub.withClient { client in
                var text = ""
                try await APIClient(client).pieces("billing/lines.csv") { text += $0 }
                #expect(text == "a,b\n1,模型\n2,end")
            }
        }
    }

    @Test func `a request that makes something is not repeated`() async throws {
        try await StubHub.run { _, _, _ in
            .text(.badGateway, #"{"detail":"Lost."}"#)
        } _: { hub in
            try await hub.withClient { client in
                await #expect(throws: HubError.self) {
                    let _: APIAnswer<Item> = try await APIClient(client).send(.post, "runs/1/retry")
                }
            }
            #expect(hub.seen.value.count == 1)
        }
    }

    @Test func `tables align what is wide, and steer no terminal`() {
        var table = Table("A", "B")
        table.add("模型", "1")
        table.add("x\u{1B}[2J", "2")
        #expect(table.text == "A      B\n模型   1\nx?[2J  2\n")
        #expect("a\tb\nc\u{1B}[0m".withoutControls == "a\tb\nc?[0m")
    }
}
