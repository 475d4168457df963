import Foundation
import GalleryModel
import Testing
import XetFormat

struct XetHashTests {
    private static let bytes = (0..<32).map { UInt8($0) }
    private static let text = "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"

    @Test func `each eight bytes are printed as one little-endian number`() throws {
        let hash = try #require(XetHash(bytes: Self.bytes))
        #expect(hash.description == Self.text)
        #expect(XetHash(Self.text) == hash)
        #expect(hash.bytes == Self.bytes)
        #expect(try JSONDecoder().decode([XetHash].self, from: JSONEncoder().encode([hash])) == [hash])
    }

    @Test(arguments: ["", "07", String(repeating: "g", count: 64), String(repeating: "0", count: 65)])
    func `other texts are no hash`(text: String) {
        #expect(XetHash(text) == nil)
    }
}
