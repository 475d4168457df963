import Testing

@testable import GalleryCompute

struct TrainingMethodTests {
    @Test func `what is left out has the standard of its task`() throws {
        let method = try TrainingFiles.lora()
        let (values, faults) = method.check(["learning_rate": "", "response_field": ""], for: .questionAnswering)
        #expect(faults.isEmpty)
        #expect(values["prompt_field"] == .text("question"))
        // Emptied on purpose: the whole text is learned.
        #expect(values["response_field"] == .text(""))
        #expect(values["learning_rate"] == .number(0.0002))
        #expect(values["max_steps"] == .whole(-1))
        #expect(method.parameters.count == 26)
    }

    @Test(arguments: [
        ("lora_rank", "0", "outside"), ("lora_rank", "8.5", "not-whole"), ("lora_rank", "many", "not-a-number"),
        ("lora_rank", "0x10", "not-a-number"), ("max_steps", "0", "outside-but"), ("bits", "5", "not-among"),
        ("learning_rate", "2", "outside"), ("learning_rate", "nan", "not-a-number"), ("prompt_field", "", "empty"),
        ("prompt_field", String(repeating: "x", count: 257), "too-long"), ("made_up", "1", "unknown"),
    ])
    func `what the worker would refuse is refused before`(_ name: String, _ value: String, _ code: String) throws {
        let (_, faults) = try TrainingFiles.lora().check([name: value], for: .textGeneration)
        #expect(faults.mapValues(\.code) == [name: code])
    }

    @Test func `curves have round ticks around all values`() {
        #expect(LossCurve.ticks(from: 1.24, to: 3.53) == [1, 2, 3, 4])
        #expect(LossCurve.ticks(from: 2, to: 2).count >= 2)
        #expect(LossCurve([.init(style: "train", points: [])]) == nil)
        let curve = LossCurve([.init(style: "train", points: (0..<10_000).map { (Int64($0), 1 / Double($0 + 1)) })])
        #expect(curve?.lines[0].points.count ?? 0 <= 400)
        #expect(curve?.lines[0].points.last?.step == 9999)
    }
}
