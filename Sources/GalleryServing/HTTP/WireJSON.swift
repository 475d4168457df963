package import Foundation

extension JSONEncoder {
    /// JSON as all our interfaces speak it; dates as `2026-01-02T03:04:05.678Z`, whose final Z hub clients insist on.
    package static var wire: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.wire)
        }
        return encoder
    }
}

extension JSONDecoder {
    package static var wire: JSONDecoder { JSONDecoder() }
}

extension Date {
    /// `2026-01-02T03:04:05.678Z`
    package var wire: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
