import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// `/metrics`, for Prometheus; by default only for callers on this machine.
struct MetricsRoutes: Sendable {
    let metrics: Metrics
    let audience: Settings.Server.MetricsAudience

    func add(to router: some RouterMethods<GalleryContext>) {
        guard audience != .nobody else { return }
        router.get("metrics") { request, context in try await page(request, context) }
    }

    private func page(_ request: Request, _ context: GalleryContext) async throws -> Response {
        guard audience == .everyone || context.addresses.isLocal(request, context) else { throw HTTPError(.notFound) }
        var page = MetricsPage()
        let state = metrics.current
        addRequests(state, to: &page)
        addTraffic(state, to: &page)
        for gauge in metrics.allGauges { await add(gauge, to: &page, context) }
        ProcessFigures.add(to: &page, started: metrics.started)
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: page.text))
        )
    }

    private func addRequests(_ state: Metrics.State, to page: inout MetricsPage) {
        let routes = state.routes.sorted { ($0.key.route, $0.key.method) < ($1.key.route, $1.key.method) }
        page.family("gallery_http_requests_total", "counter", "Requests answered.")
        for (key, counts) in routes {
            for (status, count) in counts.byStatus.sorted(by: { $0.key < $1.key }) {
                page.sample("gallery_http_requests_total", key.labels + [("status", String(status))], Double(count))
            }
        }
        page.family(
            "gallery_http_request_duration_seconds",
            "histogram",
            "From the head of a request to the last byte of its answer."
        )
        for (key, counts) in routes {
            var sum = 0
            for (bound, count) in zip(Metrics.bounds, counts.buckets) {
                sum += count
                page.sample(
                    "gallery_http_request_duration_seconds_bucket",
                    key.labels + [("le", String(bound))],
                    Double(sum)
                )
            }
            page.sample(
                "gallery_http_request_duration_seconds_bucket",
                key.labels + [("le", "+Inf")],
                Double(counts.count)
            )
            page.sample("gallery_http_request_duration_seconds_sum", key.labels, counts.seconds)
            page.sample("gallery_http_request_duration_seconds_count", key.labels, Double(counts.count))
        }
        page.family("gallery_http_response_bytes_total", "counter", "Bytes of the bodies of answers.")
        for (key, counts) in routes {
            page.sample("gallery_http_response_bytes_total", key.labels, Double(counts.bytes))
        }
    }

    private func addTraffic(_ state: Metrics.State, to page: inout MetricsPage) {
        page.family("gallery_http_requests_in_flight", "gauge", "Requests being answered.")
        page.sample("gallery_http_requests_in_flight", [], Double(state.inFlight))
        page.family(
            "gallery_http_aborted_total",
            "counter",
            "Answers that broke off, mostly because the client went away."
        )
        page.sample("gallery_http_aborted_total", [], Double(state.aborted))
        page.family("gallery_http_connections", "gauge", "Open connections.")
        page.sample("gallery_http_connections", [], Double(state.connections))
        page.family("gallery_http_connections_total", "counter", "Connections accepted.")
        page.sample("gallery_http_connections_total", [], Double(state.connectionsTotal))
        page.family("gallery_file_transfers_total", "counter", "Files sent, by the way they left.")
        for (way, sum) in state.transfers.sorted(by: { $0.key < $1.key }) {
            page.sample("gallery_file_transfers_total", [("way", way)], Double(sum.count))
        }
        page.family("gallery_file_transfer_bytes_total", "counter", "Bytes of files sent, by the way they left.")
        for (way, sum) in state.transfers.sorted(by: { $0.key < $1.key }) {
            page.sample("gallery_file_transfer_bytes_total", [("way", way)], Double(sum.bytes))
        }
    }

    private func add(_ gauge: Gauge, to page: inout MetricsPage, _ context: GalleryContext) async {
        do {
            let values = try await gauge.values()
            page.family(gauge.name, "gauge", gauge.help)
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                page.sample(gauge.name, gauge.label.map { [($0, key)] } ?? [], value)
            }
        } catch {
            context.logger.error(
                "a figure cannot be read",
                metadata: ["gauge": .string(gauge.name), "error": "\(error)"]
            )
        }
    }
}

extension Metrics.RouteKey {
    fileprivate var labels: [(String, String)] { [("method", method), ("route", route)] }
}
