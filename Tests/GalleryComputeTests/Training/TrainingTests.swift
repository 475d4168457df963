import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

struct TrainingTests {
    private func run(_ kind: TestDatabase, _ body: (TrainingHouse) async throws -> Void) async throws {
        try await kind.runCompute { database in
            let house = try await TrainingHouse(database)
            defer { house.close() }
            try await body(house)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an order reserves a private model and says to the commit what the worker works on`(
        _ kind: TestDatabase
    ) async throws {
        try await run(kind) { house in
            let job = try await house.training.order(house.draft(), by: house.ada)
            let product = try #require(try await house.model("tuned"))
            let facts = try await house.hub.database.read { db in try db.facts(of: product.id, for: house.ada) }
            #expect(facts.visibility == .owner)
            #expect(facts.listing == .draft)
            #expect(job.run.writes == product.id)
            #expect(job.run.reads.count == 2)
            #expect(job.run.title == "ada/tuned")
            let spec = try TrainingJSON(job.run.spec)
            #expect(spec["base"]?["revision"] == .text(job.tune.base.commit))
            #expect(spec["product"]?["repo"] == .text("ada/tuned"))
            #expect(spec["parameters"]?["max_steps"] == .number("10"))
            #expect(spec["parameters"]?["data_url"] == .text("ada/questions"))
            #expect(spec["limits"]?["cores"] == .number("2"))
            let shown = try await house.training.show(job.run.id, by: house.ada)
            #expect(shown == job)
            #expect(try await house.training.list(by: house.ada) == [job])
            let made = try await house.hub.database.read { db in try db.fineTune(thatMade: product.id) }
            #expect(made == job.tune)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what cannot be paid leaves no model behind`(_ kind: TestDatabase) async throws {
        try await run(kind) { house in
            let poor = try await house.runs.house.person("poor")
            try await house.make(.model, "own", ["config.json": "{}", "a.safetensors": "w"], by: poor)
            try await house.make(.dataset, "own", ["a.txt": "Once."], by: poor)
            let draft = house.draft { draft in
                (draft.base, draft.data) = ("poor/own", [.init("poor/own")])
            }
            await #expect(throws: TrainingError.self) { try await house.training.order(draft, by: poor) }
            let plan = try await house.training.plan(draft, by: poor)
            #expect(plan.faults.keys.sorted() == ["flavor"])
            let name = RepoName(owner: "poor", name: "tuned")
            #expect(try await house.hub.database.read { db in try db.repo(kind: .model, name: name) } == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is wrong is told at its field`(_ kind: TestDatabase) async throws {
        try await run(kind) { house in
            try await house.make(.model, "pickled", ["config.json": "{}", "pytorch_model.bin": "x"])
            try await house.make(.model, "adapter", ["adapter_config.json": "{}", "adapter_model.safetensors": "x"])
            try await house.make(.dataset, "pictures", ["a.png": "x"])
            try await house.make(.dataset, "other", ["train.csv": "frage,antwort\nWas?,Das.\n"])
            try await house.make(.dataset, "broken", ["train.jsonl": "{\n"])
            let cases: [(String, (inout FineTuneDraft) -> Void)] = [
                ("base", { $0.base = "nobody/nothing" }), ("base", { $0.base = "tiny" }),
                ("base", { $0.base = "ada/pickled" }), ("base", { $0.base = "ada/adapter" }),
                ("base", { $0.revision = "gone" }), ("data", { $0.data = [] }),
                ("data", { $0.data = [.init("ada/pictures")] }), ("data", { $0.data = [.init("ada/broken")] }),
                ("data", { $0.data = [.init("ada/questions", files: ["none.jsonl"])] }),
                ("parameters.prompt_field", { $0.data = [.init("ada/other")] }),
                ("parameters.lora_rank", { $0.parameters["lora_rank"] = "0" }),
                ("parameters.test_data_file", { $0.parameters["test_data_file"] = "none.jsonl" }),
                ("parameters.train_data_file", { $0.parameters["test_data_file"] = "train.jsonl" }),
                ("parameters.finetuned_model", { $0.parameters["finetuned_model"] = "ada/tiny" }),
                ("product", { $0.product = "a b" }), ("product", { $0.product = "tiny" }), ("seed", { $0.seed = -1 }),
                ("hours", { $0.hours = 0 }), ("method", { $0.method = "full" }), ("task", { $0.task = .custom }),
                ("flavor", { $0.used = UsedFlavor(flavor: "none", region: "local", tariff: .paid) }),
            ]
            for (field, change) in cases {
                let draft = house.draft(change)
                let plan = try await house.training.plan(draft, by: house.ada)
                #expect(plan.faults.keys.sorted() == [field], "\(draft)")
                await #expect(throws: TrainingError.self) { try await house.training.order(draft, by: house.ada) }
            }
            #expect(try await house.model("tuned") == nil)
            let mapped = house.draft { draft in
                draft.data = [.init("ada/other")]
                draft.parameters = ["prompt_field": "frage", "response_field": "antwort"]
            }
            let plan = try await house.training.plan(mapped, by: house.ada)
            #expect(plan.faults.isEmpty)
            #expect(plan.columns == ["frage", "antwort"])
            #expect(plan.samples.map(\.sample.prompt) == ["Question: Was?\nAnswer: "])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an earlier adapter is pinned and may be read`(_ kind: TestDatabase) async throws {
        try await run(kind) { house in
            let adapter = try await house.make(.model, "adapter", ["adapter_config.json": "{}"])
            let draft = house.draft { $0.parameters["finetuned_model"] = "ada/adapter" }
            let job = try await house.training.order(draft, by: house.ada)
            #expect(job.run.reads.contains(adapter.id))
            #expect(job.tune.values.text("finetuned_model").hasPrefix("ada/adapter@"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a model with a script of its own is trained by it`(_ kind: TestDatabase) async throws {
        let parameters = """
            {"training_methods": [{"name": "全参微调", "hyperparameters": [
                {"name": "lr", "type": "float", "required": true, "default": 0.001, "help": "学习率"},
                {"name": "epochs", "type": "int", "required": false, "default": 3, "help": ""},
                {"name": "resume", "type": "bool", "required": false, "default": "", "help": ""}]}]}
            """
        try await run(kind) { house in
            try await house.make(
                .model,
                "pictures",
                [
                    "gallery_train/train.py": "print()", "gallery_train/train_params.json": parameters,
                    "gallery_train/dataset_readme.md": "One folder per class.",
                ]
            )
            try await house.make(.dataset, "digits", ["0/a.png": "x", "1/b.png": "y"])
            let draft = house.draft { draft in
                (draft.base, draft.task, draft.method) = ("ada/pictures", .custom, "全参微调")
                draft.data = [.init("ada/digits")]
                draft.parameters = ["lr": "0.5", "epochs": "2"]
            }
            let job = try await house.training.order(draft, by: house.ada)
            let spec = try TrainingJSON(job.run.spec)
            #expect(spec["method"] == .text("全参微调"))
            // The script finds only what is given.
            #expect(
                spec["parameters"]
                    == .object([
                        .init(name: "epochs", value: .number("2")), .init(name: "lr", value: .number("0.5")),
                    ])
            )
            let wrong = try await house.training.plan(
                house.draft { other in
                    other = draft
                    (other.product, other.parameters) = ("other", ["lr": "much", "size": "1", "resume": "maybe"])
                },
                by: house.ada
            )
            #expect(wrong.faults.keys.sorted() == ["parameters.lr", "parameters.resume", "parameters.size"])
            // What has no weights for text cannot be trained for it.
            let text = try await house.training.plan(
                house.draft { ($0.base, $0.product) = ("ada/pictures", "text") },
                by: house.ada
            )
            #expect(text.faults.keys.sorted() == ["base"])
        }
    }

    /// A model of ada's that brings its own training and asks for a package, and pictures for it.
    private static func makeCustom(in house: TrainingHouse, parameters: String? = nil) async throws -> FineTuneDraft {
        let one = #"{"training_methods": [{"name": "lora", "hyperparameters": []}]}"#
        try await house.make(
            .model,
            "pictures",
            [
                "gallery_train/train.py": "print()", "gallery_train/train_params.json": parameters ?? one,
                "gallery_train/dataset_readme.md": "Any.",
                "gallery_train/requirement.txt": "# None\nsix==1.16.0 # Old\n",
            ]
        )
        try await house.make(.dataset, "digits", ["0/a.png": "x"])
        return house.draft { draft in
            (draft.base, draft.task, draft.method) = ("ada/pictures", .custom, "lora")
            (draft.data, draft.parameters) = ([.init("ada/digits")], [:])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a script's packages are told to its run`(_ kind: TestDatabase) async throws {
        try await run(kind) { house in
            let job = try await house.training.order(try await Self.makeCustom(in: house), by: house.ada)
            #expect(try TrainingJSON(job.run.spec)["packages"] == .list([.text("six==1.16.0")]))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what could not run is refused before it is ordered`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await TrainingHouse(database, isConfined: false)
            defer { house.close() }
            let plan = try await house.training.plan(try await Self.makeCustom(in: house), by: house.ada)
            #expect(plan.faults == ["task": .other(LauncherError.notConfined.problem)])
        }
        try await kind.runCompute { database in
            let house = try await TrainingHouse(database, index: nil)
            defer { house.close() }
            let plan = try await house.training.plan(try await Self.makeCustom(in: house), by: house.ada)
            #expect(plan.faults == ["task": .noPackages])
        }
        try await run(kind) { house in
            let draft = try await Self.makeCustom(in: house, parameters: "{}")
            let plan = try await house.training.plan(draft, by: house.ada)
            #expect(plan.faults == ["task": .notCustom])
            #expect(plan.folder?.faults.map(\.rule) == [.missing])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what a job reserved goes with one that made nothing, and comes back when that goes on`(
        _ kind: TestDatabase
    ) async throws {
        try await run(kind) { house in
            let observer = Training.observer(house.hub.repositories)
            let job = try await house.training.order(house.draft(), by: house.ada)
            let tell = { (state: RunState, before: RunState) in
                try await house.hub.database.write { db in
                    try db.execute("UPDATE runs SET state = \(RunState.queued) WHERE id = \(job.run.id)")
                    var run = try #require(try db.run(job.run.id))
                    run.state = state
                    try observer(run, before, db)
                }
            }
            let product = try await house.model("tuned")
            try await tell(.stopped, .queued)
            #expect(try await house.model("tuned") == nil)
            try await tell(.queued, .stopped)
            #expect(try await house.model("tuned")?.id == product?.id)
            #expect(try await house.training.show(job.run.id, by: house.ada).tune.product.id == product?.id)
            try await tell(.failed, .running)
            try await house.make(.model, "tuned", [:])
            await #expect(throws: RepositoryError.self) { try await tell(.queued, .failed) }
            // What somebody put something into stays.
            let other = try await house.training.order(house.draft { $0.product = "filled" }, by: house.ada)
            var draft = try await house.hub.files.draft(
                on: "main",
                of: try #require(other.tune.product.id),
                by: house.ada
            )
            try await draft.put("a.txt", bytes: [1])
            _ = try await house.hub.files.commit(draft, title: "Fill")
            try await house.hub.database.write { db in
                var run = try #require(try db.run(other.run.id))
                run.state = .failed
                try observer(run, .running, db)
            }
            #expect(try await house.model("filled") != nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a job that is deleted leaves its model`(_ kind: TestDatabase) async throws {
        try await run(kind) { house in
            let job = try await house.training.order(house.draft(), by: house.ada)
            try await house.runs.runs.stop(job.run.id, by: house.ada)
            try await house.runs.keeper.tick()
            try await house.runs.runs.delete(job.run.id, by: house.ada)
            #expect(try await house.training.list(by: house.ada).isEmpty)
            #expect(try await house.model("tuned") != nil)
        }
    }

    /// One letter per use case: choices, plan, order, list, show, make a data set. `+` allowed, `s` sign in first, `n` not
    /// yours, `-` there is nothing, `i` what it names is not there.
    private static let table: KeyValuePairs<String, String> = [
        "visitor": "ssssss", "ada": "++++++", "ada reading": "++n++n", "ada bound to an asset": "nnnnnn",
        "eve": "+ii+-+", "root": "++++++",
    ]

    @Test(arguments: TestDatabase.all)
    func `everybody may do what the table says and nothing else`(_ kind: TestDatabase) async throws {
        try await run(kind) { house in
            let job = try await house.training.order(house.draft { $0.product = "first" }, by: house.ada)
            try await house.runs.house.topUp(house.runs.house.root, "100000")
            let bound = Viewer(account: house.ada.account, scope: .admin, onlyRepo: job.run.writes)
            let people = [
                "visitor": Viewer.visitor, "ada": house.ada,
                "ada reading": Viewer(account: house.ada.account, scope: .read), "ada bound to an asset": bound,
                "eve": try await house.runs.house.person("eve"), "root": house.runs.house.root,
            ]
            for (who, rights) in Self.table {
                let viewer = try #require(people[who])
                let draft = house.draft { $0.product = "of-\(who.replacing(" ", with: "-"))" }
                let uses: [() async throws -> Void] = [
                    { _ = try await house.training.choices(.dataset, by: viewer) },
                    { try await house.training.plan(draft, by: viewer).demandGood() },
                    { _ = try await house.training.order(draft, by: viewer) },
                    { _ = try await house.training.list(by: viewer) },
                    { _ = try await house.training.show(job.run.id, by: viewer) },
                    { _ = try await house.training.makeDataSet("made", by: viewer) },
                ]
                var found = ""
                for use in uses { found += await Self.letter(use) }
                #expect(found == rights, "\(who)")
            }
        }
    }

    private static func letter(_ use: () async throws -> Void) async -> String {
        do {
            try await use()
            return "+"
        } catch let error as any DomainError {
            return switch error.problem.code {
            case "sign-in-first": "s"
            case "not-yours": "n"
            case "fine-tune-invalid": "i"
            case "run-unknown": "-"
            default: error.problem.code
            }
        } catch {
            return "?"
        }
    }
}
