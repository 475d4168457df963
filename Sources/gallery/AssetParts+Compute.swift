import GalleryCompute
import GalleryHub
import GalleryMarket

extension AssetParts {
    /// What compute has to say of an asset whose files the viewer may read.
    mutating func add(_ compute: AssetComputePages) {
        actions.append { asset, request, context in
            guard asset.may(.readFiles) else { return "" }
            return try await compute.actions(of: asset.repository, request, context)
        }
        notes.append { asset, revision, isChange, request, context in
            try await compute.note(on: asset.repository, at: revision, isChange: isChange, request, context)
        }
        side.append { asset, request, context in
            guard asset.may(.readFiles) else { return "" }
            return try await compute.side(of: asset.repository, request, context)
        }
    }
}
