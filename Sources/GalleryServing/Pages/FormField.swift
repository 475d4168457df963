package import GalleryModel

/// A field of a form: what was typed, and what is wrong with it.
package struct FormField: Sendable {
    package var value: String
    package var error: String?

    package init(_ value: String = "", error: String? = nil) {
        self.value = value
        self.error = error
    }
}

/// A choice of a form.
package struct FormChoice: Sendable {
    package let value: String
    package let text: String
    package let isChosen: Bool

    package init(_ value: String, _ text: String, isChosen: Bool = false) {
        self.value = value
        self.text = text
        self.isChosen = isChosen
    }
}

/// What was wrong with a form that was sent: the field and the sentence, or the sentence alone.
package struct FormFault: Sendable {
    package let problem: Problem
    package let sentence: String
    package let field: String?

    /// `fields` says which field the codes of problems are about.
    package init(_ problem: Problem, _ fields: [String: String], _ context: GalleryContext) {
        self.problem = problem
        sentence = context.say(problem)
        field = fields[problem.code]
    }

    package func error(at field: String) -> String? { self.field == field ? sentence : nil }

    /// Where no field is to blame.
    package var general: String? { field == nil ? sentence : nil }
}
