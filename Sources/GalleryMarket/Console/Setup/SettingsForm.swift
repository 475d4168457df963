import GalleryHub
import GalleryModel
import GalleryServing

/// The fields of the settings that may change, for `console/settings-fields`.
struct SettingsForm: Sendable {
    static let fields = [
        "setting-unusable": "site.name", "setting-unknown": "site.name", "setting-fixed": "site.name",
    ]

    let name: FormField
    let isNameFixed: String?
    let languages: [FormChoice]
    let isLanguageFixed: String?
    let policies: [FormChoice]
    let isPolicyFixed: String?
    let signUps: [FormChoice]
    let isSignUpFixed: String?
    let deliversMail: Bool
    let mailHost: String

    init(_ shown: ShownSettings, _ form: QueryParameters?, nameError: String?, _ context: GalleryContext) {
        let settings = shown.settings
        let value = { (key: String, standing: String) in form?[key] ?? standing }
        let fixed = { (key: String) -> String? in
            shown.sources[key].map { source in
                switch source {
                case "file": context.say("siteSettings.fixed.file")
                case "environment": context.say("siteSettings.fixed.environment")
                default: context.say("siteSettings.fixed.flag")
                }
            }
        }
        name = FormField(value("site.name", settings.site.name), error: nameError)
        isNameFixed = fixed("site.name")
        let language = value("site.language", settings.site.language.rawValue)
        languages = Language.allCases.map { FormChoice($0.rawValue, $0.name, isChosen: $0.rawValue == language) }
        isLanguageFixed = fixed("site.language")
        let policy = value("publishing.policy", settings.publishing.policy.rawValue)
        policies = [
            ("automatic", context.say("siteSettings.policy.automatic")),
            ("review", context.say("siteSettings.policy.review")),
        ].map { FormChoice($0, $1, isChosen: $0 == policy) }
        isPolicyFixed = fixed("publishing.policy")
        let signUp = value("identity.allowsSignUp", settings.identity.allowsSignUp ? "true" : "false")
        signUps = [
            ("true", context.say("siteSettings.signUp.open")), ("false", context.say("siteSettings.signUp.closed")),
        ].map { FormChoice($0, $1, isChosen: $0 == signUp) }
        isSignUpFixed = fixed("identity.allowsSignUp")
        deliversMail = shown.deliversMail
        mailHost = settings.mail.host
    }

    /// What a form says of the settings.
    static func values(_ form: QueryParameters) -> [String: String] {
        SettingsInForce.adjustable.reduce(into: [:]) { values, key in values[key] = form[key]?.trimmed }
    }
}
