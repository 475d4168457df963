import GalleryServing
import Hummingbird
import NIOCore

/// The hub API as huggingface_hub speaks it: a protocol adapter without rules of its own.
struct HuggingFaceRoutes {
    let slices: HubSlices

    func add(to router: Router<GalleryContext>) {
        router.add(middleware: MissingNamespaceMiddleware())
        let repos = RepoRouter(router: router, repositories: slices.repositories)
        RepoRoutes(repositories: slices.repositories, files: slices.files).add(to: repos)
        InfoRoutes(repositories: slices.repositories, files: slices.files).add(to: repos)
        TreeRoutes(files: slices.files).add(to: repos)
        ReferenceRoutes(files: slices.files).add(to: repos)
        CommitRoutes(
            files: slices.files,
            discussions: slices.discussions,
            maximumBody: slices.settings.limits.commitBytes
        ).add(to: repos)
        ResolveRoutes(files: slices.files, content: slices.content, counters: slices.counters).add(to: router)
        ListRoutes(repositories: slices.repositories).add(to: router)
        CardRoutes().add(to: router)
        LikesRoutes(likes: slices.likes).add(to: repos)
        AccessRequestRoutes(requests: slices.accessRequests).add(to: repos)
        DiscussionRoutes(discussions: slices.discussions).add(to: repos)
        CollectionRoutes(collections: slices.collections).add(to: router)
        WebhookRoutes(webhooks: slices.webhooks).add(to: router)
        addCourtesies(to: router)
    }

    /// What clients ask for by the way, and take any answer to.
    private func addCourtesies(to router: Router<GalleryContext>) {
        router.get("api/agent-harnesses") { _, _ in
            Response(json: ByteBuffer(string: #"{"standardEnvVars":[],"harnesses":{}}"#))
        }
    }
}
