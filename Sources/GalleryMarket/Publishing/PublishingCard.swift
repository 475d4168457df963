import GalleryDatabase
import GalleryHub
import GalleryModel

extension Publishing {
    /// Writes the form's licence and task into the metadata of README.md where it says something else, since that is where
    /// clients and facets read them.
    func keepCard(of repo: RepoID, _ form: PublishingForm, by viewer: Viewer) async throws {
        let (facts, present) = try await database.read { db in
            (try db.facts(of: repo, for: viewer), try db.publishingForm(of: repo))
        }
        try AccessPolicy.demand(.administer, on: facts, by: viewer)
        guard form.faults(for: facts.kind, after: present).isEmpty else { return }
        let files = versions.files
        let text = try await files.text(at: "README.md", revision: "main", of: repo, by: viewer) ?? ""
        var readme = ReadmeText(text)
        guard readme.fault == nil else { return }
        let before = readme
        var settings = readme.settings(for: facts.kind)
        if !form.licence.isEmpty { settings.licence = form.licence }
        if !form.task.isEmpty, PublishingTerms.of(facts.kind).hasTask { settings.task = form.task }
        readme.set(settings, for: facts.kind)
        guard readme != before else { return }
        var draft = try await files.draft(on: "main", of: repo, by: viewer)
        try await draft.put("README.md", bytes: Array(readme.text.utf8))
        _ = try await files.commit(draft, title: "Say licence and task in the card")
    }
}
