import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A Ray cluster as its dashboard shows it: jobs, packages and nodes. Every request bears the cluster's token.
struct RayClient: Sendable {
    /// A job, as far as anybody here asks.
    struct Job: Decodable, Sendable {
        enum Status: String, Decodable, Sendable {
            case pending = "PENDING", running = "RUNNING", stopped = "STOPPED"
            case succeeded = "SUCCEEDED", failed = "FAILED"
        }

        var status: Status
        var submissionID: String?
        /// The last lines of one that failed, kept by the cluster even when the node is gone.
        var message: String?
        var exitCode: Int32?
        var endTime: Int64?
        /// The node that it is on.
        var node: String?

        enum CodingKeys: String, CodingKey {
            case status, message
            case submissionID = "submission_id"
            case exitCode = "driver_exit_code"
            case endTime = "end_time"
            case node = "driver_node_id"
        }
    }

    struct Submission: Encodable, Sendable {
        var entrypoint: String
        var submissionID: String
        var environment = Environment()
        var cores: Double = 0
        var memoryBytes: Int64?
        var accelerators: Double?
        var resources: [String: Double]?

        struct Environment: Encodable, Sendable {
            var package: String?
            var variables: [String: String] = [:]

            enum CodingKeys: String, CodingKey {
                case package = "working_dir"
                case variables = "env_vars"
            }
        }

        enum CodingKeys: String, CodingKey {
            case entrypoint
            case submissionID = "submission_id"
            case environment = "runtime_env"
            case cores = "entrypoint_num_cpus"
            case memoryBytes = "entrypoint_memory"
            case accelerators = "entrypoint_num_gpus"
            case resources = "entrypoint_resources"
        }
    }

    struct Node: Decodable, Sendable {
        var id: String
        var address: String
        var state: String
        var resources: [String: Double]

        enum CodingKeys: String, CodingKey {
            case id = "node_id"
            case address = "node_ip"
            case state
            case resources = "resources_total"
        }
    }

    private struct Logs: Decodable { var logs: String? }
    private struct Listing: Decodable {
        struct Data: Decodable { var result: Result }
        struct Result: Decodable { var result: [Node] }
        var data: Data
    }

    private static let most = 64 << 20

    let address: String
    let token: String

    // MARK: Jobs

    func job(_ id: String) async throws -> Job? {
        let (status, body) = try await ask(.GET, "/api/jobs/\(id)")
        return status == .notFound ? nil : try Self.read(Job.self, status, body)
    }

    func jobs() async throws -> [Job] {
        let (status, body) = try await ask(.GET, "/api/jobs/")
        return try Self.read([Job].self, status, body)
    }

    /// False where there is one of this name already.
    func submit(_ submission: Submission) async throws -> Bool {
        let (status, body) = try await ask(.POST, "/api/jobs/", try JSONEncoder().encode(submission))
        if status == .ok { return true }
        if try await job(submission.submissionID) != nil { return false }
        throw Self.refusal(status, body)
    }

    func stop(_ id: String) async throws {
        let (status, body) = try await ask(.POST, "/api/jobs/\(id)/stop")
        guard status == .ok || status == .notFound else { throw Self.refusal(status, body) }
    }

    /// Only what has ended can be deleted.
    func delete(_ id: String) async throws {
        let (status, body) = try await ask(.DELETE, "/api/jobs/\(id)")
        guard status == .ok || status == .notFound else { throw Self.refusal(status, body) }
    }

    /// What a job wrote; nil where its node does not answer any more.
    func logs(_ id: String) async throws -> String? {
        let (status, body) = try await ask(.GET, "/api/jobs/\(id)/logs")
        guard status == .ok else { return nil }
        return try JSONDecoder().decode(Logs.self, from: body).logs
    }

    // MARK: Packages and nodes

    /// Hands the cluster files for a job; they are fetched by the node that gets it.
    func upload(_ bytes: [UInt8], as name: String) async throws -> String {
        let (status, body) = try await ask(.PUT, "/api/packages/gcs/\(name)", Data(bytes))
        guard status == .ok else { throw Self.refusal(status, body) }
        return "gcs://\(name)"
    }

    /// The nodes that are up.
    func nodes() async throws -> [Node] {
        let (status, body) = try await ask(.GET, "/api/v0/nodes?detail=true&limit=1000")
        return try Self.read(Listing.self, status, body).data.result.result.filter { $0.state == "ALIVE" }
    }

    // MARK: Requests

    private func ask(
        _ method: HTTPMethod,
        _ path: String,
        _ body: Data? = nil
    ) async throws
        -> (HTTPResponseStatus, Data)
    {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let bytes = try await response.body.collect(upTo: Self.most)
            return (response.status, Data(bytes.readableBytesView))
        } catch {
            throw LauncherError.unreachable("the Ray cluster does not answer")
        }
    }

    private static func read<Value: Decodable>(
        _ type: Value.Type,
        _ status: HTTPResponseStatus,
        _ body: Data
    ) throws
        -> Value
    {
        guard status == .ok else { throw refusal(status, body) }
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw LauncherError.unreachable("the Ray cluster answers something else than expected")
        }
    }

    private static func refusal(_ status: HTTPResponseStatus, _ body: Data) -> LauncherError {
        if status == .unauthorized || status == .forbidden {
            return .unreachable("the Ray cluster does not take the token of compute.ray.token")
        }
        // The last line of what it tells is the reason, those before are where in its own code.
        let reason =
            String(decoding: body, as: UTF8.self).split(separator: "\n").last.map { String($0.prefix(300)) } ?? ""
        let text = "the Ray cluster answers \(status.code) \(reason)"
        return status.code >= 500 ? .unreachable(text) : .failed(text)
    }
}
