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
    /// Dates as we write them, with or without fractions of a second.
    package static var wire: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            let styles = [Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle()]
            guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "a date such as 2026-01-02T03:04:05Z is needed"
                    )
                )
            }
            return date
        }
        return decoder
    }
}

extension Date {
    /// `2026-01-02T03:04:05.678Z`
    package var wire: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
