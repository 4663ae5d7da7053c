import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// A pharmacy over HTTP: `Location/pharmacy`, `Location/ward`, `Medication/m`, `Patient/p`.
struct MedicinesFixture: Sendable {
    let server: TestServer
    var client: TestClient

    init(server: TestServer) {
        self.server = server
        client = server.client
    }

    static func with(_ body: (MedicinesFixture) async throws -> Void) async throws {
        try await ClinicServer.with { server in
            let fixture = MedicinesFixture(server: server)
            try await fixture.furnish()
            try await body(fixture)
        }
    }

    /// Stores the places, a medicine and a patient.
    func furnish() async throws {
        for resource in [
            #"{"resourceType":"Location","id":"pharmacy","name":"Pharmacy"}"#,
            #"{"resourceType":"Location","id":"ward","name":"Ward"}"#,
            #"{"resourceType":"Medication","id":"m","status":"active","code":{"coding":[{"system":"urn:test:drugs","#
                + #""code":"amox-500"}],"text":"Amoxicillin 500 mg capsule"}}"#,
            #"{"resourceType":"Patient","id":"p","gender":"female","birthDate":"1980-05-05"}"#,
        ] {
            try await put(resource)
        }
    }

    @discardableResult
    func put(_ json: String) async throws -> TestResponse {
        let node = JSONNode(try Document.parse(json))
        let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let response = try await client.put(address, json)
        #expect(response.status == 200 || response.status == 201, "\(response.text)")
        return response
    }

    // MARK: - Stock

    static func line(
        _ item: String = "Medication/m", batch: String? = "A", expiry: String? = "2099-12-31", quantity: String = "100"
    ) -> String {
        var parts = [
            #"{"name":"item","valueReference":{"reference":"\#(item)"}}"#,
            #"{"name":"quantity","valueQuantity":{"value":\#(quantity),"unit":"tablet"}}"#,
        ]
        if let batch { parts.append(#"{"name":"batch","valueString":"\#(batch)"}"#) }
        if let expiry { parts.append(#"{"name":"expiry","valueDate":"\#(expiry)"}"#) }
        return #"{"name":"items","part":[\#(parts.joined(separator: ","))]}"#
    }

    static func reference(_ name: String, _ reference: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(reference)"}}"#
    }

    static func quantity(_ value: String, unit: String = "tablet") -> String {
        #"{"name":"quantity","valueQuantity":{"value":\#(value),"unit":"\#(unit)"}}"#
    }

    static func string(_ name: String, _ value: String) -> String {
        #"{"name":"\#(name)","valueString":"\#(value)"}"#
    }

    @discardableResult
    func receive(_ lines: [String] = [line()], to place: String = "pharmacy") async throws -> TestResponse {
        let response = try await client.call(
            "SupplyDelivery/$receive", lines + [Self.reference("to", "Location/\(place)")])
        #expect(response.status == 200, "\(response.text)")
        return response
    }

    /// The sum of what is in a pool, from the stored balances.
    func balance(
        _ item: String = "Medication/m", at place: String = "Location/pharmacy", pool: String = "stock"
    ) async throws -> String {
        try await text(
            """
            SELECT coalesce(sum(quantity), 0)::text FROM stock_balance
            WHERE item = '\(item)' AND place = '\(place)' AND pool = '\(pool)'
            """)
    }

    /// Rows in which the stored balance is not what the ledger sums up to.
    func differences() async throws -> String {
        try await text(
            """
            SELECT count(*)::text FROM stock_balance b FULL JOIN (
              SELECT item, batch, place, pool, sum(quantity) AS quantity FROM stock_movement GROUP BY 1, 2, 3, 4) m
              USING (item, batch, place, pool)
            WHERE coalesce(b.quantity, 0) <> coalesce(m.quantity, 0) OR b.quantity < 0
            """)
    }

    @discardableResult
    func text(_ sql: String) async throws -> String {
        let rows = try await server.test.database.withSession { session in
            try await session.query(SQLStatement(sql, isPrepared: false))
        }
        return rows.rowCount > 0 ? rows.string(0, 0) ?? "" : ""
    }

    // MARK: - Prescriptions

    /// - Parameter more: members of `dispenseRequest` besides.
    @discardableResult
    func prescribe(
        _ id: String = "rx", quantity: String? = "30", refills: Int? = nil, status: String = "active",
        medication: String = #""medicationReference":{"reference":"Medication/m"}"#, request more: [String] = [],
        members: [String] = []
    ) async throws -> TestResponse {
        var request = more
        if let quantity { request.append(#""quantity":{"value":\#(quantity),"unit":"tablet"}"#) }
        if let refills { request.append(#""numberOfRepeatsAllowed":\#(refills)"#) }
        var all = [
            #""resourceType":"MedicationRequest","id":"\#(id)","status":"\#(status)","intent":"order""#, medication,
            #""subject":{"reference":"Patient/p"}"#,
        ]
        if !request.isEmpty { all.append(#""dispenseRequest":{\#(request.joined(separator: ","))}"#) }
        return try await put("{" + (all + members).joined(separator: ",") + "}")
    }

    func dispense(
        _ prescription: String = "rx", _ quantity: String = "30", more: [String] = [], place: String = "pharmacy",
        unit: String = "tablet", key: String? = nil
    ) async throws -> TestResponse {
        try await client.call(
            "MedicationDispense/$dispense",
            [
                Self.reference("prescription", "MedicationRequest/\(prescription)"),
                Self.quantity(quantity, unit: unit), Self.reference("location", "Location/\(place)"),
            ] + more, key: key)
    }

    /// A MedicationDispense as a client writes it.
    static func record(
        _ id: String, prescription: String = "MedicationRequest/rx", quantity: String? = "30",
        handed: String? = nil, status: String = "completed"
    ) -> String {
        var members = [
            #""resourceType":"MedicationDispense","id":"\#(id)","status":"\#(status)""#,
            #""medicationReference":{"reference":"Medication/m"},"subject":{"reference":"Patient/p"}"#,
            #""authorizingPrescription":[{"reference":"\#(prescription)"}]"#,
        ]
        if let quantity { members.append(#""quantity":{"value":\#(quantity),"unit":"tablet"}"#) }
        if let handed { members.append(#""whenHandedOver":"\#(handed)""#) }
        return "{" + members.joined(separator: ",") + "}"
    }
}

/// Runs `body` so often at once; how many answers had each status.
func parallel(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> TestResponse) async throws -> [Int: Int] {
    try await withThrowingTaskGroup(of: Int.self) { group in
        for position in 0..<count { group.addTask { try await body(position).status } }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
