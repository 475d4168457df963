import GalleryModel

/// What a client may ask to be told of a repository with `expand`; names are the wire's.
enum RepoProperty: String, CaseIterable, Sendable {
    case author, baseModels, cardData, childrenModelCount, citation, config, createdAt, datasets, description, disabled
    case downloads, downloadsAllTime, evalResults, gated, gguf, host, inference, inferenceProviderMapping, lastModified
    case libraryName = "library_name"
    case likes, mainSize
    case maskToken = "mask_token"
    case modelIndex = "model-index"
    case models
    case papersWithCode = "paperswithcode_id"
    case pipelineTag = "pipeline_tag"
    case isPrivate = "private"
    case region, resourceGroup, runtime, safetensors, sdk, sha, siblings, spaces, subdomain, tags, transformersInfo
    case trendingScore, usedStorage, widgetData, xetEnabled

    /// What is told unless the client chooses.
    static let standard: [RepoProperty] = [
        .author, .sha, .lastModified, .createdAt, .isPrivate, .gated, .disabled, .downloads, .likes, .tags,
        .pipelineTag,
        .libraryName, .cardData, .config, .safetensors, .transformersInfo, .sdk, .usedStorage, .siblings, .spaces,
    ]

    /// What a list tells of each repository unless the client chooses.
    static let listed: [RepoProperty] = [
        .author, .lastModified, .createdAt, .isPrivate, .gated, .disabled, .downloads, .likes, .tags, .pipelineTag,
        .libraryName, .sdk, .trendingScore,
    ]

    /// Throws 400 for a name that nobody knows.
    static func chosen(_ names: [String]) throws -> [RepoProperty]? {
        guard !names.isEmpty else { return nil }
        return try names.map { name in
            guard let property = RepoProperty(rawValue: name) else {
                throw Problem.invalid(
                    "expand-unknown",
                    "'expand' does not know '\(name.prefix(50))'. It knows: "
                        + RepoProperty.allCases.map(\.rawValue).joined(separator: ", ") + "."
                )
            }
            return property
        }
    }
}
