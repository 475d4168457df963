package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// The number of a version, `x.x.x`; ordered as numbers are.
package struct VersionNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let parts: [Int]

    /// Nil unless there are three whole numbers without leading zeros, of at most nine digits.
    package init?(_ text: String) {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 3 else { return nil }
        var parts: [Int] = []
        for word in words {
            guard (1...9).contains(word.utf8.count), word.utf8.allSatisfy({ (48...57).contains($0) }),
                word.utf8.count == 1 || word.first != "0", let part = Int(word)
            else { return nil }
            parts.append(part)
        }
        self.parts = parts
    }

    package var description: String { parts.map(String.init).joined(separator: ".") }

    package static func < (left: VersionNumber, right: VersionNumber) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}

/// A version of an asset that its owner offers.
package struct AssetVersion: Record, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable, SQLConvertible {
        case available, offline, rejected
        case inReview = "in_review"
    }

    package let repo: RepoID
    package let number: String
    package let commit: GitOID
    package var notes: String
    /// What one needs to know or have before using it.
    package var constraints: String
    package var state: State
    /// Why it was rejected.
    package var reason: String
    package let createdBy: AccountID?
    package let createdAt: Date
    /// What it was when it was sent for review; see `reviewRevision`.
    var sentRevision = ""

    init(
        repo: RepoID,
        number: VersionNumber,
        commit: GitOID,
        notes: String,
        constraints: String,
        state: State,
        createdBy: AccountID?,
        createdAt: Date
    ) {
        self.repo = repo
        self.number = number.description
        self.commit = commit
        self.notes = notes
        self.constraints = constraints
        self.state = state
        reason = ""
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    package init(row: Row) throws {
        repo = try row.get("repo")
        number = try row.get("number")
        commit = try row.get("commit_id")
        notes = try row.get("notes")
        constraints = try row.get("constraints")
        state = try row.get("state")
        reason = try row.get("reason")
        createdBy = try row.optional("created_by")
        createdAt = try row.get("created_at")
        sentRevision = try row.get("sent_revision")
    }
}

/// What can be wrong with versions.
package enum VersionError: DomainError, Equatable {
    case badNumber(String)
    case exists(String)
    case unknown(String)
    case unsupported
    case lastAvailable
    case notAvailable(String)
    case tooLong
    case tooMany
    case tagInUse(String)

    package var problem: Problem {
        switch self {
        case .badNumber(let text):
            .invalid("version-invalid", "'\(text.prefix(40))' is not a version: write three numbers, as in 1.0.2.")
        case .exists(let number): Problem(.conflict, "version-exists", "There is a version \(number) already.")
        case .unknown(let number): Problem(.missing, "version-unknown", "There is no version \(number.prefix(40)).")
        case .unsupported: Problem(.conflict, "version-unsupported", "Assets of this kind have one version.")
        case .lastAvailable:
            Problem(
                .conflict,
                "version-last",
                "This is the last version that is available: add another one first, or delist the asset."
            )
        case .notAvailable(let number):
            Problem(.conflict, "version-not-available", "Version \(number) is not available any more.")
        case .tooLong:
            .invalid("version-notes-long", "Notes have at most 5,000 characters, and usage constraints too.")
        case .tooMany: Problem(.conflict, "versions-too-many", "An asset has at most 1,000 versions.")
        case .tagInUse(let number):
            Problem(
                .conflict,
                "version-tag-in-use",
                "The tag \(number) is a version of this asset: take the version offline on the asset's page instead."
            )
        }
    }
}
