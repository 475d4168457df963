import Foundation
import GalleryMarket
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

struct PagesTests {
    @Test(arguments: Language.allCases)
    func `every template parses, and every text, icon and file it names exists`(language: Language) throws {
        // The folder checks itself when it is read.
        let web = try WebFolder(Settings().web)
        #expect(web.root.lastPathComponent == "Web")
    }
}
