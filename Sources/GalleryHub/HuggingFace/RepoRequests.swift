import Foundation
import GalleryModel

/// `POST /api/repos/create`
struct CreateRepoRequest: Decodable, Sendable {
    var name: String
    /// The namespace; the token's owner when absent.
    var organization: String?
    var type: String?
    var visibility: String?
    /// What clients before 2.0 send instead of `visibility`.
    var isPrivate: Bool?
    var sdk: String?
    var license: String?
    var files: [File]?

    struct File: Decodable, Sendable {
        var path: String
        var content: String
        var encoding: String?

        /// Throws 400 when the content is not what its encoding says.
        func bytes() throws -> [UInt8] {
            if encoding == "base64" {
                guard let data = Data(base64Encoded: content) else {
                    throw Problem.invalid("content-malformed", "The content of '\(path)' is not valid base64.")
                }
                return [UInt8](data)
            }
            return Array(content.utf8)
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, organization, type, visibility, sdk, license, files
        case isPrivate = "private"
    }
}

/// `DELETE /api/repos/delete`
struct DeleteRepoRequest: Decodable, Sendable {
    var name: String
    var organization: String?
    var type: String?
}

/// `POST /api/repos/move`
struct MoveRepoRequest: Decodable, Sendable {
    var fromRepo: String
    var toRepo: String
    var type: String?
}

/// `POST /api/{t}/{id}/duplicate`
struct DuplicateRepoRequest: Decodable, Sendable {
    var repository: String
    var visibility: String?
    var isPrivate: Bool?

    enum CodingKeys: String, CodingKey {
        case repository, visibility
        case isPrivate = "private"
    }
}

/// `PUT /api/{t}/{id}/settings`
struct RepoSettingsRequest: Decodable, Sendable {
    var visibility: String?
    var isPrivate: Bool?
    var gating: Gating?
    var discussionsDisabled: Bool?

    enum CodingKeys: String, CodingKey {
        case visibility, gated, discussionsDisabled
        case isPrivate = "private"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        visibility = try container.decodeIfPresent(String.self, forKey: .visibility)
        isPrivate = try container.decodeIfPresent(Bool.self, forKey: .isPrivate)
        discussionsDisabled = try container.decodeIfPresent(Bool.self, forKey: .discussionsDisabled)
        if let word = try? container.decodeIfPresent(String.self, forKey: .gated) {
            switch word {
            case "auto": gating = .automatic
            case "manual": gating = .manual
            case "false": gating = .off
            default:
                throw Problem.invalid("gating-unknown", "'gated' must be \"auto\", \"manual\" or false.")
            }
        } else if let flag = try container.decodeIfPresent(Bool.self, forKey: .gated) {
            guard !flag else {
                throw Problem.invalid("gating-unknown", "'gated' must be \"auto\", \"manual\" or false.")
            }
            gating = .off
        }
    }
}

extension Visibility {
    /// The hub's two words and the old flag; nil when the request says nothing.
    init?(hubWord word: String?, isPrivate: Bool?) throws {
        switch word {
        case "public": self = .everyone
        case "private", "protected": self = .owner
        case nil:
            guard let isPrivate else { return nil }
            self = isPrivate ? .owner : .everyone
        default: throw Problem.invalid("visibility-unknown", "'visibility' must be \"public\" or \"private\".")
        }
    }
}

/// `POST /api/{t}/{id}/preupload/{rev}`
struct PreuploadRequest: Decodable, Sendable {
    struct File: Decodable, Sendable {
        var path: String
        /// Base64 of the first 512 bytes.
        var sample: String?
        var size: Int64

        /// Empty when the sample is missing or malformed: it only helps to guess.
        var sampleBytes: [UInt8] { sample.flatMap { Data(base64Encoded: $0) }.map { Array($0.prefix(512)) } ?? [] }
    }

    var files: [File]
    var gitIgnore: String?
    var gitAttributes: String?
}
