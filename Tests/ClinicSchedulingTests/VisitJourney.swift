import Carriers
import Clinic
import ClinicTesting
import ClinicWorkflows
import Foundation
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// A practitioner's day on a whole server, for tests over HTTP.
struct VisitJourney: Sendable {
    let client: TestClient
    let server: TestServer

    static func with(_ body: (VisitJourney) async throws -> Void) async throws {
        try await ClinicServer.with { server in
            let journey = VisitJourney(client: server.client, server: server)
            for (type, id) in [("Practitioner", "p"), ("Practitioner", "q"), ("Patient", "a"), ("Patient", "b")] {
                try await journey.put(#"{"resourceType":"\#(type)","id":"\#(id)"}"#)
            }
            try await journey.put(
                #"{"resourceType":"Schedule","id":"sch","actor":[{"reference":"Practitioner/p"}]}"#)
            for number in 0..<4 { try await journey.putSlot("s\(number)", quarter: number) }
            try await body(journey)
        }
    }

    static func time(_ quarter: Int, day: String = "2030-05-06") -> String {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day)T\(digits(9 + quarter / 4)):\(digits(quarter % 4 * 15)):00Z"
    }

    func putSlot(_ id: String, quarter: Int, schedule: String = "sch", day: String = "2030-05-06") async throws {
        try await put(
            """
            {"resourceType":"Slot","id":"\(id)","schedule":{"reference":"Schedule/\(schedule)"},"status":"free",
             "start":"\(Self.time(quarter, day: day))","end":"\(Self.time(quarter + 1, day: day))"}
            """)
    }

    @discardableResult
    func put(_ json: String) async throws -> TestResponse {
        let node = JSONNode(try Document.parse(json))
        let path = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let response = try await client.put(path, json)
        #expect(response.status == 200 || response.status == 201, "\(path): \(response.text)")
        return response
    }

    /// The JSON of a proposal.
    static func proposal(
        _ quarters: Range<Int>, _ actors: [String] = ["Practitioner/p", "Patient/a"], status: String = "proposed",
        id: String? = nil, extra: String = ""
    ) -> String {
        let participants = actors.map { #"{"actor":{"reference":"\#($0)"},"status":"accepted"}"# }
        let name = id.map { #""id":"\#($0)","# } ?? ""
        return #"{"resourceType":"Appointment",\#(name)"status":"\#(status)",\#(extra)"#
            + #""start":"\#(time(quarters.lowerBound))","end":"\#(time(quarters.upperBound))","#
            + #""participant":[\#(participants.joined(separator: ","))]}"#
    }

    static func resource(_ name: String, _ json: String) -> String { #"{"name":"\#(name)","resource":\#(json)}"# }
    static func reference(_ name: String, _ text: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(text)"}}"#
    }
    static func value(_ name: String, _ type: String, _ json: String) -> String {
        #"{"name":"\#(name)","value\#(type)":\#(json)}"#
    }

    /// Books a time; the id of the appointment.
    func book(_ quarters: Range<Int>, _ actors: [String] = ["Practitioner/p", "Patient/a"]) async throws -> String {
        let answer = try await client.call(
            "Appointment/$book", [Self.resource("appointment-resource", Self.proposal(quarters, actors))])
        #expect(answer.status == 200, "\(answer.text)")
        return try first(answer)["id"]?.string ?? ""
    }

    /// Books a slot; the id of the appointment.
    func book(slot: String, patient: String = "Patient/a") async throws -> String {
        let answer = try await client.call(
            "Appointment/$book", [Self.reference("slot", "Slot/\(slot)"), Self.reference("patient-reference", patient)])
        #expect(answer.status == 200, "\(answer.text)")
        return try first(answer)["id"]?.string ?? ""
    }

    /// The first resource of a Bundle.
    func first(_ answer: TestResponse) throws -> JSONNode {
        try #require(try answer.json["entry"]?.items.first?["resource"])
    }

    func read(_ path: String) async throws -> JSONNode { try await client.get(path).json }

    func status(_ path: String) async throws -> String? { try await read(path)["status"]?.string }

    /// Number of resources that a search finds.
    func total(_ search: String) async throws -> Int? {
        try await client.get(search + (search.contains("?") ? "&" : "?") + "_summary=count").json["total"]?.integer
    }

    /// Status and stable code of a refusal: `409 slot-taken`.
    static func refusal(_ answer: TestResponse) throws -> String {
        guard answer.status >= 400 else { return "\(answer.status)" }
        let code = try answer.json["issue"]?.items.first?["details"]?["coding"]?.items.first?["code"]?.string
        return "\(answer.status) \(code ?? "-")"
    }

    /// Names of the events of a resource, in order.
    func events(_ focus: String) async throws -> [String] {
        try await server.test.database.withSession { session in
            let result = try await session.query(
                SQLStatement("SELECT name FROM clinic_event WHERE focus = '\(focus)' ORDER BY id", isPrepared: false))
            return (0..<result.rowCount).compactMap { result.string($0, 0) }
        }
    }

    func script(_ sql: String) async throws { try await server.test.database.script(sql) }
}

extension VisitJourney {
    func setting(_ name: String, _ json: String) async throws {
        let text = json.replacingOccurrences(of: "\"", with: "\\\"")
        let answer = try await client.call(
            "$clinic-setting-set",
            [Self.value("name", "Code", #""\#(name)""#), Self.value("value", "String", "\"\(text)\"")])
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Puts a hold's end into the past, as time would: past the triggers, for this transaction alone, and in the order
    /// in which the server itself locks the two rows.
    func lapse(_ id: String) async throws {
        try await script(
            """
            SET LOCAL session_replication_role = replica;
            UPDATE appointment SET content = jsonb_set(content, '{extension}',
              '[{"url": "urn:martlet:appointment-expires", "valueDateTime": "2020-01-01T00:00:00Z"}]')
              WHERE id = '\(id)';
            UPDATE appointment_busy SET expires = clock_timestamp() - interval '1 second' WHERE appointment = '\(id)';
            """)
    }

    /// Runs a job once; how much it did.
    func runJobs(_ name: String, _ channels: [String] = [], on store: FHIRStore? = nil) async throws -> Int {
        let carriers = Dictionary(uniqueKeysWithValues: channels.map { ($0, MessageSink() as any MessageCarrier) })
        let job = try #require(ClinicWorkflows.jobs(carriers).first { $0.name == name })
        return try await job.run(store ?? server.test.store)
    }
}
