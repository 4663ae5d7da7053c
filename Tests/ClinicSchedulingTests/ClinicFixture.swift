import Clinic
import ClinicScheduling
import ClinicWorkflows
import FHIRDefinitions
import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import JSONTape
import Testing

/// A store with the clinic's schema, a practitioner's schedule and free slots.
struct ClinicFixture: Sendable {
    let test: TestStore
    let runner: ClinicOperationRunner

    var store: FHIRStore { test.store }

    /// Runs `body` with a clinic of its own: slots `s0`… of a quarter of an hour each, from 09:00 on.
    ///
    /// - Parameter types: resource types that have tables; nil for all.
    static func with(
        types: [String]? = TestStore.commonTypes, slots: Int = 4, _ body: (ClinicFixture) async throws -> Void
    ) async throws {
        try await TestStore.with(types: types, migrations: ClinicWorkflows.migrations) { test in
            let fixture = ClinicFixture(test: test, runner: ClinicOperationRunner(store: test.store))
            try await fixture.put(
                """
                {"resourceType":"Schedule","id":"sch",
                 "actor":[{"reference":"Practitioner/p"},{"reference":"Location/l"}]}
                """)
            for position in 0..<slots { try await fixture.putSlot("s\(position)", quarter: position) }
            try await body(fixture)
        }
    }

    /// `2030-05-06T09:00:00Z` and so many quarters of an hour.
    static func time(_ quarter: Int) -> String {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "2030-05-06T\(digits(9 + quarter / 4)):\(digits(quarter % 4 * 15)):00Z"
    }

    func putSlot(_ id: String, quarter: Int, length: Int = 1, schedule: String = "sch") async throws {
        try await put(
            """
            {"resourceType":"Slot","id":"\(id)","schedule":{"reference":"Schedule/\(schedule)"},"status":"free",
             "start":"\(Self.time(quarter))","end":"\(Self.time(quarter + length))"}
            """)
    }

    @discardableResult
    func put(_ json: String, _ precondition: WritePrecondition = .none) async throws -> WriteResult {
        let input = try test.input(json)
        let id = try #require(JSONNode(input.document)["id"]?.string)
        return try await store.update(input, id: id, precondition)
    }

    /// An appointment's JSON.
    static func appointment(
        _ id: String? = nil, status: String = "booked", quarters: Range<Int>? = 0..<1, actors: [String],
        slot: String? = nil
    ) -> String {
        var text = #"{"resourceType":"Appointment","#
        if let id { text += #""id":"\#(id)","# }
        if let quarters {
            text += #""start":"\#(time(quarters.lowerBound))","end":"\#(time(quarters.upperBound))","#
        }
        if let slot { text += #""slot":[{"reference":"Slot/\#(slot)"}],"# }
        let participants = actors.map { #"{"actor":{"reference":"\#($0)"},"status":"accepted"}"# }
        return text + #""status":"\#(status)","participant":["# + participants.joined(separator: ",") + "]}"
    }

    var appointmentType: TypeID { test.type("Appointment") }

    func input(_ json: String) throws -> ResourceInput { try test.input(json) }

    func script(_ sql: String) async throws { try await test.database.script(sql) }

    // MARK: - Operations

    static func call(
        _ json: String, id: String? = nil, key: String? = nil, ifMatch: String? = nil, caller: String = "somebody"
    ) throws -> ClinicCall {
        ClinicCall(
            id: id, parameters: JSONNode(try Document.parse(json, limits: .fhir)), caller: caller, idempotencyKey: key,
            ifMatch: ifMatch, base: "http://localhost/fhir")
    }

    static func parameters(_ parameters: [String]) -> String {
        parameters.isEmpty
            ? #"{"resourceType":"Parameters"}"#
            : #"{"resourceType":"Parameters","parameter":["# + parameters.joined(separator: ",") + "]}"
    }

    /// Books slots for a patient; the booked appointment.
    @discardableResult
    func book(_ slots: [String], patient: String = "Patient/a", key: String? = nil) async throws -> JSONNode {
        let parameters = Self.parameters(
            slots.map { #"{"name":"slot","valueReference":{"reference":"Slot/\#($0)"}}"# }
                + [#"{"name":"patient-reference","valueReference":{"reference":"\#(patient)"}}"#])
        return try await book(Self.call(parameters, key: key))
    }

    @discardableResult
    func book(_ call: ClinicCall) async throws -> JSONNode {
        let answer = try await runner.run(BookAppointment(), call)
        let bundle = JSONNode(try Document.parse(answer.resource))
        return try #require(bundle["entry"]?.items.first?["resource"])
    }

    @discardableResult
    func cancel(_ id: String, _ parameters: [String] = [], ifMatch: String? = nil) async throws -> JSONNode {
        let answer = try await runner.run(
            CancelAppointment(), Self.call(Self.parameters(parameters), id: id, ifMatch: ifMatch))
        return JSONNode(try Document.parse(answer.resource))
    }

    // MARK: - What is stored

    func status(_ type: String, _ id: String) async throws -> String? {
        let stored = try await store.read(test.type(type), id: id)
        return JSONNode(try Document.parse(try #require(stored.content)))["status"]?.string
    }

    /// Number of rows that a condition holds for.
    func count(_ table: String, where condition: String = "true") async throws -> Int {
        let result = try await test.database.withSession { session in
            try await session.query(SQLStatement("SELECT count(*) FROM \(table) WHERE \(condition)", isPrepared: false))
        }
        return Int(try #require(result.int64(0, 0)))
    }
}

/// Code and stable code of whatever was thrown.
func refusal(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "none"
    } catch let error as StoreError {
        return "\(error.code) \(error.details ?? "-")"
    } catch let error as ClinicError {
        return "\(error.cause.code) \(error.cause.details ?? "-")"
    } catch {
        return "\(error)"
    }
}
