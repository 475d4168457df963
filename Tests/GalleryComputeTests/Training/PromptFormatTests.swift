import Foundation
import Testing

@testable import GalleryCompute

/// What people see before they pay is what the worker makes of it: the examples are the worker's own.
struct PromptFormatTests {
    @Test func `records look as the worker will format them`() throws {
        let file = TrainingFiles.programs.appending(path: "tests/prompts.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        guard case .list(let cases) = try TrainingJSON(text) else {
            Issue.record("prompts.json is no list")
            return
        }
        #expect(cases.count >= 16)
        for example in cases {
            guard case .text(let name)? = example["name"], case .text(let taskName)? = example["task"],
                let task = TrainingTask(rawValue: taskName), case .object(let given)? = example["parameters"],
                let record = example["record"]
            else {
                Issue.record("an example is incomplete")
                continue
            }
            var parameters: [String: String] = [:]
            for member in given { if case .text(let value) = member.value { parameters[member.name] = value } }
            let (values, faults) = try TrainingFiles.lora().check(parameters, for: task)
            #expect(faults.isEmpty, "\(name)")
            let format = PromptFormat(task: task, values)
            do {
                let sample = try format.sample(record)
                #expect(.text(sample.prompt) == example["prompt"], "\(name)")
                #expect(.text(sample.answer) == example["answer"], "\(name)")
            } catch {
                #expect(.text(error.words) == example["error"], "\(name)")
            }
        }
    }

    @Test func `JSON keeps the order of names and the digits of numbers`() throws {
        let value = try TrainingJSON(#" {"b": 1.50, "a": [true, null, "x\u00e4\ud83d\ude00\n"], "b": -0} "#)
        guard case .object(let members) = value else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.name) == ["b", "a", "b"])
        #expect(value["b"] == .number("-0"))
        #expect(value["a"] == .list([.truth(true), .null, .text("xä😀\n")]))
    }

    @Test(arguments: ["", "{", "[1,]", "{\"a\"}", "01", "1.", "tru", "\"\u{1}\"", "[1] 2", "nul", "\"\\x\"", "--1"])
    func `what is not JSON is refused`(_ text: String) {
        #expect(throws: TrainingJSON.Fault.self) { try TrainingJSON(text) }
    }

    @Test func `JSON nested without end is refused`() {
        #expect(throws: TrainingJSON.Fault.self) { try TrainingJSON(String(repeating: "[", count: 100_000)) }
    }
}
