import GalleryModel
import GalleryServing

/// A field of a form: what was typed, and what is wrong with it.
struct FormField: Sendable {
    var value: String
    var error: String?

    init(_ value: String = "", error: String? = nil) {
        self.value = value
        self.error = error
    }
}

/// A choice of a form.
struct FormChoice: Sendable {
    let value: String
    let text: String
    let isChosen: Bool

    init(_ value: String, _ text: String, isChosen: Bool = false) {
        self.value = value
        self.text = text
        self.isChosen = isChosen
    }
}

/// What was wrong with a form that was sent: the field and the sentence, or the sentence alone.
struct FormFault: Sendable {
    let problem: Problem
    let sentence: String
    let field: String?

    /// `fields` says which field the codes of problems are about.
    init(_ problem: Problem, _ fields: [String: String], _ context: GalleryContext) {
        self.problem = problem
        sentence = context.say(problem)
        field = fields[problem.code]
    }

    func error(at field: String) -> String? { self.field == field ? sentence : nil }

    /// Where no field is to blame.
    var general: String? { field == nil ? sentence : nil }
}
