package import GalleryModel

/// What each kind of asset asks for and allows when it is published: the table in which kinds differ.
package struct PublishingTerms: Sendable, Equatable {
    package var needsLicence = true
    package var hasTask = true
    /// Whether use can be limited to those who applied.
    package var allowsGating = true
    /// Whether people subscribe to it, so that free use can be limited in time.
    package var isSubscribed = false
    /// Whether it may be offered for sale.
    package var isSold = false
    /// Whether a title is demanded, within `titleLength` and without `Self.forbiddenInTitles`.
    package var needsTitle = false
    package var titleLength = 0...90
    package var needsEnvironment = false
    /// Once published, who sees it stays as it is.
    package var isVisibilityFixed = false
    package var hasVersions = true
    /// Papers, and code that is open or not.
    package var hasCode = false

    static let forbiddenInTitles = Set("\\/:*?\"<>|'&")

    package static func of(_ kind: RepoKind) -> PublishingTerms {
        var terms = PublishingTerms()
        switch kind {
        case .model: (terms.isSubscribed, terms.isSold) = (true, true)
        case .dataset: break
        case .algorithm: (terms.isSubscribed, terms.isSold, terms.hasCode) = (true, true, true)
        case .workflow, .case: (terms.isSubscribed, terms.needsLicence, terms.hasTask) = (true, false, false)
        case .notebook:
            terms.needsLicence = false
            terms.hasTask = false
            terms.allowsGating = false
            terms.needsTitle = true
            terms.titleLength = 3...64
            terms.needsEnvironment = true
            terms.isVisibilityFixed = true
            terms.hasVersions = false
        case .app, .image, .skill: (terms.needsLicence, terms.hasTask) = (false, false)
        }
        return terms
    }
}

/// Where a notebook runs.
package enum NotebookEnvironment: String, Sendable, Codable, CaseIterable {
    case cpu = "CPU"
    case gpu = "GPU"
    case ascend = "ASCEND"
}
