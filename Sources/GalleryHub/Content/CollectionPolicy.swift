/// How patient the collector is.
package struct CollectionPolicy: Sendable {
    /// How long a content that no repository holds is kept after somebody sent it, or was told that it is here: clients
    /// commit only when the last of many large files has arrived.
    package var grace: Duration
    /// How long bytes stay that nothing leads to any more: downloads under way end, and tokens with the old generation
    /// of a namespace expire.
    package var drain: Duration
    /// A pack with a smaller share of living bytes is rewritten without the dead ones.
    package var leastLivingShare: Double
    /// Files that lie in more than one extent are joined when the extents are shorter than this on average.
    package var joinsExtentsBelow: Int

    package init(
        grace: Duration = .seconds(3 * 24 * 3600),
        drain: Duration = .seconds(3600),
        leastLivingShare: Double = 0.5,
        joinsExtentsBelow: Int = 1 << 20
    ) {
        self.grace = grace
        self.drain = drain
        self.leastLivingShare = leastLivingShare
        self.joinsExtentsBelow = joinsExtentsBelow
    }
}

/// What one run of the collector did.
package struct CollectionReport: Sendable, Equatable {
    package var abandonedUploads = 0
    package var deletedContents = 0
    package var condemnedXorbs = 0
    package var deletedXorbs = 0
    package var rewrittenPacks = 0
    package var joinedContents = 0
    package var deletedPacks = 0
    /// Bytes of packs that wait for their deletion.
    package var doomedBytes = 0
    package var freedBytes = 0
    /// Files in the store that no row knew.
    package var deletedStrays = 0

    package init() {}
}
