import GalleryHub
import GalleryModel
import GalleryServing
import Testing

@testable import GalleryMarket

@Suite struct `Settings and metadata` {
    private let card = """
        ---
        # who made it
        license: mit
        language:
        - en
        - zh
        tags: [a, b]   # kept as it is
        model-index:
          - name: x
            results: []
        pipeline_tag: text-generation
        ---

        # Tiny

        Text.

        """

    @Test func `are read from what somebody pushed`() {
        let settings = ReadmeText(card).settings(for: .model)
        #expect(settings.licence == "mit")
        #expect(settings.languages == ["en", "zh"])
        #expect(settings.task == "text-generation")
        #expect(settings.framework.isEmpty)
    }

    @Test func `stay letter by letter where nothing changes`() {
        var readme = ReadmeText(card)
        readme.set(readme.settings(for: .model), for: .model)
        #expect(readme.text == card)
    }

    @Test func `and a form that both change keep each change`() throws {
        func fields(_ pairs: [(String, String)]) throws -> QueryParameters {
            try QueryParameters(
                pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
            )
        }
        let before = "license: mit\ntags: [a]\npipeline_tag: fill-mask"
        let both = try IntroductionForm(
            fields([
                ("before", before), ("metadata", "license: gemma\ntags: [a, b]\npipeline_tag: fill-mask"),
                ("licence", "mit"), ("task", "Translation"), ("languages", "zh"), ("body", "Text."),
            ]),
            kind: .model
        )
        #expect(both.metadata == "license: gemma\ntags: [a, b]\npipeline_tag: translation\nlanguage:\n- zh")
        #expect(both.settings.licence == "gemma")
        let broken = try IntroductionForm(
            fields([("before", before), ("metadata", "license: ["), ("licence", "apache-2.0")]),
            kind: .model
        )
        #expect(broken.metadata == "license: [")
        #expect(broken.readme.fault != nil)
    }

    @Test func `change only their own lines`() {
        var readme = ReadmeText(card)
        var settings = readme.settings(for: .model)
        settings.licence = "apache-2.0"
        settings.languages = ["no"]
        settings.task = ""
        settings.hardware = ["Ascend 910", "GPU"]
        settings.minimumFlavor = "1"
        settings.isTrainedDistributed = true
        readme.set(settings, for: .model)
        #expect(
            readme.metadata == """
                # who made it
                license: apache-2.0
                language:
                - "no"
                tags: [a, b]   # kept as it is
                model-index:
                  - name: x
                    results: []
                hardware:
                - "Ascend 910"
                - GPU
                minimum_flavor: "1"
                distributed:
                - training
                """
        )
        #expect(readme.body == "# Tiny\n\nText.\n")
        #expect(ReadmeText(readme.text).settings(for: .model) == settings)
        #expect(readme.fault == nil)
    }

    @Test func `begin the metadata of a text that has none`() {
        var readme = ReadmeText("# Only text")
        var settings = AssetSettings()
        settings.licence = "mit"
        settings.task = "summarization"
        readme.set(settings, for: .dataset)
        #expect(readme.text == "---\nlicense: mit\ntask_categories:\n- summarization\n---\n\n# Only text\n")
        settings.licence = ""
        settings.task = ""
        readme.set(settings, for: .dataset)
        #expect(readme.text == "# Only text\n")
    }

    @Test(arguments: ["a: [", "a\nb: *x", String(repeating: "[", count: 200)])
    func `that cannot be read are told`(_ metadata: String) {
        #expect(ReadmeText(metadata: metadata, body: "").fault != nil)
    }

    @Test func `that would break out of their line are refused`() {
        for value in ["a\nb: c", "x\"", "a: b#", "[x]", " x", "{", String(repeating: "x", count: 65)] {
            var settings = AssetSettings()
            settings.licence = value
            #expect(settings.faults() == ["licence": "setting-invalid"], "\(value)")
        }
    }
}

@Suite struct `Differences as rows` {
    @Test func `are numbered and escaped`() {
        let patch = Assets.patch("a.html", from: "<a>\nsame\n", to: "<b onclick=x>\nsame\n")
        let rows = PatchText(patch)
        #expect(rows.added == 1)
        #expect(rows.removed == 1)
        #expect(rows.html.contains("<td class=\"diff-text\">&lt;b onclick=x&gt;</td>"))
        #expect(rows.html.contains("<td class=\"diff-number\">2</td><td class=\"diff-number\">2</td>"))
        #expect(!rows.html.contains("<b"))
    }

    @Test func `end where they become too many`() {
        let long = (0..<5000).map { "line \($0)\n" }.joined()
        let rows = PatchText(Assets.patch("a", from: "", to: long))
        #expect(rows.isCut)
        #expect(rows.added == 5000)
        #expect(rows.html.utf8.count < 1 << 20)
    }
}
