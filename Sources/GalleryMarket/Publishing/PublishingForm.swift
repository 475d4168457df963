import Foundation
package import GalleryHub
package import GalleryModel

/// What an owner fills in to publish an asset, and edits afterwards.
package struct PublishingForm: Sendable, Equatable {
    package var visibility = Visibility.everyone
    /// By account name, `ur…` id or nickname; for the visibility `named`.
    package var named: [String] = []
    package var title = ""
    package var secondTitle = ""
    package var description = ""
    package var task = ""
    package var licence = ""
    package var isGated = false
    /// Who may use it from the start, as in `named`.
    package var granted: [String] = []
    package var environment: NotebookEnvironment?
    /// Days of free use for each subscriber; nil for ever.
    package var freeUseDays: Int?
    /// Whether a subscription goes on by itself when its days are over.
    package var renews = false
    package var isCodeOpen = true
    package var codeLicence = ""

    package init() {}

    /// Everything that is wrong, by field, in the order of the form. What it has already of licences that nobody knows may
    /// stay, since cards can hold any.
    package func faults(for kind: RepoKind, after present: PublishingForm? = nil) -> [FieldFault] {
        let terms = PublishingTerms.of(kind)
        var faults: [FieldFault] = []
        func demand(_ isRight: Bool, _ field: String, _ code: String, _ detail: String) {
            if !isRight { faults.append(FieldFault(field: field, code: code, detail: detail)) }
        }
        if terms.needsTitle {
            demand(
                terms.titleLength.contains(title.trimmed.count)
                    && !title.contains(where: PublishingTerms.forbiddenInTitles.contains),
                "title",
                "title-invalid",
                "Give a title of 3 to 64 characters without \\ / : * ? \" < > | ' &."
            )
        } else {
            demand(title.count <= 90, "title", "title-long", "A title has at most 90 characters.")
        }
        demand(
            secondTitle.count <= 120,
            "secondTitle",
            "second-title-long",
            "A second title has at most 120 characters."
        )
        demand(
            (1...90).contains(description.trimmed.count),
            "description",
            "description-invalid",
            "Describe the asset in 1 to 90 characters."
        )
        demand(task.isEmpty || Self.isTag(task), "task", "task-invalid", "Choose a task type.")
        for (field, licence, before) in [
            ("licence", licence, present?.licence), ("codeLicence", codeLicence, present?.codeLicence),
        ] {
            demand(
                licence.isEmpty || Licences.isKnown(licence) || licence == before,
                field,
                "licence-invalid",
                "There is no licence '\(licence.prefix(50))' on the list. Name one by its identifier, as apache-2.0; for one "
                    + "of your own, write 'other' and name it in README.md with license_name and license_link."
            )
        }
        demand(!terms.needsLicence || !licence.isEmpty, "licence", "licence-missing", "Choose a licence.")
        demand(
            !terms.needsEnvironment || environment != nil,
            "environment",
            "environment-missing",
            "Choose CPU, GPU or ASCEND."
        )
        demand(
            visibility != .named || !named.isEmpty,
            "named",
            "named-missing",
            "Name at least one user who may see the asset."
        )
        demand(
            !isGated || terms.allowsGating,
            "isGated",
            "gating-unsupported",
            "Assets of this kind are open to all who see them."
        )
        demand(
            freeUseDays == nil || terms.isSubscribed,
            "freeUseDays",
            "free-use-unsupported",
            "Assets of this kind are not subscribed to."
        )
        demand(
            (1...3650).contains(freeUseDays ?? 1),
            "freeUseDays",
            "free-use-invalid",
            "Free use lasts 1 to 3650 days."
        )
        demand(named.count <= 1000, "named", "named-too-many", "Name at most 1000 users.")
        demand(granted.count <= 200, "granted", "granted-too-many", "Add at most 200 users at a time.")
        return faults
    }

    /// The texts that the word lists are held against.
    var passages: [Words.Passage] {
        [
            Words.Passage("title", title), Words.Passage("secondTitle", secondTitle),
            Words.Passage("description", description),
        ]
    }

    /// What may stand in a card as a licence or a task.
    static func isTag(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "+"):
                    true
                default: false
                }
            }
    }
}

/// What is wrong with one field of a form.
package struct FieldFault: Sendable, Equatable {
    package var field: String
    /// For the catalogue of texts.
    package var code: String
    package var detail: String

    package init(field: String, code: String, detail: String) {
        self.field = field
        self.code = code
        self.detail = detail
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
