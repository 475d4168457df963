import GalleryModel
import GalleryServing

/// A field of a form with its label: `templates/publishing/entry.mustache` and `area.mustache`.
struct EntryField: Sendable {
    let name: String
    let label: String
    var value: String
    let hint: String?
    let error: String?
    let maximum: String?
    let isOptional: Bool
    /// The id of a `datalist` with what is usual.
    let list: String?

    init(
        _ name: String,
        _ label: String,
        _ value: String,
        hint: String? = nil,
        maximum: Int? = nil,
        isOptional: Bool = false,
        list: String? = nil,
        _ faults: FormFaults
    ) {
        self.name = name
        self.label = label
        self.value = value
        self.hint = hint
        error = faults[name]
        self.maximum = maximum.map(String.init)
        self.isOptional = isOptional
        self.list = list
    }
}

/// What was wrong with a form that was sent: sentences by field, and one that is about the whole.
struct FormFaults: Sendable {
    private var sentences: [String: String] = [:]
    private(set) var general: String?

    static let none = FormFaults()

    private init() {}

    subscript(_ field: String) -> String? { sentences[field] }

    /// Nil for errors that no form can help with; they are for the problem page.
    init?(_ error: any DomainError, _ context: GalleryContext) {
        if let error = error as? PublishingError, case .form(let faults) = error {
            for fault in faults.reversed() {
                sentences[fault.field] = context.say(Problem.invalid(fault.code, fault.detail))
            }
            return
        }
        let problem = error.problem
        guard [.invalid, .unprocessable, .conflict, .forbidden, .tooLarge].contains(problem.kind),
            problem.code != "not-yours"
        else {
            return nil
        }
        var sentence = context.say(problem)
        if let error = error as? WordsError, case .found(_, let text) = error {
            sentence = context.say("words.found", ["text": String(text.prefix(60))])
        }
        if let field = problem.members["field"], field != "introduction" {
            sentences[field] = sentence
        } else if problem.members["agreements"] != nil {
            sentences["agreements"] = sentence
        } else if problem.code.hasPrefix("version-") {
            sentences["version"] = sentence
        } else {
            general = sentence
        }
    }
}

/// A box to be ticked for each text that has to be accepted.
struct AgreementBox: Sendable {
    let kind: String
    let text: String
    let path: String
    let isTicked: Bool

    init(_ agreement: Agreement, ticked: [String] = [], _ context: GalleryContext) {
        kind = agreement.kind.rawValue
        text = agreement.text(in: context.language.tag).title
        path = "/agreements/\(agreement.kind.rawValue)"
        isTicked = ticked.contains(kind)
    }
}
