import Testing

@testable import FileFormats

@Suite struct `Files of text and records` {
    @Test func `encodings are found out`() throws {
        let utf16 = "Grüße, 世界\n".utf16
        let little = utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let big = utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        let plain = "hello, world".utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        // "模型资产" in GBK.
        let chinese: [UInt8] = [0xc4, 0xa3, 0xd0, 0xcd, 0xd7, 0xca, 0xb2, 0xfa]
        let cases: [([UInt8], String, TextEncoding)] = [
            (Array("Grüße 世界".utf8), "Grüße 世界", .utf8), ([0xef, 0xbb, 0xbf] + Array("a".utf8), "a", .utf8),
            ([0xff, 0xfe] + little, "Grüße, 世界\n", .utf16LittleEndian),
            ([0xfe, 0xff] + big, "Grüße, 世界\n", .utf16BigEndian), (plain, "hello, world", .utf16LittleEndian),
            (chinese, "模型资产", .gb18030), (Array("name,\n".utf8) + chinese, "name,\n模型资产", .gb18030), ([], "", .utf8),
        ]
        for (bytes, text, encoding) in cases {
            let read = try #require(TextEncoding.read(bytes))
            #expect(read.text == text)
            #expect(read.encoding == encoding)
        }
    }

    @Test func `what is no text is none`() {
        #expect(TextEncoding.read([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0x0d]) == nil)
        #expect(TextEncoding.read([0xc4, 0xff, 0x81, 0xfe, 0x80]) == nil)
        #expect(TextEncoding.read((0..<200).map { UInt8(($0 * 7) % 255 + 1) }) == nil)
    }

    @Test func `a character cut in two at the end of a beginning does no harm`() throws {
        let text = Array("世界".utf8.dropLast())
        #expect(TextEncoding.read(text, isWhole: true)?.encoding != .utf8)
        #expect(try #require(TextEncoding.read(text, isWhole: false)).text == "世")
    }

    @Test func `separated values become a table`() throws {
        let text = "a,b\r\n1,\"x, \"\"y\"\"\nz\"\n2\n3,4,5\n"
        let table = try #require(TableHead(separated: text, by: ",", isWhole: true))
        #expect(table.columns == ["a", "b"])
        #expect(table.rows == [["1", "x, \"y\"\nz"], ["2", ""], ["3", "4"]])
        #expect(!table.isCut)
        let cut = try #require(TableHead(separated: "a\tb\n1\t2\n3\t", by: "\t", isWhole: false))
        #expect(cut.rows == [["1", "2"]])
        #expect(cut.isCut)
        let long = "a,b\n" + String(repeating: "1,2\n", count: 500)
        #expect(TableHead(separated: long, by: ",", isWhole: true)?.rows.count == 100)
        #expect(TableHead(separated: "", by: ",", isWhole: true) == nil)
        _ = TableHead(separated: "a,\"b" + String(repeating: "\"", count: 1001), by: ",", isWhole: true)
    }

    @Test func `lines of JSON become a table`() throws {
        let text = "{\"text\":\"你好\",\"n\":1}\n{\"n\":2.5,\"list\":[1,{\"a\":null}],\"ok\":true}\n"
        let table = try #require(TableHead(jsonLines: text, isWhole: true))
        #expect(table.columns == ["text", "n", "list", "ok"])
        #expect(table.rows == [["你好", "1", "", ""], ["", "2.5", "[1,{\"a\":null}]", "true"]])
        #expect(TableHead(jsonLines: "[1]\n", isWhole: true) == nil)
        #expect(TableHead(jsonLines: String(repeating: "[", count: 10_000), isWhole: true) == nil)
    }

    @Test func `parquet tells its columns and never traps`() throws {
        func field(_ step: UInt8, _ type: UInt8) -> UInt8 { step << 4 | type }
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        // Version 1; the root with three columns; 42 rows.
        var thrift: [UInt8] = [field(1, 5), 2, field(1, 9), 4 << 4 | 12]
        thrift += [field(4, 8)] + text("schema") + [field(1, 5), 6, 0]
        thrift += [field(1, 5), 4, field(2, 5), 0, field(1, 8)] + text("id") + [0]
        thrift += [field(1, 5), 12, field(2, 5), 2, field(1, 8)] + text("text") + [field(2, 5), 0, 0]
        thrift += [field(1, 5), 8, field(2, 5), 4, field(1, 8)] + text("x") + [0]
        thrift += [field(1, 6), 84, 0]
        let footer = thrift + [UInt8(thrift.count), 0, 0, 0] + Array("PAR1".utf8)
        #expect(ParquetSchema.footerLength(Array(footer.suffix(8)), ofFileWith: 1000) == footer.count)
        let schema = try #require(ParquetSchema(footer: footer))
        #expect(schema.rows == 42)
        #expect(schema.columns.map(\.name) == ["id", "text", "x"])
        #expect(schema.columns.map(\.type) == ["int64", "string", "float"])
        #expect(schema.columns.map(\.isOptional) == [false, true, false])
        for index in footer.indices {
            for value: UInt8 in [0, 1, 0x15, 0x7f, 0xfb, 0xff] {
                var changed = footer
                changed[index] = value
                _ = ParquetSchema(footer: changed)
            }
            _ = ParquetSchema(footer: Array(footer.prefix(index)))
        }
        #expect(ParquetSchema.footerLength([0xff, 0xff, 0xff, 0xff] + Array("PAR1".utf8), ofFileWith: 1000) == nil)
    }
}
