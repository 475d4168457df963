package import Foundation
package import GalleryDatabase
package import GalleryModel

/// What somebody wants to be trained, as they filled in the wizard.
package struct FineTuneDraft: Sendable, Equatable {
    /// A data set, or some of its files.
    package struct Choice: Sendable, Equatable {
        package var repo: String
        package var revision: String
        package var files: [String]

        package init(_ repo: String, revision: String = "main", files: [String] = []) {
            self.repo = repo
            self.revision = revision
            self.files = files
        }
    }

    /// The model to start from, as `owner/name`.
    package var base: String
    package var revision: String
    package var task: TrainingTask
    package var method: String
    package var data: [Choice]
    /// As they were typed; what is absent has its standard.
    package var parameters: [String: String]
    package var seed: Int64
    /// The name of the new model, in one's own account.
    package var product: String
    /// Whether the product has whole weights besides the adapter.
    package var keepsMerged: Bool
    package var used: UsedFlavor
    package var hours: Int?

    package init(
        base: String,
        revision: String = "main",
        task: TrainingTask = .textGeneration,
        method: String = TrainingMethod.lora,
        data: [Choice] = [],
        parameters: [String: String] = [:],
        seed: Int64 = 42,
        product: String = "",
        keepsMerged: Bool = false,
        used: UsedFlavor = UsedFlavor(flavor: "", region: Region.local, tariff: .paid),
        hours: Int? = nil
    ) {
        self.base = base
        self.revision = revision
        self.task = task
        self.method = method
        self.data = data
        self.parameters = parameters
        self.seed = seed
        self.product = product
        self.keepsMerged = keepsMerged
        self.used = used
        self.hours = hours
    }
}

/// A fine-tune that was ordered: what its run works on, to the commit.
package struct FineTune: Record, Equatable {
    /// The run; it is also the fine-tune's id.
    package let run: String
    package let account: AccountID
    package let task: TrainingTask
    package let method: String
    package let base: PinnedRepo
    package let product: PinnedRepo
    package let values: TrainingValues
    package let seed: Int64
    package let keepsMerged: Bool
    package let createdAt: Date
    package var data: [PinnedData] = []

    init(
        run: String,
        account: AccountID,
        _ plan: FineTunePlan,
        product: PinnedRepo,
        at now: Date
    ) {
        self.run = run
        self.account = account
        task = plan.draft.task
        method = plan.draft.method
        base = plan.base
        self.product = product
        values = plan.values
        seed = plan.draft.seed
        keepsMerged = plan.draft.keepsMerged
        createdAt = now
        data = plan.data
    }

    package init(row: Row) throws {
        run = try row.get("run")
        account = try row.get("account")
        task = try row.get("task")
        method = try row.get("method")
        base = PinnedRepo(
            id: try row.optional("base"),
            name: try row.get("base_name"),
            commit: try row.get("base_commit")
        )
        product = PinnedRepo(id: try row.optional("product"), name: try row.get("product_name"), commit: "")
        values = TrainingValues(
            try JSONDecoder().decode(
                [String: TrainingValue].self,
                from: Data(try row.get("parameters", as: String.self).utf8)
            )
        )
        seed = try row.get("seed")
        keepsMerged = try row.get("keeps_merged")
        createdAt = try row.get("created_at")
    }

    static let columns: SQL =
        """
        run, account, task, method, base, base_name, base_commit, product, product_name, parameters, seed, keeps_merged, created_at
        """
}

/// A repository at a commit, with the name it had then.
package struct PinnedRepo: Sendable, Equatable {
    /// Nil once it is deleted.
    package var id: RepoID?
    package var name: String
    package var commit: String

    package init(id: RepoID?, name: String, commit: String) {
        self.id = id
        self.name = name
        self.commit = commit
    }
}

/// A data set at a commit, or some of its files.
package struct PinnedData: Sendable, Equatable {
    package var repo: PinnedRepo
    /// Only these; all data files where it is empty.
    package var files: [String]

    package init(repo: PinnedRepo, files: [String]) {
        self.repo = repo
        self.files = files
    }
}

/// A fine-tune with its run.
package struct FineTuneJob: Sendable, Equatable {
    package var tune: FineTune
    package var run: Run
}
