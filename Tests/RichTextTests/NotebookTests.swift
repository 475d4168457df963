import Testing

@testable import RichText

@Suite struct `Notebooks` {
    private let place = LinkPlace(repository: "/ada/tiny", revision: "main", idPrefix: "nb-")

    private func read(_ cells: String) -> Notebook? {
        let metadata = "{\"language_info\":{\"name\":\"python\"}}"
        return Notebook(
            json: Array("{\"cells\":[\(cells)],\"metadata\":\(metadata),\"nbformat\":4}".utf8),
            place: place
        )
    }

    @Test func `show prose, code and what the code gave`() throws {
        let notebook = try #require(
            read(
                """
                {"cell_type":"markdown","source":["# Title\\n","text $x$"]},
                {"cell_type":"code","execution_count":3,"source":"import os","outputs":[
                  {"output_type":"stream","name":"stdout","text":["a\\n","\\u001b[31mred\\u001b[0m <b>"]},
                  {"output_type":"execute_result","data":{"text/plain":["1"],"text/html":["<table><tr><td>1</td></tr></table>"]}},
                  {"output_type":"display_data","data":{"image/png":"iVBORw0K\\nGgo=","text/plain":"<Figure>"}},
                  {"output_type":"error","ename":"ValueError","evalue":"no","traceback":["line 1","line 2"]}]},
                {"cell_type":"raw","source":"<x>"}
                """
            )
        )
        #expect(notebook.cells.map(\.kind) == [.prose, .code, .raw])
        #expect(notebook.cells[0].html.contains("<h2 id=\"nb-0-title\">"))
        #expect(notebook.cells[0].hasMath)
        #expect(notebook.cells[1].html == "<span class=\"hl-k\">import</span> os")
        #expect(notebook.cells[1].count == 3)
        let outputs = notebook.cells[1].outputs
        #expect(outputs[0].html == "<pre>a\nred &lt;b&gt;</pre>")
        #expect(outputs[1].html == "<table><tr><td>1</td></tr></table>")
        #expect(outputs[2].html == "<img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"\">")
        #expect(outputs[3] == Notebook.Output(html: "<pre>line 1\nline 2</pre>", isError: true))
        #expect(notebook.cells[2].html == "&lt;x&gt;")
    }

    @Test(arguments: `Hostile texts`.vectors) func `with hostile content do nothing`(_ vector: String) throws {
        let text = vector.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20: "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }.joined()
        let notebook = try #require(
            read(
                """
                {"cell_type":"markdown","source":"\(text)"},
                {"cell_type":"code","source":"\(text)","outputs":[
                  {"output_type":"stream","text":"\(text)"},
                  {"output_type":"display_data","data":{"text/html":"\(text)","text/plain":"\(text)"}},
                  {"output_type":"display_data","data":{"image/png":"\(text)","application/javascript":"\(text)"}},
                  {"output_type":"display_data","data":{"image/svg+xml":"\(text)"}},
                  {"output_type":"error","ename":"\(text)","evalue":"\(text)"}]}
                """
            )
        )
        for html in notebook.cells.flatMap({ [$0.html] + $0.outputs.map(\.html) }) {
            let faults = `Hostile texts`.faults(in: html.replacing("nb-", with: "md-"))
            #expect(faults == [], "\(vector) became \(html)")
        }
    }

    @Test(arguments: [
        "", "{", "[]", "1", "{\"cells\":5}", String(repeating: "[", count: 100_000),
        "{\"cells\":[{\"source\":{\"a\":1}}]}",
    ])
    func `that are none are told apart`(_ json: String) {
        let notebook = Notebook(json: Array(json.utf8), place: place)
        #expect(notebook == nil || notebook?.cells.count == 1)
    }
}
