import GalleryHub
import GalleryModel
import Testing

@testable import GalleryMarket

struct PublishingFormTests {
    private func faults(_ kind: RepoKind, _ change: (inout PublishingForm) -> Void) -> [String] {
        MarketHouse.form(change).faults(for: kind).map(\.code)
    }

    @Test(arguments: [RepoKind.model, .dataset, .algorithm])
    func `description and licence are demanded, within their limits`(_ kind: RepoKind) {
        #expect(faults(kind) { _ in } == [])
        #expect(faults(kind) { $0.description = " " } == ["description-invalid"])
        #expect(faults(kind) { $0.description = String(repeating: "字", count: 90) } == [])
        #expect(faults(kind) { $0.description = String(repeating: "字", count: 91) } == ["description-invalid"])
        #expect(faults(kind) { $0.licence = "" } == ["licence-missing"])
        #expect(faults(kind) { $0.licence = "a b" } == ["licence-invalid"])
        #expect(faults(kind) { $0.licence = "my-own" } == ["licence-invalid"])
        #expect(faults(kind) { $0.licence = "other" } == [])
        #expect(faults(kind) { $0.codeLicence = "my-own" } == ["licence-invalid"])
        #expect(faults(kind) { $0.visibility = .named } == ["named-missing"])
        #expect(faults(kind) { ($0.visibility, $0.named) = (.named, ["bob"]) } == [])
        #expect(faults(kind) { $0.isGated = true } == [])
        #expect(faults(kind) { $0.title = String(repeating: "x", count: 91) } == ["title-long"])
    }

    @Test
    func `a licence that a card has already may stay`() {
        let present = MarketHouse.form { $0.licence = "my-own" }
        #expect(present.faults(for: .model, after: present) == [])
        #expect(
            MarketHouse.form { $0.licence = "yours" }.faults(for: .model, after: present).map(\.field) == ["licence"]
        )
    }

    @Test
    func `every licence that the pages offer is known`() {
        for licence in Creation.licences + AssetChoices.licences { #expect(Licences.isKnown(licence), "\(licence)") }
        #expect(Licences.identifier("Apache-2.0") == "apache-2.0" && Licences.identifier("My-Own") == "My-Own")
    }

    @Test
    func `faults lie beside the members of a problem, and a refused word names its field`() {
        let faults = [FieldFault(field: "title", code: "title-long", detail: "Too long.")]
        let problem = PublishingError.form(faults).problem
        #expect(problem.faults == ["title": "Too long."] && problem.members.isEmpty)
        #expect(WordsError.found(field: "notes", text: "x").problem.detail.hasPrefix("'notes' contains 'x'"))
    }

    @Test
    func `a notebook has a title by its own rule, an environment and no gate`() {
        func notebook(_ change: (inout PublishingForm) -> Void) -> [String] {
            faults(.notebook) { form in
                (form.title, form.environment, form.licence) = ("My notebook", .gpu, "")
                change(&form)
            }
        }
        #expect(notebook { _ in } == [])
        #expect(notebook { $0.title = "ab" } == ["title-invalid"])
        #expect(notebook { $0.title = "三个字" } == [])
        #expect(notebook { $0.title = String(repeating: "x", count: 65) } == ["title-invalid"])
        for character in "\\/:*?\"<>|'&" { #expect(notebook { $0.title = "abc\(character)" } == ["title-invalid"]) }
        #expect(notebook { $0.environment = nil } == ["environment-missing"])
        #expect(notebook { $0.isGated = true } == ["gating-unsupported"])
        #expect(notebook { $0.freeUseDays = 3 } == ["free-use-unsupported"])
    }

    @Test
    func `free use is limited only where people subscribe`() {
        #expect(faults(.model) { $0.freeUseDays = 30 } == [])
        #expect(faults(.algorithm) { $0.freeUseDays = 3650 } == [])
        #expect(faults(.model) { $0.freeUseDays = 0 } == ["free-use-invalid"])
        #expect(faults(.dataset) { $0.freeUseDays = 30 } == ["free-use-unsupported"])
    }

    @Test(arguments: ["1.0.0", "0.0.1", "10.20.30", "999999999.0.0"])
    func `versions are three numbers`(_ text: String) {
        #expect(VersionNumber(text)?.description == text)
    }

    @Test(arguments: ["1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1..0", "1.0.x", "１.0.0", "1.0.0 ", "1000000000.0.0", ""])
    func `anything else is not a version`(_ text: String) {
        #expect(VersionNumber(text) == nil)
    }

    @Test
    func `versions are ordered as numbers`() throws {
        let texts = ["1.10.0", "1.9.0", "0.0.2", "10.0.0"]
        #expect(
            texts.compactMap(VersionNumber.init).sorted().map(\.description) == ["0.0.2", "1.9.0", "1.10.0", "10.0.0"]
        )
    }

    @Test(arguments: ["https://arxiv.org/abs/1", "http://x.org"])
    func `papers link to the web`(_ link: String) {
        #expect(Paper(title: "P", link: link).isSound)
    }

    @Test(arguments: [
        "javascript:alert(1)", "https://", "https:///x", "ftp://x.org", "https://x.org/ a", "https://x\"y",
    ])
    func `papers link nowhere else`(_ link: String) {
        #expect(!Paper(title: "P", link: link).isSound)
    }
}
