import Clinic
import ClinicMedicines
import ClinicTesting
import FHIRFormats
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Each operation that changes something, sent again and again with one `Idempotency-Key`.
@Suite struct MedicineIdempotencyTests {
    private typealias Fixture = MedicinesFixture

    /// Path, parameters, what to count afterwards.
    struct Sample: Sendable, CustomTestStringConvertible {
        var path: String
        var parameters: [String]
        var count: String
        var testDescription: String { path }
    }

    static let samples: [Sample] = [
        Sample(
            path: "SupplyDelivery/$receive",
            parameters: [Fixture.line(batch: "new"), Fixture.reference("to", "Location/pharmacy")],
            count: "SELECT sum(quantity)::text FROM stock_balance WHERE batch = 'new'"),
        Sample(
            path: "SupplyDelivery/$transfer",
            parameters: [
                Fixture.line(quantity: "5"), Fixture.reference("from", "Location/pharmacy"),
                Fixture.reference("to", "Location/ward"),
            ], count: "SELECT count(*)::text FROM stock_movement WHERE kind = 'dispatch' AND quantity = 5"),
        Sample(
            path: "SupplyDelivery/TRANSFER/$accept", parameters: [],
            count: "SELECT count(*)::text FROM stock_movement WHERE kind = 'accept' AND quantity > 0"),
        Sample(
            path: "SupplyDelivery/TRANSFER/$reject", parameters: [],
            count: "SELECT count(*)::text FROM stock_movement WHERE kind = 'reject' AND quantity > 0"),
        Sample(
            path: "$stock-adjust",
            parameters: [
                Fixture.reference("item", "Medication/m"), Fixture.string("batch", "A"), Fixture.quantity("3"),
                Fixture.string("reason", "found"), Fixture.reference("location", "Location/pharmacy"),
            ], count: "SELECT count(*)::text FROM stock_movement WHERE kind = 'adjust'"),
        Sample(
            path: "MedicationDispense/$dispense",
            parameters: [
                Fixture.reference("prescription", "MedicationRequest/rx"), Fixture.quantity("30"),
                Fixture.reference("location", "Location/pharmacy"),
            ], count: "SELECT count(*)::text FROM medicationdispense WHERE content ->> 'whenPrepared' IS NOT NULL"),
        Sample(
            path: "MedicationDispense/d/$return",
            parameters: [
                Fixture.quantity("2"), Fixture.string("reason", "unused"),
                Fixture.reference("location", "Location/pharmacy"),
            ], count: "SELECT count(*)::text FROM stock_movement WHERE kind = 'return'"),
        Sample(
            path: "MedicationRequest/$prescribe", parameters: [InteractionTests.request("cetirizine")],
            count: "SELECT count(*)::text FROM medicationrequest WHERE content ? 'authoredOn'"),
        Sample(
            path: "MedicationRequest/rx/$renew", parameters: [],
            count: "SELECT count(*)::text FROM medicationrequest WHERE content ? 'priorPrescription'"),
        Sample(
            path: "MedicationRequest/rx/$stop", parameters: [Fixture.string("reason", "done")],
            count: "SELECT count(*)::text FROM clinic_event WHERE name = 'rx.stopped'"),
        Sample(
            path: "MedicationRequest/rx/$hold", parameters: [Fixture.string("reason", "surgery")],
            count: "SELECT count(*)::text FROM clinic_event WHERE name = 'rx.held'"),
        Sample(
            path: "MedicationAdministration/$log-dose",
            parameters: [
                Fixture.reference("request", "MedicationRequest/doses"), #"{"name":"status","valueCode":"taken"}"#,
                #"{"name":"planned","valueDateTime":"PLANNED"}"#,
            ], count: "SELECT count(*)::text FROM dose_log"),
        Sample(
            path: "$stock-count",
            parameters: [
                Fixture.reference("location", "Location/pharmacy"),
                #"{"name":"count","part":[\#(Fixture.reference("item", "Medication/m")),"#
                    + #"\#(Fixture.string("batch", "A")),\#(Fixture.quantity("98"))]}"#,
            ], count: "SELECT count(*)::text FROM stock_movement WHERE kind = 'adjust'"),
        Sample(
            path: "$reorder-rule-set",
            parameters: [
                Fixture.reference("item", "Medication/m"), Fixture.reference("location", "Location/pharmacy"),
                #"{"name":"minimum","valueQuantity":{"value":10,"unit":"tablet"}}"#,
                #"{"name":"target","valueQuantity":{"value":20,"unit":"tablet"}}"#,
            ], count: "SELECT count(*)::text FROM stock_rule WHERE minimum = 10"),
        Sample(
            path: "$reorder-suggest", parameters: [],
            count: "SELECT count(*)::text FROM supplyrequest"),
        Sample(
            path: "$medicine-rules-load", parameters: [#"{"name":"name","valueCode":"house"}"#],
            count: "SELECT count(*)::text FROM medicine_rule_set WHERE name = 'house'"),
    ]

    @Test func noneIsLeftOut() {
        let called = Set(Self.samples.map { $0.path.split(separator: "$").last.map(String.init) ?? "" })
        for declaration in MedicinesArea.operations.map(\.declaration) where declaration.affectsState {
            #expect(called.contains(declaration.name), "\(declaration.path)")
        }
    }

    @Test("one effect", arguments: samples)
    func oneKeyOneEffect(sample: Sample) async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            try await pharmacy.receive()
            if sample.path == "$reorder-suggest" {
                try await pharmacy.text(
                    """
                    INSERT INTO stock_rule (item, place, minimum, target, unit, content)
                    VALUES ('Medication/m', 'Location/pharmacy', 200, 300, '{"unit":"tablet"}',
                      '{"reference":"Medication/m"}')
                    """)
            }
            try await pharmacy.prescribe(refills: 5)
            try await pharmacy.put(Fixture.record("d", prescription: "MedicationRequest/elsewhere"))
            let hour = Instant.now.microsecondsSince1970 / 3_600_000_000 * 3_600_000_000
            let planned = Instant(microsecondsSince1970: hour).text
            try await pharmacy.prescribe(
                "doses",
                members: [
                    #""dosageInstruction":[{"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"h","#
                        + #""boundsPeriod":{"start":"2026-01-01T00:00:00Z"}}}}]"#
                ])
            var path = sample.path
            if path.contains("TRANSFER") {
                let sent = try await client.call(
                    "SupplyDelivery/$transfer",
                    [
                        Fixture.line(quantity: "7"), Fixture.reference("from", "Location/pharmacy"),
                        Fixture.reference("to", "Location/ward"),
                    ])
                path = path.replacing("TRANSFER", with: try #require(try sent.json["id"]?.string))
            }
            let parameters = sample.parameters.map { $0.replacing("PLANNED", with: planned) }
            var answers: Set<String> = []
            for _ in 0..<2 {
                let answer = try await client.call(path, parameters, key: "once")
                #expect(answer.status == 200, "\(answer.text)")
                answers.insert(answer.text)
            }
            let address = path
            let statuses = try await parallel(8) { _ in try await client.call(address, parameters, key: "once") }
            #expect(statuses == [200: 8])
            #expect(answers.count == 1)
            let expected = sample.path.hasSuffix("$receive") ? "100" : "1"
            #expect(try await pharmacy.text(sample.count) == expected)
            #expect(try await pharmacy.differences() == "0")
        }
    }
}
