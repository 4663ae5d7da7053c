import Clinic
import ClinicTesting
import ClinicWorkflows
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Every pair of states, against the database: legal is what the tables say, on each write path.
@Suite struct StateMachineTests {
    @Test func courseOfAnAppointmentIsTheOneAgreedOn() {
        let machine = StateMachine.appointment
        #expect(machine.states.count == 10)
        #expect(machine.allows("proposed", "booked"))
        #expect(machine.allows("booked", "noshow"))
        #expect(machine.allows("arrived", "booked"))
        #expect(machine.allows("checked-in", "cancelled"))
        #expect(machine.allows("cancelled", "entered-in-error"))
        #expect(!machine.allows("booked", "fulfilled"))
        #expect(!machine.allows("cancelled", "booked"))
        #expect(!machine.allows("fulfilled", "cancelled"))
        #expect(!machine.allows("entered-in-error", "proposed"))
    }

    @Test func databaseHoldsTheSameTables() async throws {
        try await ClinicServer.with { server in
            for machine in StateMachine.all {
                var parameters = SQLParameters()
                parameters.append(text: machine.name)
                let rows = try await server.test.database.read(
                    SQLStatement("SELECT count(*) FROM clinic_transition WHERE machine = $1::text"), parameters)
                #expect(
                    rows.int64(0, 0) == Int64(machine.transitions.count + machine.messageTransitions.count),
                    "\(machine.name)")
            }
        }
    }

    @Test("each change of state, by each way to write over HTTP", arguments: StateMachine.all.map(\.name))
    func changesAreLegalOnEveryRoute(name: String) async throws {
        let machine = try #require(StateMachine.all.first { $0.name == name })
        try await ClinicServer.with { server in
            for from in machine.states {
                try await refuseIllegal(machine, from, server.client)
                let legal = machine.states.filter { $0 != from && machine.allows(from, $0) }
                for (position, to) in legal.enumerated() {
                    let route = Route.allCases[position % Route.allCases.count]
                    try await take(machine, from, to, route, server.client)
                }
            }
        }
    }

    private enum Route: String, CaseIterable { case put, patch, merge, transaction, batch }

    /// No way to write leads to a state that the table does not lead to, and none of the attempts leaves a trace.
    private func refuseIllegal(_ machine: StateMachine, _ from: String, _ client: TestClient) async throws {
        let id = "refused-\(from)"
        try await create(machine, id, from, client)
        for to in machine.states where !machine.allows(from, to) {
            for route in Route.allCases {
                let sent = try await send(machine, to, route, id, client)
                let note: Comment = "\(machine.name) \(from) → \(to) by \(route): \(sent.text)"
                #expect(sent.text.contains("illegal-transition"), note)
                #expect(sent.status == (route == .batch ? 200 : 422), note)
            }
        }
        let stored = try await client.get("\(machine.typeName)/\(id)")
        #expect(machine.state(of: try stored.json) == from)
        #expect(stored[header: "ETag"] == #"W/"1""#)
    }

    private func take(
        _ machine: StateMachine, _ from: String, _ to: String, _ route: Route, _ client: TestClient
    ) async throws {
        let id = "\(from)-to-\(to)"
        try await create(machine, id, from, client)
        let sent = try await send(machine, to, route, id, client)
        #expect(sent.status == 200, "\(machine.name) \(from) → \(to) by \(route): \(sent.text)")
        let stored = try await client.get("\(machine.typeName)/\(id)").json
        #expect(machine.state(of: stored) == to, "\(machine.name) \(from) → \(to) by \(route): \(sent.text)")
    }

    private func create(
        _ machine: StateMachine, _ id: String, _ state: String, _ client: TestClient
    ) async throws {
        let created = try await client.put(
            "\(machine.typeName)/\(id)", MachineSample.json(machine, id: id, state))
        try #require(created.status == 201, "\(created.text)")
    }

    private func send(
        _ machine: StateMachine, _ state: String, _ route: Route, _ id: String, _ client: TestClient
    ) async throws -> TestResponse {
        let address = "\(machine.typeName)/\(id)"
        let resource = MachineSample.json(machine, id: id, state)
        switch route {
        case .put: return try await client.put(address, resource)
        case .patch:
            let path = machine.element == "paymentStatus" ? "/paymentStatus/coding/0/code" : "/\(machine.element)"
            return try await client.send(
                "PATCH", address, json: Array(#"[{"op":"replace","path":"\#(path)","value":"\#(state)"}]"#.utf8),
                headers: [("Content-Type", "application/json-patch+json")])
        case .merge:
            let value =
                machine.element == "paymentStatus" ? #"{"coding":[{"code":"\#(state)"}]}"# : #""\#(state)""#
            return try await client.send(
                "PATCH", address, json: Array(#"{"\#(machine.element)":\#(value)}"#.utf8),
                headers: [("Content-Type", "application/merge-patch+json")])
        case .transaction, .batch:
            let entry = #"{"resource":\#(resource),"request":{"method":"PUT","url":"\#(address)"}}"#
            return try await client.post(
                "", #"{"resourceType":"Bundle","type":"\#(route.rawValue)","entry":[\#(entry)]}"#)
        }
    }

    @Test func messagesQuoteOnlyKnownStates() async throws {
        try await ClinicServer.with { server in
            _ = try await server.client.put(
                "Appointment/a", MachineSample.json(.appointment, id: "a", "booked"))
            let input = try server.test.input(MachineSample.json(.appointment, id: "a", "Jane Miller"))
            let error = try await #require(throws: StoreError.self) {
                _ = try await server.store.update(input, id: "a", .none)
            }
            #expect(error.message == "Appointment.status may not change from booked to what is no state of it")
        }
    }
}
