/// An app of one's own.
struct MyAppBody: Decodable, Sendable {
    struct App: Decodable, Sendable {
        var id: String
        var name: String
        var purpose: String
        var source: String
        var commit: String
        var path: String
    }

    struct Run: Decodable, Sendable { var id: String }

    var app: App
    var state: String
    var reason: RunBody.Reason?
    var flavor: String
    var region: String
    var tariff: String
    var hours: Int?
    var run: Run?
}
