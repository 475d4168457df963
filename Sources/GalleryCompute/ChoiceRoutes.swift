import GalleryModel
import GalleryServing

extension QueryParameters {
    /// One of the names of a type; nil where nothing is said.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, _ type: Choice.Type) throws -> Choice?
    {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid("parameter-invalid", "'\(name)' is one of \(all).")
        }
        return choice
    }
}
