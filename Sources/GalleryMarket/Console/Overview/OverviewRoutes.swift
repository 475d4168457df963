import Foundation
import GalleryBlobs
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/console/state`
struct OverviewRoutes: Sendable {
    let overview: Overview

    func add(to api: APIRoutes) {
        api.get("console/state", "Show the state of the system", for: .administrators, answers: SystemStateBody.self) {
            call in
            SystemStateBody(try await overview.state(by: call.viewer))
        }
    }
}

/// The state of the system in the interface.
struct SystemStateBody: Codable, Sendable {
    struct Kind: Codable, Sendable {
        var kind: String
        var all: Int
        var published: Int
        var inReview: Int
        var drafts: Int
        var rejected: Int
        var delisted: Int
        var bytes: Int64
    }

    var version: String
    var startedAt: Date
    var database: String
    var dataFolder: String
    var diskBytes: Int?
    var freeDiskBytes: Int?
    var deliversMail: Bool
    var people: Int
    var disabledPeople: Int
    var organizations: Int
    var assets: [Kind]
    var storedBytes: Int64
    var damagedPacks: Int
    var waitingJobs: Int
    var failedJobs: Int
    var waitingMails: Int
    var failedMails: Int
    var waitingReviews: Int
    var reportedComments: Int

    init(_ state: SystemState) {
        let tallies = state.tallies
        version = state.version
        startedAt = state.startedAt
        database = state.database
        dataFolder = state.folder
        diskBytes = state.space?.totalBytes
        freeDiskBytes = state.space?.freeBytes
        deliversMail = state.deliversMail
        people = tallies.people
        disabledPeople = tallies.disabledPeople
        organizations = tallies.organizations
        assets = tallies.kinds.map { kind in
            Kind(
                kind: kind.kind.rawValue,
                all: kind.all,
                published: kind.states[.published] ?? 0,
                inReview: kind.states[.inReview] ?? 0,
                drafts: kind.states[.draft] ?? 0,
                rejected: kind.states[.rejected] ?? 0,
                delisted: kind.states[.delisted] ?? 0,
                bytes: kind.bytes
            )
        }
        storedBytes = tallies.storedBytes
        damagedPacks = tallies.damagedPacks
        waitingJobs = tallies.waitingJobs
        failedJobs = tallies.parkedJobs
        waitingMails = tallies.waitingMails
        failedMails = tallies.failedMails
        waitingReviews = tallies.reviews
        reportedComments = tallies.reportedComments
    }
}
