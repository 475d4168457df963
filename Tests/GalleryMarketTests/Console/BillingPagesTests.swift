import Foundation
import GalleryCompute
import GalleryHub
import GalleryModel
import GalleryTesting
import HTTPTypes
import Testing

/// The pages of flavors and billing, as operators and users see them.
struct BillingPagesTests {
    @Test func `an operator sets a price, tops up, grants a voucher, and the user sees it`() async throws {
        try await Site.run { site in
            let ada = try await site.browser(of: "ada")
            let root = try await site.browser(of: "root", role: .admin)
            for path in ["/console/flavors", "/console/flavors/cpu-2", "/console/billing", "/console/billing/ada"] {
                #expect(try await ada.get(path).status == .forbidden, "\(path)")
                #expect(try await root.get(path).status == .ok, "\(path)")
            }
            #expect(try await root.get("/console/flavors").html.contains("It has no price yet."))
            _ = try await root.get("/console/flavors/cpu-2")
            let price = try await root.post(
                "/console/flavors/cpu-2/prices",
                ["region": "local", "price": "1.25"],
                follow: true
            )
            #expect(price.html.contains("1.25 CNY"))
            let bad = try await root.post("/console/flavors/cpu-2/prices", ["region": "local", "price": "much"])
            #expect(bad.status == .unprocessableContent && bad.html.contains("12.50"))
            _ = try await root.get("/console/billing/ada")
            for _ in 0..<2 {
                let paid = try await root.post(
                    "/console/billing/ada/top-ups",
                    ["amount": "20", "reference": "bank-7", "note": "<b>thanks</b>"],
                    follow: true
                )
                #expect(paid.html.contains("20.00 CNY") && paid.html.contains("&lt;b&gt;thanks"))
            }
            let refused = try await root.post(
                "/console/billing/ada/corrections",
                ["amount": "21", "reference": "bank-8"]
            )
            #expect(refused.status == .unprocessableContent && refused.html.contains("value=\"21\""))
            _ = try await root.post(
                "/console/billing/ada/vouchers",
                ["amount": "3", "reference": "gift", "expires": "2026-02-01"]
            )
            #expect(try await root.get("/console/billing?check=1").html.contains("The books are right"))
            for language in ["en", "zh"] {
                let page = try await ada.get("/my/billing", language: language)
                #expect(page.status == .ok && page.html.contains("23.00 CNY") && page.html.contains("10:00:00"))
            }
            #expect(try await ada.get("/my/billing?from=2026-13-01").status == .badRequest)
            let table = try await ada.get("/api/v1/billing/lines.csv")
            #expect(table.html.hasPrefix("\u{FEFF}start,end,seconds,run"))
            #expect(try await site.browser().get("/my/billing").status == .seeOther)
        }
    }
}
