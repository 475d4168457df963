import GalleryHub
import Testing

@testable import GalleryMarket

struct PublishingActionTests {
    /// One line per state, one word per action in the order send, publish, withdraw, approve, reject, delist, list.
    private static let table: [(RepoListing, String)] = [
        (.draft, "in_review published - - - - -"),
        (.inReview, "- - draft published rejected - -"),
        (.published, "- - - - - delisted -"),
        (.delisted, "- - - - - - published"),
        (.rejected, "in_review published - - - - -"),
    ]

    @Test
    func `every action leads from every state to where the table says`() {
        #expect(Set(Self.table.map(\.0)) == Set(RepoListing.allCases))
        for (state, words) in Self.table {
            let found = PublishingAction.allCases.map { state.next(on: $0)?.rawValue ?? "-" }
            #expect(found.joined(separator: " ") == words, "from \(state)")
        }
    }

    @Test
    func `every state can be left and every state can be reached`() {
        for state in RepoListing.allCases {
            #expect(!state.actions.isEmpty)
            let sources = RepoListing.allCases.filter { source in
                PublishingAction.allCases.contains { source.next(on: $0) == state }
            }
            #expect(!sources.isEmpty, "\(state)")
        }
    }
}
