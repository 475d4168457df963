package import GalleryModel

/// Who the token belongs to.
package struct WhoAmIBody: Decodable, Sendable {
    package struct Organization: Decodable, Sendable {
        package var name: String
        package var roleInOrg: String?
    }

    package struct Credential: Decodable, Sendable {
        package struct AccessToken: Decodable, Sendable {
            package var displayName: String?
            package var role: String?
        }
        package var accessToken: AccessToken?
    }

    package var name: String
    package var fullname: String?
    package var email: String?
    package var orgs: [Organization]
    package var auth: Credential?
}

/// A repository at one revision.
package struct RepoBody: Decodable, Sendable {
    package var id: String
    package var sha: String?
    package var isPrivate: Bool?
    package var lastModified: String?
    package var downloads: Int?
    package var likes: Int?

    enum CodingKeys: String, CodingKey {
        case id, sha, lastModified, downloads, likes
        case isPrivate = "private"
    }
}

/// A file or folder of a listing.
package struct TreeEntryBody: Decodable, Sendable {
    package struct LargeFile: Decodable, Sendable {
        package var oid: SHA256Digest
        package var size: Int64
    }

    package var type: String
    package var path: String
    package var size: Int64?
    package var oid: GitOID
    package var lfs: LargeFile?

    package var isFile: Bool { type == "file" }
}

/// A file that the server is asked about before it is sent.
package struct UploadQuestionBody: Encodable, Sendable {
    package var path: String
    /// The first 512 bytes, Base64.
    package var sample: String
    package var size: Int64

    package init(path: String, sample: String, size: Int64) {
        self.path = path
        self.sample = sample
        self.size = size
    }
}

/// How the server wants a file sent.
package struct UploadModeBody: Decodable, Sendable {
    package enum Mode: String, Decodable, Sendable {
        case large = "lfs"
        case regular
    }

    package var path: String
    package var uploadMode: Mode
    package var shouldIgnore: Bool
    /// What stands at the path now: the SHA-256 of a large file, the git blob id of another.
    package var oid: String?
}

/// One line of a commit.
package enum CommitOperation: Sendable {
    case file(path: String, content: [UInt8])
    case largeFile(path: String, oid: SHA256Digest, size: Int64)
    case deletedFile(path: String)
    case deletedFolder(path: String)
}

/// The commit that was made.
package struct CommitBody: Decodable, Sendable {
    package var commitUrl: String
    package var commitOid: String
}

/// What a new repository answers.
package struct CreatedRepoBody: Decodable, Sendable {
    package var url: String
}

/// What is to be done for one large file.
package struct LargeFileBody: Decodable, Sendable {
    package struct Action: Decodable, Sendable {
        package var href: String
        package var header: [String: String]?
    }

    package struct Actions: Decodable, Sendable {
        package var upload: Action?
        package var verify: Action?
    }

    package struct Fault: Decodable, Sendable {
        package var code: Int
        package var message: String
    }

    package var oid: SHA256Digest
    package var size: Int64
    package var actions: Actions?
    package var error: Fault?
}
