/// How one record of the data becomes the text that a model learns: what the worker does, so that people see it before they
/// pay. `Python/workers/tests/prompts.json` holds examples on which both agree.
package struct PromptFormat: Sendable, Equatable {
    static let longestText = 4 << 20

    package var task: TrainingTask
    package var promptField = "prompt"
    package var responseField = "response"
    package var historyField = ""
    package var prefix = ""
    package var instructionTemplate = ""
    package var responseTemplate = ""

    package var hasTemplates: Bool { !instructionTemplate.isEmpty || !responseTemplate.isEmpty }

    package init(task: TrainingTask, _ values: TrainingValues) {
        self.task = task
        promptField = values.text("prompt_field")
        responseField = values.text("response_field")
        historyField = values.text("history_field")
        prefix = values.text("prefix")
        instructionTemplate = values.text("instruction_template")
        responseTemplate = values.text("response_template")
    }

    /// The same for paragraphs of plain text, which have one column and no answer.
    package var ofPlainText: PromptFormat {
        var format = self
        (format.promptField, format.responseField, format.historyField) = ("text", "", "")
        return format
    }

    /// A turn of a conversation.
    package struct Turn: Sendable, Equatable {
        package var role: String
        package var text: String
    }

    /// What is given and what is learned.
    package struct Sample: Sendable, Equatable {
        /// The turns before the answer, as chat templates take them; none where the whole text is learned.
        package var turns: [Turn]
        /// The text before the answer in the plain form.
        package var prompt: String
        package var answer: String
    }

    package func sample(_ record: TrainingJSON) throws(RecordFault) -> Sample {
        guard case .object(let members) = record else { throw .notAnObject }
        let value = try column(record, members, promptField)
        let isList = if case .list = value { true } else { false }
        if responseField.isEmpty, !isList {
            return Sample(turns: [], prompt: "", answer: prefix + (try Self.text(value, promptField)))
        }
        var turns = try history(record)
        if case .list(let messages) = value {
            turns += try Self.messages(messages, promptField)
        } else {
            turns.append(Turn(role: "user", text: try Self.text(value, promptField)))
        }
        let answer: String
        if !responseField.isEmpty, !isList || record[responseField] != nil {
            answer = try Self.text(column(record, members, responseField), responseField)
        } else if turns.last?.role == "assistant" {
            answer = turns.removeLast().text
        } else {
            throw .noAnswer(promptField)
        }
        guard let last = turns.indices.last else { throw .noPrompt }
        turns[last].text = contextual(record, turns[last].text)
        let prompt = try plain(record, turns)
        let system = prefix.isEmpty ? [] : [Turn(role: "system", text: prefix)]
        return Sample(turns: system + turns, prompt: prompt, answer: answer)
    }

    private func column(
        _ record: TrainingJSON,
        _ members: [TrainingJSON.Member],
        _ name: String
    ) throws(RecordFault) -> TrainingJSON {
        guard let value = record[name] else {
            var names: [String] = []
            for member in members where !names.contains(member.name) { names.append(member.name) }
            throw .noColumn(name, there: names.prefix(20).map { String($0.unicodeScalars.prefix(40)) })
        }
        return value
    }

    private func plain(_ record: TrainingJSON, _ turns: [Turn]) throws(RecordFault) -> String {
        let (instruction, response) = try templates(record)
        var text = prefix
        for turn in turns {
            switch turn.role {
            case "assistant": text += response + turn.text + "\n\n"
            case "system": text += turn.text + "\n\n"
            default:
                text +=
                    instruction.contains("{prompt}")
                    ? instruction.replacing("{prompt}", with: turn.text) : instruction + turn.text
            }
        }
        return text + response
    }

    private func templates(_ record: TrainingJSON) throws(RecordFault) -> (String, String) {
        guard hasTemplates else { return task.templates }
        return (try filled(instructionTemplate, record), try filled(responseTemplate, record))
    }

    /// A template with the columns in their places; a place that names none stays as it is.
    private func filled(_ template: String, _ record: TrainingJSON) throws(RecordFault) -> String {
        var result = ""
        var rest = template[...]
        while let start = rest.firstIndex(of: "{") {
            result += rest[..<start]
            let after = rest[rest.index(after: start)...]
            let name = after.prefix { $0 != "}" && $0 != "{" }
            let isPlace = name.endIndex < after.endIndex && after[name.endIndex] == "}" && Self.isName(name)
            guard isPlace else {
                result += "{"
                rest = after
                continue
            }
            if name != "prompt", let value = record[String(name)] {
                result += try Self.text(value, String(name), mayBeEmpty: true)
            } else {
                result += "{\(name)}"
            }
            rest = after[after.index(after: name.endIndex)...]
        }
        return result + rest
    }

    private static func isName(_ name: Substring) -> Bool {
        let scalars = name.unicodeScalars
        return (1...64).contains(scalars.count)
            && scalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", " ", "-", "\u{4E00}"..."\u{9FFF}": true
                default: false
                }
            }
    }

    /// Questions about a text carry the text in a column `context`, unless a template places it.
    private func contextual(_ record: TrainingJSON, _ prompt: String) -> String {
        guard task == .questionAnswering, case .text(let context)? = record["context"], !context.isBlank,
            !instructionTemplate.contains("{context}"), promptField != "context", responseField != "context"
        else { return prompt }
        return "\(context)\n\n\(prompt)"
    }

    private func history(_ record: TrainingJSON) throws(RecordFault) -> [Turn] {
        guard !historyField.isEmpty, var value = record[historyField], value != .null, value != .text("") else {
            return []
        }
        // Tables have no lists: there the earlier turns are written as JSON in the cell.
        if case .text(let text) = value { value = (try? TrainingJSON(text)) ?? value }
        guard case .list(let list) = value, list.count <= 1000 else { throw .badHistory(historyField) }
        let isOfMessages = list.allSatisfy { if case .object = $0 { true } else { false } }
        if !list.isEmpty, isOfMessages { return try Self.messages(list, historyField) }
        var turns: [Turn] = []
        for pair in list {
            guard case .list(let pair) = pair, pair.count == 2 else { throw .badPairs(historyField) }
            turns.append(Turn(role: "user", text: try Self.text(pair[0], historyField)))
            turns.append(Turn(role: "assistant", text: try Self.text(pair[1], historyField)))
        }
        return turns
    }

    private static func messages(_ list: [TrainingJSON], _ name: String) throws(RecordFault) -> [Turn] {
        guard list.count <= 1000 else { throw .tooManyMessages(name) }
        var turns: [Turn] = []
        for message in list {
            guard case .text(let role)? = message["role"], ["system", "user", "assistant"].contains(role) else {
                throw .badRole(name)
            }
            turns.append(Turn(role: role, text: try text(message["content"] ?? .null, name)))
        }
        return turns
    }

    private static func text(
        _ value: TrainingJSON,
        _ name: String,
        mayBeEmpty: Bool = false
    ) throws(RecordFault) -> String {
        let text: String
        switch value {
        case .text(let plain): text = plain
        case .number(let digits): text = Self.spelled(digits)
        case .null, .truth, .list, .object: throw .notText(name)
        }
        guard mayBeEmpty || !text.isBlank else { throw .empty(name) }
        guard text.utf8.count <= longestText || text.unicodeScalars.count <= longestText else { throw .tooLong(name) }
        return text
    }

    /// A number as the worker writes it: whole ones as they are, others in the shortest form.
    private static func spelled(_ digits: String) -> String {
        if digits == "-0" { return "0" }
        guard digits.contains(where: { ".eE".contains($0) }), let number = Double(digits) else { return digits }
        return number.description
    }
}

