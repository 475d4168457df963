import GalleryClient

/// A fine-tune that was ordered.
struct FineTuneBody: Decodable, Sendable {
    struct Repo: Decodable, Sendable {
        var repo: String
        var commit: String
    }

    var id: String
    var base: Repo
    var product: Repo
    var run: RunBody
}

/// What would be ordered, and what is wrong with it.
struct FineTunePlanBody: Decodable, Sendable {
    struct Sample: Decodable, Sendable {
        struct Turn: Decodable, Sendable {
            var role: String
            var text: String
        }

        var path: String
        var place: Int
        var turns: [Turn]
        var prompt: String
        var answer: String
    }

    var isGood: Bool
    var faults: [String: String]
    var samples: [Sample]
    var usesChatTemplate: Bool
    var currency: String
    var pricePerHour: String?

    /// For people: what is wrong, or what the model will see.
    var text: String {
        guard isGood else {
            var facts = Facts()
            for (field, fault) in faults.sorted(by: { $0.key < $1.key }) { facts.add(field, fault) }
            return facts.text
        }
        let shown = samples.map { sample in
            let question = usesChatTemplate ? sample.turns.map { "\($0.role): \($0.text)" } : [sample.prompt]
            let lines = ["\(sample.path.printable), \(sample.place):"] + question + ["→ \(sample.answer)"]
            return lines.joined(separator: "\n").withoutControls + "\n\n"
        }
        let price = pricePerHour.map { "\($0) \(currency) an hour, while it trains" } ?? "free"
        return shown.joined() + "Nothing is wrong. It costs \(price).\n"
    }
}

/// The parameters of a way to train.
struct TrainingMethodBody: Decodable, Sendable {
    struct Parameter: Decodable, Sendable {
        struct Help: Decodable, Sendable { var en: String }

        var name: String
        var kind: String
        var standard: String
        var isSetByGallery: Bool
        var help: Help
    }

    var parameters: [Parameter]
}
