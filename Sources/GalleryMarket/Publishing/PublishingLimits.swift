import GalleryHub
import GalleryModel
package import GalleryServing

// What the bodies of publishing may hold, as their description tells it. Forms are answered as well as sent, also while
// they are not complete: their texts may be empty there.

extension PublishingFormBody: APILimited {
    static let limits: [String: APILimit] = [
        "visibility": .choice(Visibility.self), "named": .items(1000), "title": .length(0...90),
        "secondTitle": .length(0...120), "description": .length(0...90), "granted": .items(200),
        "freeUseDays": .range(0...3650),
    ]
}

extension PublishBody: APILimited {
    static let limits: [String: APILimit] = [
        "notes": .length(0...5000), "constraints": .length(0...5000), "accept": .choice(AgreementKind.self),
    ]
}

extension StepBody: APILimited {
    static let limits: [String: APILimit] = [
        "action": .choices([PublishingAction.withdraw, .delist, .list].map(\.rawValue))
    ]
}

extension VersionWordsBody: APILimited {
    static let limits: [String: APILimit] = ["notes": .length(0...5000), "constraints": .length(0...5000)]
}

extension NewVersionBody: APILimited {
    static let limits: [String: APILimit] = ["notes": .length(0...5000), "constraints": .length(0...5000)]
}

extension Paper: APILimited {
    package static let limits: [String: APILimit] = ["title": .length(1...200), "link": .length(1...500)]
}

extension AssetPlan: APILimited {
    package static let limits: [String: APILimit] = [
        "name": .length(1...60), "amount": .range(1...1_000_000_000), "price": .range(0...1_000_000_000_000),
        "currency": .length(3...3),
    ]
}

extension MarksBody: APILimited {
    static let limits: [String: APILimit] = ["plans": .items(20)]
}

extension ApplyBody: APILimited {
    static let limits: [String: APILimit] = [
        "name": .length(1...60), "reason": .length(1...1000), "accept": .choice(AgreementKind.self),
    ]
}

extension SubscribeBody: APILimited {
    static let limits: [String: APILimit] = ["accept": .choice(AgreementKind.self)]
}

extension Agreement.Text: APILimited {
    package static let limits: [String: APILimit] = ["title": .length(1...120), "body": .length(1...100_000)]
}
