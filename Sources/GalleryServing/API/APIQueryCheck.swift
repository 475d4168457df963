import GalleryModel
import Hummingbird

extension QueryParameters {
    /// Throws 400 for a parameter that the operation does not have, which would else be taken for granted, and for a value
    /// that is none of its choices.
    func check(against parameters: [APIParameter]) throws {
        for (name, value) in items {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                let known = parameters.map { "'\($0.name)'" }.joined(separator: ", ")
                throw Problem.invalid(
                    "parameter-unknown",
                    "There is no parameter '\(name.prefix(50))' here. "
                        + (known.isEmpty ? "This operation takes none." : "There are: \(known).")
                )
            }
            let choices = parameter.choices
            guard choices.isEmpty || value.isEmpty || choices.contains(value) || parameter.alsoKnown.contains(value)
            else {
                throw Problem.invalid(
                    "parameter-invalid",
                    "'\(name)' is one of \(choices.joined(separator: ", ")), not '\(value.prefix(50))'."
                )
            }
        }
    }
}

extension APIParameter {
    fileprivate var choices: [String] {
        switch schema {
        case .string(_, let choices, _), .list(.string(_, let choices, _), _): choices
        default: []
        }
    }
}
