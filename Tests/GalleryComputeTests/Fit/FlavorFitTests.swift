import Testing

@testable import GalleryCompute

struct FlavorFitTests {
    private func flavor(memoryGiB: Int, acceleratorGiB: Int = 0) -> Flavor {
        Flavor(
            id: "one",
            name: LocalName(en: "One", zh: "一"),
            accelerator: acceleratorGiB > 0 ? "T4" : "",
            acceleratorCount: acceleratorGiB > 0 ? 1 : 0,
            acceleratorGiB: acceleratorGiB,
            cores: 2,
            memoryGiB: memoryGiB
        )
    }

    @Test(arguments: [(1, .fits), (7, .fits), (8, .tight), (9, .small)] as [(Int64, FlavorFit.State)])
    func `what is needed is compared with the memory of a flavor`(gib: Int64, state: FlavorFit.State) {
        #expect(FlavorFit(neededBytes: gib << 30, in: flavor(memoryGiB: 8)).state == state)
    }

    @Test func `where there is an accelerator its memory counts`() {
        let fit = FlavorFit(neededBytes: 10 << 30, in: flavor(memoryGiB: 8, acceleratorGiB: 16))
        #expect(fit.state == .fits)
        #expect(fit.thereBytes == 16 << 30)
    }

    @Test(
        arguments: [
            (0, "0 GiB"), (107_374_183, "0.1 GiB"), (1 << 30, "1 GiB"), ((1 << 30) * 3 / 2, "1.5 GiB"),
            (64 << 30, "64 GiB"),
        ] as [(Int64, String)]
    )
    func `memory is written as flavors write theirs`(bytes: Int64, text: String) {
        #expect(GiB.text(bytes) == text)
    }

    @Test func `a flavor in a form is read as it was written`() {
        let used = UsedFlavor(flavor: "cpu-2", region: "local", tariff: .free)
        #expect(UsedFlavor(used.text) == used)
        for text in ["", "cpu-2", "cpu-2/local", "cpu-2/local/gift", "//free", "a/b/free/c"] {
            #expect(UsedFlavor(text) == nil)
        }
    }
}
