import Clinic
import ClinicMedicines
import ClinicTesting
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// `$stock-count`, `$reorder-suggest`, `$stock-expiring`.
@Suite struct StockCountTests {
    private typealias Fixture = MedicinesFixture

    private static func line(_ quantity: String, batch: String = "A", item: String = "Medication/m") -> String {
        let parts = [Fixture.reference("item", item), Fixture.string("batch", batch), Fixture.quantity(quantity)]
        return #"{"name":"count","part":[\#(parts.joined(separator: ","))]}"#
    }

    private static func count(
        _ pharmacy: Fixture, _ parameters: [String], as actor: String = "Practitioner/a"
    ) async throws -> TestResponse {
        try await pharmacy.client.call(
            "$stock-count", parameters + [Fixture.reference("location", "Location/pharmacy")],
            headers: [("X-Martlet-Actor", actor)])
    }

    @Test func whatIsCountedIsWhatThereIs() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(batch: "A"), Fixture.line(batch: "B", quantity: "20")])
            let answer = try await Self.count(pharmacy, [Self.line("97.5"), Self.line("4", batch: "C")])
            try #require(answer.status == 200, "\(answer.text)")
            let lines = (try answer.json["parameter"]?.items ?? []).filter { $0["name"]?.string == "report" }
            let variances = lines.map { line in
                line["part"]?.items.first { $0["name"]?.string == "variance" }?["valueQuantity"]?["value"]?.numberText
                    ?? "-"
            }
            #expect(variances == ["-2.5", "4"])
            #expect(try await pharmacy.balance() == "121.5")
            let reference = try answer.json["parameter"]?.items.first { $0["name"]?.string == "count" }?[
                "valueReference"]?["reference"]?.string
            let stored = try await pharmacy.client.get(try #require(reference)).json
            #expect(stored["code"]?["coding"]?.items.first?["code"]?.string == "stock-count")
            // What was counted again is as it is; with `complete` what is not named is gone.
            let again = try await Self.count(
                pharmacy, [Self.line("97.5"), #"{"name":"complete","valueBoolean":true}"#])
            #expect(again.status == 200, "\(again.text)")
            #expect(try await pharmacy.balance() == "97.5")
            #expect(try await pharmacy.differences() == "0")
            for (parameters, status) in [
                ([Self.line("-1")], 400), ([Self.line("1"), Self.line("2")], 400), ([], 400),
                ([Self.line("1", item: "Medication/none")], 422), ([Self.line("1", item: "Patient/p")], 400),
            ] { #expect(try await Self.count(pharmacy, parameters).status == status, "\(parameters)") }
        }
    }

    @Test func muchTakesTwoPeople() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            let alone = try await Self.count(pharmacy, [Self.line("1101")])
            #expect(alone.status == 403)
            #expect(alone.issueCodes == ["second-person-required"])
            let proposal = try await Self.count(
                pharmacy, [Self.line("1101"), #"{"name":"propose","valueBoolean":true}"#])
            let task = try #require(
                try proposal.json["parameter"]?.items.first { $0["name"]?.string == "request" }?["valueReference"]?[
                    "reference"]?.string, "\(proposal.text)")
            let request = Fixture.reference("request", task)
            #expect(try await pharmacy.balance() == "100")
            #expect(try await Self.count(pharmacy, [Self.line("1101"), request]).status == 403)
            #expect(try await Self.count(pharmacy, [Self.line("1102"), request], as: "Practitioner/b").status == 422)
            #expect(try await Self.count(pharmacy, [Self.line("1101"), request], as: "Practitioner/b").status == 200)
            #expect(try await pharmacy.balance() == "1101")
            #expect(try await Self.count(pharmacy, [Self.line("1101"), request], as: "Practitioner/b").status == 422)
        }
    }

    /// A count locks what it counts: what is handed out beside it is counted before or after, never lost.
    @Test func countsAmongDispensing() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "500")])
            try await pharmacy.prescribe(quantity: "100000")
            let answers = try await parallel(40) { number in
                if number % 4 == 0 { return try await Self.count(pharmacy, [Self.line("300")]) }
                return try await pharmacy.dispense("rx", "3")
            }
            #expect(answers == [200: 40])
            #expect(try await pharmacy.differences() == "0")
            let counted = try await pharmacy.text(
                "SELECT count(*)::text FROM clinic_event WHERE name = 'stock.counted'")
            #expect(counted == "10")
        }
    }

    @Test func oneSuggestionIsOpen() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            let place = Fixture.reference("location", "Location/pharmacy")
            func rule(_ minimum: String, _ target: String) async throws -> Int {
                try await client.call(
                    "$reorder-rule-set",
                    [
                        Fixture.reference("item", "Medication/m"), place,
                        #"{"name":"minimum","valueQuantity":{"value":\#(minimum),"unit":"tablet"}}"#,
                        #"{"name":"target","valueQuantity":{"value":\#(target),"unit":"tablet"}}"#,
                    ]
                ).status
            }
            #expect(try await rule("50", "50") == 400)
            #expect(try await rule("50", "200") == 200)
            try await pharmacy.receive([Fixture.line(quantity: "60")])
            func suggest() async throws -> [JSONNode] {
                let answer = try await client.call("$reorder-suggest", [place])
                try #require(answer.status == 200, "\(answer.text)")
                return (try answer.json["entry"]?.items ?? []).compactMap { $0["resource"] }
            }
            #expect(try await suggest().isEmpty)
            // What has expired is not there.
            try await pharmacy.prescribe(quantity: "1000")
            #expect(try await pharmacy.dispense("rx", "15").status == 200)
            let all = try await parallel(32) { _ in try await client.call("$reorder-suggest", [place]) }
            #expect(all == [200: 32])
            #expect(try await pharmacy.text("SELECT count(*)::text FROM supplyrequest") == "1")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM clinic_event WHERE name = 'stock.low'") == "1")
            let first = try #require(try await suggest().first)
            #expect(first["quantity"]?["value"]?.numberText == "155")
            #expect(first["itemReference"]?["reference"]?.string == "Medication/m")
            // One that was dealt with makes room for another.
            let id = try #require(first["id"]?.string)
            let text = try await client.get("SupplyRequest/\(id)").text
            _ = try await client.put(
                "SupplyRequest/\(id)", text.replacing(#""status":"draft""#, with: #""status":"cancelled""#))
            #expect(try await suggest().first?["id"]?.string != id)
            // What is on its way to the place counts.
            try await pharmacy.receive([Fixture.line(batch: "W", quantity: "500")], to: "ward")
            let sent = try await client.call(
                "SupplyDelivery/$transfer",
                [
                    Fixture.line(batch: "W", quantity: "100"), Fixture.reference("from", "Location/ward"),
                    Fixture.reference("to", "Location/pharmacy"),
                ])
            #expect(sent.status == 200, "\(sent.text)")
            #expect(try await suggest().isEmpty)
        }
    }

    @Test func batchesThatExpireAreTold() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([
                Fixture.line(batch: "old", expiry: "2020-01-31"), Fixture.line(batch: "far", expiry: "2099-01"),
                Fixture.line(batch: "near", expiry: "2026-12-31"),
            ])
            func batches(_ query: String) async throws -> [String] {
                let answer = try await pharmacy.client.get("$stock-expiring" + query)
                return (try answer.json["parameter"]?.items ?? []).map { entry in
                    let parts = entry["part"]?.items ?? []
                    let name = parts.first { $0["name"]?.string == "batch" }?["valueString"]?.string ?? ""
                    return name + " " + (parts.first { $0["name"]?.string == "status" }?["valueCode"]?.string ?? "")
                }
            }
            #expect(try await batches("?days=36500") == ["old expired", "near stock", "far stock"])
            #expect(try await batches("?days=0") == ["old expired"])
            #expect(try await batches("?location=Location/ward&days=36500").isEmpty)
            #expect(try await pharmacy.client.get("$stock-expiring?days=-1").status == 400)
            let job = try #require(MedicinesArea.jobs.first { $0.name == "stock-expiring" })
            let store = pharmacy.server.store
            let told = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await job.run(store) } }
                return try await group.reduce(0, +)
            }
            #expect(told >= 1)
            let events = try await pharmacy.text(
                "SELECT count(*)::text FROM clinic_event WHERE name = 'stock.expiring'")
            #expect(events == "\(told)")
            #expect(try await job.run(store) == 0)
        }
    }
}
