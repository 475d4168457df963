import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/fine-tune/new/upload`: data from one's own machine. A private data set is made for it, which stays.
struct WizardUploadPages: Sendable {
    let training: Training
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/fine-tune/new/upload") { request, context in try await create(request, context) }
        router.get("/fine-tune/new/upload") { request, context in try await show(nil, request, context) }
        router.post("/fine-tune/new/upload/files") { request, context in try await send(request, context) }
    }

    /// Makes the data set, and leads to where it is filled.
    private func create(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let fields = try await pages.form(request, context)
        var form = WizardForm(fields)
        let made = try await training.makeDataSet(fields["name"] ?? "", by: context.viewer)
        form.data = form.data.filter { $0 != made.description } + [made.description]
        return pages.redirect(to: Self.path(form, into: made.description), request, context)
    }

    private static func path(_ form: WizardForm, into name: String) -> String {
        form.path(.data).replacing("/fine-tune/new?", with: "/fine-tune/new/upload?")
            + "&into=\(PercentEncoding.encode(name))"
    }

    private func show(_ error: String?, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let query = try request.query()
        guard let name = RepoName(query["into"] ?? "") else { throw TrainingError.noData }
        let room = try await training.room(in: name, by: context.viewer)
        let form = WizardForm(query)
        let formats = context.formats
        let here = Self.path(form, into: name.description)
        let page = WizardUploadPage(
            steps: WizardStep.all(.data, form, context),
            into: name.description,
            intoPath: "/datasets/\(name)",
            donePath: form.path(.data),
            signInPath: "/login?next=\(PercentEncoding.encode(here))",
            kind: RepoKind.dataset.plural,
            ownerName: name.owner,
            assetName: name.name,
            branch: "main",
            action: here.replacing("/fine-tune/new/upload?", with: "/fine-tune/new/upload/files?"),
            fileLimit: formats.bytes(min(room.fileBytes, TrainingInputs.largestFile)),
            repositoryLimit: formats.bytes(min(room.repositoryBytes, TrainingInputs.largestData)),
            left: formats.bytes(room.repositoryBytes),
            formLimit: formats.bytes(Int64(MultipartForm.largest)),
            isFull: false,
            error: error,
            message: "",
            folder: ""
        )
        return try await pages.answer(
            page,
            title: context.say("training.upload"),
            status: error == nil ? .ok : .unprocessableContent,
            place: "/my",
            request,
            context
        )
    }

    /// Small files, from those without scripts.
    private func send(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let query = try request.query()
        guard let name = RepoName(query["into"] ?? "") else { throw TrainingError.noData }
        let parts = try await request.multipartForm().parts
        let files = parts.filter { $0.name == "files" && !($0.filename ?? "").isEmpty }.map { part in
            (path: (part.filename ?? "").replacing("\\", with: "/"), bytes: Array(part.bytes.readableBytesView))
        }
        do {
            try await training.add(files, to: name, by: context.viewer)
        } catch let error as TrainingError {
            return try await show(context.say(error), request, context)
        } catch let error as any DomainError where [.invalid, .unprocessable, .tooLarge].contains(error.problem.kind) {
            return try await show(context.say(error.problem), request, context)
        }
        return pages.redirect(
            to: WizardForm(query).path(.data),
            flash: context.say("training.uploaded", count: files.count),
            request,
            context
        )
    }
}

/// `templates/training/upload.mustache`
struct WizardUploadPage: Page {
    static let template = "training/upload"

    let steps: [WizardStep]
    let into: String
    let intoPath: String
    let donePath: String
    let signInPath: String
    let kind: String
    let ownerName: String
    let assetName: String
    let branch: String
    let action: String
    let fileLimit: String
    let repositoryLimit: String
    let left: String
    let formLimit: String
    let isFull: Bool
    let error: String?
    let message: String
    let folder: String
}