/// Why a record cannot be learned from.
package enum RecordFault: Error, Equatable {
    case notAnObject
    case noColumn(String, there: [String])
    case notText(String)
    case empty(String)
    case tooLong(String)
    case noAnswer(String)
    case noPrompt
    case badHistory(String)
    case badPairs(String)
    case tooManyMessages(String)
    case badRole(String)

    /// As the worker says it, after the place of the record.
    package var words: String {
        switch self {
        case .notAnObject: "is not an object with named columns"
        case .noColumn(let name, let there): "has no column '\(name)' (it has: \(there.joined(separator: ", ")))"
        case .notText(let name): "column '\(name)' is not text"
        case .empty(let name): "column '\(name)' is empty"
        case .tooLong(let name): "column '\(name)' is longer than 4 million characters"
        case .noAnswer(let name): "ends with no answer in column '\(name)'"
        case .noPrompt: "has an answer but no prompt"
        case .badHistory(let name): "column '\(name)' is not a list of earlier turns"
        case .badPairs(let name): "column '\(name)' holds something else than [prompt, response] pairs"
        case .tooManyMessages(let name): "column '\(name)' holds more than 1000 messages"
        case .badRole(let name):
            "column '\(name)' holds a message whose role is not system, user or assistant"
        }
    }

    /// What catalogues call it.
    package var code: String {
        switch self {
        case .notAnObject: "not-an-object"
        case .noColumn: "no-column"
        case .notText: "not-text"
        case .empty: "empty"
        case .tooLong: "too-long"
        case .noAnswer: "no-answer"
        case .noPrompt: "no-prompt"
        case .badHistory: "bad-history"
        case .badPairs: "bad-pairs"
        case .tooManyMessages: "too-many-messages"
        case .badRole: "bad-role"
        }
    }

    /// The column that it is about, where it is about one.
    package var column: String? {
        switch self {
        case .noColumn(let name, _), .notText(let name), .empty(let name), .tooLong(let name), .noAnswer(let name),
            .badHistory(let name), .badPairs(let name), .tooManyMessages(let name), .badRole(let name):
            name
        case .notAnObject, .noPrompt: nil
        }
    }

    /// The columns that there are, where that helps.
    package var there: [String] {
        if case .noColumn(_, let there) = self { there } else { [] }
    }
}

extension StringProtocol {
    /// Nothing but white space.
    fileprivate var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
