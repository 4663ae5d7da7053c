import ClinicTesting
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Stock: what comes in, moves and is put right.
@Suite struct StockTests {
    private typealias Fixture = MedicinesFixture

    @Test func goodsAreReceivedByBatch() async throws {
        try await Fixture.with { pharmacy in
            let delivery = try await pharmacy.receive([
                Fixture.line(batch: "A", expiry: "2099-06", quantity: "40.5"),
                Fixture.line(batch: "B", expiry: "2098", quantity: "10"),
            ]).json
            #expect(delivery["resourceType"]?.string == "SupplyDelivery")
            #expect(delivery["status"]?.string == "completed")
            #expect(try await pharmacy.balance() == "50.5")
            #expect(
                try await pharmacy.text("SELECT string_agg(expires::text, ' ' ORDER BY batch) FROM stock_batch")
                    == "2099-06-30 2098-12-31")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test(
        "refused, and nothing changes",
        arguments: [
            ([Fixture.line(batch: nil)], "batch-required", 422), ([Fixture.line(expiry: nil)], "batch-required", 422),
            ([Fixture.line("Medication/none")], "unknown-reference", 422),
            ([Fixture.line("Patient/p")], "invalid-parameter", 400),
            ([Fixture.line(quantity: "0")], "invalid-parameter", 400),
            ([Fixture.line(quantity: "-5")], "invalid-parameter", 400), ([], "invalid-parameter", 400),
            ([Fixture.line(), Fixture.line(expiry: "2090-01-01")], "batch-mismatch", 422),
        ])
    func receiptsAreChecked(lines: [String], code: String, status: Int) async throws {
        try await Fixture.with { pharmacy in
            let answer = try await pharmacy.client.call(
                "SupplyDelivery/$receive", lines + [Fixture.reference("to", "Location/pharmacy")])
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.issueCodes == [code], "\(answer.text)")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM stock_movement") == "0")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM supplydelivery") == "0")
        }
    }

    @Test func placesHaveToBeThere() async throws {
        try await Fixture.with { pharmacy in
            let missing = try await pharmacy.client.call("SupplyDelivery/$receive", [Fixture.line()])
            #expect(missing.status == 400)
            let unknown = try await pharmacy.client.call(
                "SupplyDelivery/$receive", [Fixture.line(), Fixture.reference("to", "Location/none")])
            #expect(unknown.issueCodes == ["unknown-reference"])
            try await pharmacy.receive()
            let bottles =
                #"{"name":"items","part":[{"name":"item","valueString":"Medication/m"},"#
                + #"{"name":"batch","valueString":"C"},{"name":"expiry","valueDate":"2099"},"#
                + #"{"name":"quantity","valueQuantity":{"value":1,"unit":"bottle"}}]}"#
            let other = try await pharmacy.client.call(
                "SupplyDelivery/$receive", [bottles, Fixture.reference("to", "Location/pharmacy")])
            #expect(other.issueCodes == ["unit-mismatch"], "\(other.text)")
        }
    }

    @Test func adjustmentsHaveAReasonAndALimit() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            func adjust(
                _ quantity: String, _ more: [String] = [], reason: String? = "counted"
            ) async throws
                -> TestResponse
            {
                try await pharmacy.client.call(
                    "$stock-adjust",
                    [
                        Fixture.reference("item", "Medication/m"), Fixture.string("batch", "A"),
                        Fixture.quantity(quantity),
                    ] + (reason.map { [Fixture.string("reason", $0)] } ?? []) + more)
            }
            let less = try await adjust("-30")
            #expect(less.status == 200, "\(less.text)")
            let variance = try less.json["parameter"]?.items.first { $0["name"]?.string == "variance" }
            #expect(variance?["valueQuantity"]?["value"]?.numberText == "-30")
            #expect(try await pharmacy.balance() == "70")
            #expect(try await adjust("-71").issueCodes == ["out-of-stock"])
            #expect(try await adjust("-71").status == 409)
            #expect(try await adjust("5", reason: nil).status == 400)
            #expect(try await adjust("0").status == 400)
            let much = try await adjust("1000.5")
            #expect(much.status == 403)
            #expect(much.issueCodes == ["second-person-required"])
            #expect(try await adjust("1000").status == 200)
            #expect(try await pharmacy.balance() == "1070")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test func aLargeAdjustmentTakesTwoPeople() async throws {
        try await ClinicServer.with({ $0.needsToken = true }) { server in
            let tokens = AccessTokens(database: server.test.database)
            var pharmacy = MedicinesFixture(server: server)
            func become(_ name: String) async throws {
                let token = try await tokens.issue(name: name, lifetimeSeconds: nil)
                pharmacy.client.headers = [("Authorization", "Bearer \(token)")]
            }
            try await become("ada")
            try await pharmacy.furnish()
            try await pharmacy.receive()
            func adjust(_ quantity: String, _ more: [String]) async throws -> TestResponse {
                try await pharmacy.client.call(
                    "$stock-adjust",
                    [
                        Fixture.reference("item", "Medication/m"), Fixture.string("batch", "A"),
                        Fixture.quantity(quantity), Fixture.string("reason", "recount"),
                    ] + more)
            }
            let proposed = try await adjust("5000", [#"{"name":"propose","valueBoolean":true}"#])
            let task = try #require(
                try proposed.json["parameter"]?.items.first { $0["name"]?.string == "request" }?["valueReference"]?[
                    "reference"]?.string, "\(proposed.text)")
            let request = [Fixture.reference("request", task)]
            #expect(try await adjust("5000", request).issueCodes == ["second-person-required"])
            #expect(try await pharmacy.balance() == "100")
            try await become("ben")
            #expect(try await adjust("6000", request).issueCodes == ["unknown-reference"])
            let done = try await adjust("5000", request)
            #expect(done.status == 200, "\(done.text)")
            #expect(try await pharmacy.balance() == "5100")
            #expect(try await pharmacy.client.get(task).json["status"]?.string == "completed")
            #expect(try await adjust("5000", request).issueCodes == ["illegal-transition"])
        }
    }

    @Test func stockMayEnterByAdjustment() async throws {
        try await Fixture.with { pharmacy in
            let parameters = [
                Fixture.reference("item", "Medication/m"), Fixture.string("batch", "N"), Fixture.quantity("12"),
                Fixture.string("reason", "opening balance"),
            ]
            let nowhere = try await pharmacy.client.call("$stock-adjust", parameters)
            #expect(nowhere.issueCodes == ["invalid-parameter"])
            let there = try await pharmacy.client.call(
                "$stock-adjust", parameters + [Fixture.reference("location", "Location/ward")])
            #expect(there.status == 200, "\(there.text)")
            #expect(try await pharmacy.balance(at: "Location/ward") == "12")
        }
    }

    @Test func aTransferKeepsTheTotal() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            func transfer(_ quantity: String) async throws -> TestResponse {
                try await pharmacy.client.call(
                    "SupplyDelivery/$transfer",
                    [
                        Fixture.line(batch: nil, expiry: nil, quantity: quantity),
                        Fixture.reference("from", "Location/pharmacy"), Fixture.reference("to", "Location/ward"),
                    ])
            }
            let first = try #require(try await transfer("40").json["id"]?.string)
            #expect(try await pharmacy.balance() == "60")
            #expect(try await pharmacy.balance(at: "SupplyDelivery/\(first)", pool: "transit") == "40")
            #expect(try await transfer("61").issueCodes == ["out-of-stock"])

            let accepted = try await pharmacy.client.call("SupplyDelivery/\(first)/$accept")
            #expect(try accepted.json["status"]?.string == "completed", "\(accepted.text)")
            #expect(try await pharmacy.balance(at: "Location/ward") == "40")
            for operation in ["$accept", "$reject"] {
                let again = try await pharmacy.client.call("SupplyDelivery/\(first)/\(operation)")
                #expect(again.status == 422)
                #expect(again.issueCodes == ["illegal-transition"])
            }
            let second = try #require(try await transfer("10").json["id"]?.string)
            let rejected = try await pharmacy.client.call(
                "SupplyDelivery/\(second)/$reject", [Fixture.string("reason", "broken seal")])
            #expect(try rejected.json["status"]?.string == "abandoned")
            #expect(try await pharmacy.balance() == "60")
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM stock_balance") == "100")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test func acceptedOnceHoweverManyAccept() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            let transfer = try await pharmacy.client.call(
                "SupplyDelivery/$transfer",
                [
                    Fixture.line(quantity: "25"), Fixture.reference("from", "Location/pharmacy"),
                    Fixture.reference("to", "Location/ward"),
                ])
            let id = try #require(try transfer.json["id"]?.string)
            let client = pharmacy.client
            let statuses = try await parallel(32) { position in
                try await client.call("SupplyDelivery/\(id)/\(position % 2 == 0 ? "$accept" : "$reject")")
            }
            #expect(statuses == [200: 1, 422: 31])
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM stock_balance") == "100")
            #expect(try await pharmacy.differences() == "0")
        }
    }

    @Test func onHandTellsBalancesAndBatches() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([
                Fixture.line(batch: "A", quantity: "5"),
                Fixture.line(batch: "OLD", expiry: "2020-01-31", quantity: "7"),
            ])
            func onHand(_ more: String = "") async throws -> JSONNode {
                try await pharmacy.client.get("$stock-on-hand?item=Medication/m\(more)").json
            }
            func value(_ list: JSONNode, _ name: String, _ part: String) -> String? {
                let group = list["parameter"]?.items.first { $0["name"]?.string == name }
                let found = group?["part"]?.items.first { $0["name"]?.string == part }
                return found?["valueQuantity"]?["value"]?.numberText ?? found?["valueCode"]?.string
            }
            let now = try await onHand("&location=Location/pharmacy")
            #expect(value(now, "balance", "quantity") == "12")
            #expect(value(now, "balance", "available") == "5")
            #expect(value(now, "batches", "status") == "expired")
            #expect(try await value(onHand("&location=Location/ward"), "balance", "quantity") == "0")
            #expect(try await value(onHand("&atDate=2020-01-01"), "balance", "quantity") == "0")
            #expect(try await value(onHand("&atDate=2098-01-01"), "balance", "quantity") == "12")
            #expect(try await pharmacy.client.get("$stock-on-hand?atDate=yesterday").status == 400)
            let byCode = try await pharmacy.client.call(
                "$stock-on-hand",
                [#"{"name":"item","valueCoding":{"system":"urn:test:drugs","code":"amox-500"}}"#])
            #expect(value(try byCode.json, "balance", "quantity") == "12", "\(byCode.text)")
        }
    }

    @Test func theLedgerIsOnlyAddedTo() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive()
            for sql in [
                "UPDATE stock_movement SET quantity = 1000", "DELETE FROM stock_movement",
                "TRUNCATE stock_movement", "UPDATE stock_balance SET quantity = -1",
            ] {
                await #expect(throws: (any Error).self) { try await pharmacy.server.test.database.script(sql) }
            }
            #expect(try await pharmacy.balance() == "100")
        }
    }
}
