/// What operators say of an asset, for all to see.
package enum Mark: String, Sendable, Codable, CaseIterable {
    /// It comes from those who run the gallery or whom they vouch for.
    case official
    /// Worth looking at.
    case featured
    /// It is sold.
    case commercial

    var column: String { "is_\(rawValue)" }
}
