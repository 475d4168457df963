import GalleryHub
import HTTPTypes
import Testing

@Suite struct `Brief requests` {
    @Test(arguments: [
        ("HEAD", "/ada/m/resolve/main/config.json", true), ("HEAD", "/datasets/ada/d/resolve/main/a/b.csv", true),
        ("GET", "/ada/m/resolve/main/config.json", false), ("HEAD", "/ada/m/raw/main/config.json", false),
        ("HEAD", "/ada/m/blob/main/a/resolve", false), ("GET", "/api/models/ada/m", true),
        ("GET", "/api/datasets/ada/d?expand=tags&x=a/b", true), ("POST", "/api/models/ada/m", false),
        ("GET", "/api/models/ada", false), ("GET", "/api/models/ada/m/tree/main", false),
        ("GET", "/api/v1/assets/model", false), ("GET", "/", false), ("GET", "", false),
    ])
    func `only what memory and a few rows answer is brief`(method: String, path: String, isBrief: Bool) throws {
        let method = try #require(HTTPRequest.Method(method))
        let request = HTTPRequest(method: method, scheme: "http", authority: "a", path: path)
        #expect(HubRoutes.isBrief(request) == isBrief)
    }
}
