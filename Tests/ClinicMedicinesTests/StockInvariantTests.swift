import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Stock is never negative, equals its ledger, and nothing is lost or made between places.
@Suite struct StockInvariantTests {
    private typealias Fixture = MedicinesFixture

    @Test func twoHundredClientsShareAHundred() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            try await pharmacy.prescribe(quantity: nil)
            let statuses = try await parallel(200) { _ in try await pharmacy.dispense("rx", "1") }
            #expect(statuses == [200: 100, 409: 100])
            #expect(try await pharmacy.balance() == "0")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationdispense") == "100")
            #expect(
                try await pharmacy.text("SELECT count(*)::text FROM clinic_event WHERE name = 'rx.dispensed'") == "100")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    /// Three batches, three places, all kinds of moves at once.
    @Test func aRandomMixLeavesEveryBalanceEqualToItsLedger() async throws {
        try await Fixture.with { pharmacy in
            for place in ["pharmacy", "ward"] {
                try await pharmacy.receive(
                    ["A", "B", "C"].map { Fixture.line(batch: $0, quantity: "150.5") }, to: place)
            }
            try await pharmacy.prescribe(quantity: nil)
            let workers = 32
            let moves = 64
            let faults = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<workers {
                    group.addTask {
                        var dice = Dice(seed: UInt64(worker) &* 7_919 &+ 17)
                        var faults = 0
                        for _ in 0..<moves {
                            let answer = try await Self.move(pharmacy, &dice)
                            if ![200, 409, 422].contains(answer.status) { faults += 1 }
                        }
                        return faults
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(faults == 0)
            #expect(try await pharmacy.differences() == "0")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM stock_balance WHERE quantity < 0") == "0")
            // What came in less what was handed out is what there is, wherever it is.
            #expect(
                try await pharmacy.text(
                    """
                    SELECT (sum(quantity) - (SELECT sum(quantity) FROM stock_movement
                      WHERE kind IN ('receive', 'adjust', 'dispense', 'return')))::numeric(20, 6)::text
                    FROM stock_balance
                    """) == "0.000000")
        }
    }

    private static func move(_ pharmacy: MedicinesFixture, _ dice: inout Dice) async throws -> TestResponse {
        let places = ["pharmacy", "ward"]
        let place = places[dice.roll(2)]
        let batch = ["A", "B", "C"][dice.roll(3)]
        let quantity = "\(1 + dice.roll(9)).\(dice.roll(10))"
        switch dice.roll(6) {
        case 0:
            return try await pharmacy.client.call(
                "SupplyDelivery/$receive",
                [Fixture.line(batch: batch, quantity: quantity), Fixture.reference("to", "Location/\(place)")])
        case 1:
            let sign = dice.roll(2) == 0 ? "-" : ""
            return try await pharmacy.client.call(
                "$stock-adjust",
                [
                    Fixture.reference("item", "Medication/m"), Fixture.string("batch", batch),
                    Fixture.quantity(sign + quantity), Fixture.string("reason", "counted"),
                    Fixture.reference("location", "Location/\(place)"),
                ])
        case 2:
            let other = place == "ward" ? "pharmacy" : "ward"
            let sent = try await pharmacy.client.call(
                "SupplyDelivery/$transfer",
                [
                    Fixture.line(batch: dice.roll(2) == 0 ? nil : batch, quantity: quantity),
                    Fixture.reference("from", "Location/\(place)"), Fixture.reference("to", "Location/\(other)"),
                ])
            guard sent.status == 200, let id = try sent.json["id"]?.string else { return sent }
            let end = ["$accept", "$reject", ""][dice.roll(3)]
            return end.isEmpty ? sent : try await pharmacy.client.call("SupplyDelivery/\(id)/\(end)")
        case 3:
            let given = try await pharmacy.dispense("rx", quantity, place: place)
            guard given.status == 200, dice.roll(2) == 0, let id = try given.json["id"]?.string else { return given }
            return try await pharmacy.client.call(
                "MedicationDispense/\(id)/$return", [Fixture.quantity("1"), Fixture.string("reason", "unused")])
        default:
            return try await pharmacy.dispense("rx", quantity, place: place)
        }
    }

    /// A small generator of numbers, the same in each run.
    private struct Dice {
        var state: UInt64

        init(seed: UInt64) { state = seed | 1 }

        mutating func roll(_ sides: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(sides))
        }
    }
}
