import ArgumentParser

/// What something runs on, and for how long.
struct PlaceOptions: ParsableArguments {
    @Option(help: "What to run on, as “gallery-cli flavors” lists it.")
    var flavor: String

    @Option(help: "The region of the flavor.")
    var region = "local"

    @Flag(help: "On the free hours of the week.")
    var free = false

    @Option(help: "At most so many hours.")
    var hours: Int?

    var tariff: String { free ? "free" : "paid" }
}
