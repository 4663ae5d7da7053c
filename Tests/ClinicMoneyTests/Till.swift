import Clinic
import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// A server with a patient, a visit and prices.
struct Till {
    let server: TestServer

    var client: TestClient { server.client }

    static func with(
        _ configure: (inout TestServer.Options) -> Void = { _ in }, _ body: (Till) async throws -> Void
    ) async throws {
        try await ClinicServer.with(configure) { server in
            let till = Till(server: server)
            try await till.furnish()
            try await body(till)
        }
    }

    private func furnish() async throws {
        for (address, json) in Self.furniture {
            let type = address.prefix { $0 != "/" }
            let id = address.drop { $0 != "/" }.dropFirst()
            let input = try server.test.input(#"{"resourceType":"\#(type)","id":"\#(id)",\#(json)}"#)
            _ = try await server.store.update(input, id: String(id), .none)
        }
    }

    private static let furniture: [(String, String)] = [
        ("Patient/p", #""active":true"#),
        ("Account/a", #""status":"active","subject":[{"reference":"Patient/p"}]"#),
        (
            "Encounter/e",
            #""status":"in-progress","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","#
                + #""code":"AMB"},"#
                + #""type":[{"coding":[{"system":"urn:x","code":"visit"}]}],"subject":{"reference":"Patient/p"},"#
                + #""period":{"start":"2026-03-01T09:00:00Z"},"account":[{"reference":"Account/a"}]"#
        ),
    ]

    // MARK: - Writing

    /// Stores a resource, of which the rest of the JSON object is given; throws unless that is answered with success.
    @discardableResult
    func put(_ address: String, _ json: String) async throws -> JSONNode {
        let response = try await tryPut(address, json)
        try #require(response.status < 300, "\(address): \(response.text)")
        return try response.json
    }

    func tryPut(_ address: String, _ json: String) async throws -> TestResponse {
        let type = address.prefix { $0 != "/" }
        let id = address.drop { $0 != "/" }.dropFirst()
        return try await client.put(address, #"{"resourceType":"\#(type)","id":"\#(id)",\#(json)}"#)
    }

    /// An active price list entry.
    func price(
        _ id: String, code: String, _ amount: String, currency: String = "EUR", tax: String? = nil,
        period: String? = nil, extra: String = ""
    ) async throws {
        let tax = tax.map { #",{"type":"tax","factor":\#($0)}"# } ?? ""
        let period = period.map { #","effectivePeriod":{\#($0)}"# } ?? ""
        try await put(
            "ChargeItemDefinition/\(id)",
            #""url":"urn:price:\#(id)","status":"active","code":{"coding":[{"system":"urn:x","#
                + #""code":"\#(code)"}]}\#(period),"#
                + #""propertyGroup":[{"priceComponent":[{"type":"base","#
                + #""amount":{"value":\#(amount),"currency":"\#(currency)"}}"#
                + #"\#(tax)\#(extra)]}]"#)
    }

    /// A draft of one line.
    func draft(_ id: String, _ amount: String, currency: String = "EUR", status: String = "draft") async throws {
        try await put("Invoice/\(id)", Self.invoice(amount, currency: currency, status: status))
    }

    static func invoice(_ amount: String, currency: String = "EUR", status: String = "draft") -> String {
        let money = #"{"value":\#(amount),"currency":"\#(currency)"}"#
        return #""status":"\#(status)","subject":{"reference":"Patient/p"},"account":{"reference":"Account/a"},"#
            + #""lineItem":[{"chargeItemCodeableConcept":{"text":"visit"},"priceComponent":[{"type":"base","#
            + #""amount":\#(money)}]}],"#
            + #""totalNet":\#(money),"totalGross":\#(money)"#
    }

    /// An issued invoice.
    func issued(_ id: String, _ amount: String) async throws {
        try await draft(id, amount)
        try await call("Invoice/\(id)/$issue")
    }

    // MARK: - Operations

    /// Calls an operation that has to succeed.
    @discardableResult
    func call(
        _ path: String, _ parameters: [String] = [], key: String? = nil, headers: [(String, String)] = []
    ) async throws -> JSONNode {
        let response = try await client.call(path, parameters, key: key, headers: headers)
        try #require(response.status < 300, "\(path): \(response.status) \(response.text)")
        return try response.json
    }

    /// Status and code of a refusal: `422 over-payment`.
    func refusal(
        _ path: String, _ parameters: [String] = [], headers: [(String, String)] = []
    ) async throws -> String {
        Self.refusal(try await client.call(path, parameters, headers: headers))
    }

    static func refusal(_ response: TestResponse) -> String {
        response.status < 300 ? "\(response.status)" : "\(response.status) \(response.issueCodes.first ?? "-")"
    }

    /// Records a payment; the PaymentNotice.
    @discardableResult
    func pay(
        _ invoice: String, _ amount: String, method: String = "card", _ more: [String] = []
    ) async throws -> JSONNode {
        let answer = try await call("PaymentNotice/$record", Self.payment(invoice, amount, method: method) + more)
        return try #require(Self.parameter(answer, "return")?["resource"])
    }

    static func payment(_ invoice: String, _ amount: String, method: String = "card") -> [String] {
        [reference("invoice", "Invoice/\(invoice)"), money("amount", amount), code("method", method)]
    }

    // MARK: - Parameters

    static func reference(_ name: String, _ value: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(value)"}}"#
    }

    static func money(_ name: String, _ value: String, currency: String = "EUR") -> String {
        #"{"name":"\#(name)","valueMoney":{"value":\#(value),"currency":"\#(currency)"}}"#
    }

    static func code(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueCode":"\#(value)"}"# }
    static func string(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueString":"\#(value)"}"# }

    static func parameter(_ answer: JSONNode, _ name: String) -> JSONNode? {
        answer["parameter"]?.items.first { $0["name"]?.string == name }
    }

    // MARK: - What is stored

    func status(_ address: String) async throws -> String {
        try await client.get(address).json["status"]?.string ?? ""
    }

    func invoice(_ id: String) async throws -> JSONNode { try await client.get("Invoice/\(id)").json }

    func number(_ sql: String) async throws -> Int {
        let rows = try await server.test.database.read(SQLStatement(sql, isPrepared: false), SQLParameters())
        return Int(rows.int64(0, 0) ?? -1)
    }

    func run(_ sql: String) async throws { try await server.test.database.script(sql) }

    /// Runs a body many times at once; how often each answer came.
    static func parallel(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> String
    ) async throws -> [String: Int] {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }
}
