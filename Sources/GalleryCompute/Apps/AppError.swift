package import GalleryModel

/// What can be wrong with an app, or with what is asked of one.
package enum AppError: DomainError, Equatable {
    case unknown
    case badName
    case badLicence
    case badAbout
    case badSource
    case noWeights
    case noProgram
    case notOwnRepository
    case sourceGone
    case tooMany(Int)
    case shownAlready
    case stillEnding
    case held
    case notTyped
    case notAgreed
    case notOpen
    case notReady
    case badTalk(String)
    case busy
    case noEnvironment
    case linkOver
    case badPath

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "app-unknown", "There is no such app.")
        case .badName: Self.field("name", "app-name", "A name has 1 to 30 characters on one line.")
        case .badLicence:
            Self.field("licence", "app-licence", "Name a licence by its identifier, as apache-2.0, or none.")
        case .badAbout: Self.field("about", "app-about", "A description has at most 100 characters.")
        case .badSource:
            Self.field("source", "app-source", "Name a model, or a repository of the kind app, as owner/name.")
        case .noWeights:
            Self.field(
                "source",
                "app-no-weights",
                "This model has no weights that the gallery can serve: safetensors with config.json, GGUF, or an adapter."
            )
        case .noProgram: Self.field("source", "app-no-program", "This repository has no app.py at its top.")
        case .notOwnRepository:
            Self.field("source", "app-not-own", "An app is made of a repository of one's own or of one's organisation.")
        case .sourceGone:
            Problem(
                .conflict,
                "app-source-gone",
                "What this app was made of is deleted. Delete the app, or make another."
            )
        case .tooMany(let limit): Problem(.conflict, "app-too-many", "You have \(limit) apps already. Delete one.")
        case .shownAlready: Problem(.conflict, "app-shown", "The app is shown already.")
        case .stillEnding: Problem(.conflict, "app-still-ending", "The app is just ending. Try again in a few seconds.")
        case .held:
            Problem(.conflict, "app-held", "An administrator took this app away. Ask one to allow it again.")
        case .notTyped: Self.field("confirm", "app-not-typed", "Type the name of the app exactly to delete it.")
        case .notAgreed:
            Self.field("agreed", "app-not-agreed", "Say that you know that the app is billed while it runs.")
        case .notOpen: Problem(.conflict, "app-not-open", "The app does not run now.")
        case .notReady: Problem(.unavailable, "app-not-ready", "The app does not answer. Try again in a few seconds.")
        case .badTalk(let reason): Problem(.unprocessable, "app-talk", "This cannot be asked: \(reason).")
        case .busy:
            Problem(
                .throttled,
                "app-busy",
                "Wait until the app has answered what you asked it before.",
                retryAfter: 2
            )
        case .noEnvironment:
            Problem(
                .unavailable,
                "app-no-environment",
                "What apps of one's own run in is not installed here. Ask an operator to run scripts/setup-apps."
            )
        case .linkOver: Problem(.forbidden, "app-link-over", "This page of the app is too old. Load it again.")
        case .badPath: Problem.invalid("app-path", "This address leads out of the app.")
        }
    }

    private static func field(_ field: String, _ code: String, _ detail: String) -> Problem {
        Problem(.unprocessable, code, detail, members: ["field": field])
    }
}
