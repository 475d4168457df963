import Testing

@testable import FileFormats

@Suite struct `Heads of files of weights` {
    private func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private func text(_ text: String) -> [UInt8] { bytes(UInt64(text.utf8.count)) + Array(text.utf8) }

    @Test func `safetensors tell tensors, types and parameters`() throws {
        let head = text(
            """
            {"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},\
            "a":{"dtype":"BF16","shape":[3,4],"data_offsets":[0,24]}}
            """
        )
        #expect(try SafetensorsHeader.length(Array(head.prefix(8)), ofFileWith: head.count + 32) == head.count)
        let file = try SafetensorsHeader.read(head, ofFileWith: head.count + 32)
        #expect(file.tensors.map(\.name) == ["a", "b"])
        #expect(file.tensors[0].shape == [3, 4])
        #expect(file.parameters == 14)
        #expect(file.types.map(\.type) == ["BF16", "F32"])
        #expect(file.facts.map(\.value) == ["pt"])
    }

    @Test(arguments: [
        "{}x", "[]", "{\"a\":1}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,400]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e40],\"data_offsets\":[0,4]}}", "{\"__metadata__\":5}",
        "{\"a\":{\"dtype\":\"\(String(repeating: "F", count: 100))\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":\(String(repeating: "[", count: 5000))}",
    ])
    func `broken safetensors are told so`(_ json: String) {
        let head = text(json)
        #expect(throws: TensorFile.Fault.broken) { try SafetensorsHeader.read(head, ofFileWith: head.count + 8) }
    }

    @Test func `lengths of safetensors are not believed`() {
        #expect(throws: TensorFile.Fault.broken) {
            try SafetensorsHeader.length(self.bytes(UInt64.max), ofFileWith: 100)
        }
        #expect(throws: TensorFile.Fault.tooLarge) {
            try SafetensorsHeader.length(self.bytes(UInt64(1) << 30), ofFileWith: 1 << 40)
        }
        #expect(throws: TensorFile.Fault.incomplete(needed: 8)) {
            try SafetensorsHeader.length([1, 2], ofFileWith: 2)
        }
        #expect(throws: TensorFile.Fault.broken) { try SafetensorsHeader.length(self.bytes(UInt64(5)), ofFileWith: 3) }
    }

    @Test func `sums beyond all numbers are none`() throws {
        let big = "{\"a\":{\"dtype\":\"F32\",\"shape\":[9000000000000000000,9],\"data_offsets\":[0,4]}}"
        let file = try SafetensorsHeader.read(text(big), ofFileWith: 1000)
        #expect(file.parameters == nil)
        #expect(file.types.map(\.parameters) == [0])
    }

    private var gguf: [UInt8] {
        var file: [UInt8] = Array("GGUF".utf8) + bytes(UInt32(3)) + bytes(UInt64(2)) + bytes(UInt64(4))
        file += text("general.architecture") + bytes(UInt32(8)) + text("llama")
        file += text("llama.context_length") + bytes(UInt32(4)) + bytes(UInt32(4096))
        file += text("tokens") + bytes(UInt32(9)) + bytes(UInt32(8)) + bytes(UInt64(20))
        for number in 0..<20 { file += text("t\(number)") }
        file += text("scores") + bytes(UInt32(9)) + bytes(UInt32(6)) + bytes(UInt64(1000))
        file += [UInt8](repeating: 0, count: 4000)
        file += text("token_embd.weight") + bytes(UInt32(2)) + bytes(UInt64(64)) + bytes(UInt64(32))
        file += bytes(UInt32(12)) + bytes(UInt64(0))
        file += text("output.weight") + bytes(UInt32(1)) + bytes(UInt64(10)) + bytes(UInt32(0)) + bytes(UInt64(2048))
        return file
    }

    @Test func `gguf tells facts and tensors`() throws {
        let file = try GGUFHeader.read(gguf + [0, 0, 0])
        let tensors = [
            Tensor(name: "token_embd.weight", type: "Q4_K", shape: [32, 64]),
            Tensor(name: "output.weight", type: "F32", shape: [10]),
        ]
        #expect(file.tensors == tensors)
        #expect(file.facts.map(\.name) == ["GGUF", "general.architecture", "llama.context_length", "tokens", "scores"])
        #expect(file.facts[3].value == "[t0, t1, t2, t3, t4, t5, t6, t7, … 20]")
        #expect(file.parameters == 2058)
    }

    @Test func `a head cut anywhere is incomplete, a changed one never a trap`() {
        let file = gguf
        for length in stride(from: 0, to: file.count, by: 7) {
            #expect(throws: TensorFile.Fault.self) { try GGUFHeader.read(Array(file.prefix(length))) }
        }
        for index in file.indices.prefix(500) {
            for value: UInt8 in [0, 1, 0x7f, 0xff] {
                var changed = file
                changed[index] = value
                _ = try? GGUFHeader.read(changed)
            }
        }
    }

    @Test func `lists said to be endless end with the bytes`() {
        for type: UInt32 in [0, 4, 8, 9, 12, 99] {
            var file: [UInt8] = Array("GGUF".utf8) + bytes(UInt32(3)) + bytes(UInt64(0)) + bytes(UInt64(1)) + text("x")
            file += bytes(UInt32(9)) + bytes(type) + bytes(UInt64.max) + [UInt8](repeating: 0, count: 4096)
            #expect(throws: TensorFile.Fault.self) { try GGUFHeader.read(file) }
        }
    }
}
