import Foundation
import GalleryModel
import GalleryServing

/// What is said to an app that the gallery brings: a conversation, or a question about a text.
package struct AppTalk: Codable, Sendable {
    package struct Turn: Codable, Sendable {
        /// system, user or assistant.
        package var role: String
        package var content: String
    }

    /// So long may all of it be.
    static let largest = 256 << 10
    static let mostTurns = 200
    static let mostTokens = 4096

    /// The conversation so far; the last is what is asked now.
    package var messages: [Turn]
    /// The text that a question is about.
    package var text: String?
    /// 0 is always the likeliest word; 0.7 unless given.
    package var temperature: Double?
    /// The most tokens of the answer; 512 unless given.
    package var maxTokens: Int?

    /// What the worker is asked, as it understands it.
    func request(_ purpose: AppPurpose, model: String) throws -> Data {
        guard (1...Self.mostTurns).contains(messages.count), messages.last?.role == "user" else {
            throw AppError.badTalk("the last of 1 to \(Self.mostTurns) messages is what the user says")
        }
        guard messages.allSatisfy({ ["system", "user", "assistant"].contains($0.role) }) else {
            throw AppError.badTalk("who speaks is system, user or assistant")
        }
        let size = messages.reduce(text?.utf8.count ?? 0) { $0 + $1.content.utf8.count }
        guard size <= Self.largest, let last = messages.last, !last.content.allSatisfy(\.isWhitespace) else {
            throw AppError.badTalk("it is empty or too long")
        }
        guard (0...2).contains(temperature ?? 0), (1...Self.mostTokens).contains(maxTokens ?? 1) else {
            throw AppError.badTalk("the temperature is 0 to 2, the answer has 1 to \(Self.mostTokens) tokens")
        }
        var turns = messages
        if purpose == .questions {
            guard let text, !text.allSatisfy(\.isWhitespace) else { throw AppError.badTalk("there is no text") }
            // As models are fine-tuned to read it.
            turns[turns.count - 1].content = "\(text)\n\n\(last.content)"
        }
        return try JSONEncoder.wire.encode(
            Wire(
                model: model,
                messages: turns,
                temperature: temperature ?? 0.7,
                mostTokens: maxTokens ?? 512,
                stream: true
            )
        )
    }

    private struct Wire: Encodable {
        var model: String
        var messages: [Turn]
        var temperature: Double
        var mostTokens: Int
        var stream: Bool

        enum CodingKeys: String, CodingKey {
            case model, messages, temperature, stream
            case mostTokens = "max_tokens"
        }
    }
}
