import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Task/$submit-request`, `$claim`, `$accept`, `$reject`, `$start`, `$complete` and `$fulfil`.
@Suite struct TaskTests {
    private func submit(_ clinic: OrderClinic, _ more: [String] = []) async throws -> String {
        let task = try await clinic.ok(
            clinic.doctor, "Task/$submit-request",
            [OrderClinic.reference("for", "Patient/p"), OrderClinic.code("code", "lab-request")] + more)
        return "Task/\(task["id"]?.string ?? "")"
    }

    @Test func aRequestIsFulfilledWithItsResult() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let task = try await submit(
                clinic,
                [
                    OrderClinic.reference("input", order), OrderClinic.text("input", "from the other house"),
                    #"{"name":"input","part":[{"name":"type","valueString":"since"},"#
                        + #"{"name":"value","valueDate":"2026-01-01"}]}"#,
                    #"{"name":"due","valueDateTime":"2030-01-01T00:00:00Z"}"#,
                ])
            let stored = try await clinic.read(task)
            #expect(stored["focus"]?["reference"]?.string == order)
            #expect(stored["input"]?.count == 3)
            #expect(stored["input"]?.items.last?["type"]?["text"]?.string == "since")
            #expect(stored["restriction"]?["period"]?["end"]?.string == "2030-01-01T00:00:00Z")
            #expect(try await clinic.search("Task?code=lab-request&status=requested").count == 1)
            #expect(try await clinic.outcome(clinic.technician, "\(task)/$fulfil") == "422 illegal-transition")
            try await clinic.ok(clinic.technician, "\(task)/$accept")
            #expect(try await clinic.outcome(clinic.technician, "\(task)/$fulfil") == "422 outcome-missing")
            #expect(
                try await clinic.outcome(
                    clinic.technician, "\(task)/$fulfil", [OrderClinic.reference("output", "DiagnosticReport/none")])
                    == "422 unknown-reference")
            try await clinic.put(#"{"resourceType":"DiagnosticReport","id":"d","status":"final","code":{"text":"x"}}"#)
            let done = try await clinic.ok(
                clinic.technician, "\(task)/$fulfil", [OrderClinic.reference("output", "DiagnosticReport/d")])
            #expect(done["status"]?.string == "completed")
            #expect(done["output"]?.items.first?["valueReference"]?["reference"]?.string == "DiagnosticReport/d")
            #expect(try await clinic.events(task) == ["request.submitted", "request.accepted", "request.fulfilled"])
            // Asking about an order does not complete it.
            #expect(try await clinic.status(order) == "active")
        }
    }

    @Test func refusals() async throws {
        try await OrderClinic.with { clinic in
            let patient = OrderClinic.reference("for", "Patient/p")
            let code = OrderClinic.code("code", "lab-request")
            let cases: [([String], String)] = [
                ([code], "400 invalid-parameter"), ([patient], "400 invalid-parameter"),
                ([code, OrderClinic.reference("for", "Patient/none")], "422 unknown-reference"),
                ([code, patient, OrderClinic.reference("input", "Patient/none")], "422 unknown-reference"),
                (
                    [code, patient, #"{"name":"input","part":[{"name":"type","valueString":"x"}]}"#],
                    "400 invalid-parameter"
                ),
            ]
            for (parameters, expected) in cases {
                #expect(try await clinic.outcome(clinic.doctor, "Task/$submit-request", parameters) == expected)
            }
            let task = try await submit(clinic)
            for name in ["start", "complete", "fulfil"] {
                #expect(try await clinic.outcome(clinic.nurse, "\(task)/$\(name)") == "422 illegal-transition")
            }
            #expect(try await clinic.outcome(clinic.nurse, "\(task)/$reject") == "400 invalid-parameter")
            let rejected = try await clinic.ok(clinic.nurse, "\(task)/$reject", [OrderClinic.text("reason", "no time")])
            #expect(rejected["statusReason"]?["text"]?.string == "no time")
            for name in ["accept", "start", "claim", "complete", "fulfil"] {
                #expect(try await clinic.outcome(clinic.nurse, "\(task)/$\(name)") == "422 illegal-transition")
            }
        }
    }

    @Test func oneOwner() async throws {
        try await OrderClinic.with { clinic in
            let task = try await submit(clinic)
            let clients = [clinic.doctor, clinic.nurse, clinic.technician, clinic.pathologist]
            let outcomes = try await parallel(32) { number in
                let outcome = try await clinic.outcome(clients[number % 4], "\(task)/$claim")
                return "\(number % 4) \(outcome)"
            }
            let winners = outcomes.filter { $0.key.hasSuffix("200") }
            #expect(winners.count == 1)
            #expect(winners.first?.value == 8)
            #expect(outcomes.filter { $0.key.hasSuffix("409 already-claimed") }.values.reduce(0, +) == 24)
            #expect(try await clinic.status(task) == "accepted")
            // What belongs to a team, one of it takes.
            try await clinic.put(#"{"resourceType":"Organization","id":"lab","name":"Lab"}"#)
            let shared = try await submit(clinic, [OrderClinic.reference("owner", "Organization/lab")])
            let named = try await clinic.ok(
                clinic.nurse, "\(shared)/$claim", [OrderClinic.reference("owner", "Practitioner/other")])
            #expect(named["owner"]?["reference"]?.string == "Practitioner/other")
            #expect(try await clinic.outcome(clinic.nurse, "\(shared)/$claim") == "409 already-claimed")
            #expect(
                try await clinic.outcome(
                    clinic.nurse, "\(shared)/$claim", [OrderClinic.reference("owner", "Practitioner/none")])
                    == "422 unknown-reference")
        }
    }

    @Test func anOrderIsDoneWithItsReport() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let task = "Task/\(try await clinic.task(of: order)["id"]?.string ?? "")"
            try await clinic.ok(clinic.technician, "\(task)/$accept")
            try await clinic.ok(clinic.technician, "\(task)/$start")
            #expect(try await clinic.outcome(clinic.technician, "\(task)/$complete") == "422 outcome-missing")
            let report = try await clinic.enter(order)
            #expect(try await clinic.outcome(clinic.technician, "\(task)/$complete") == "422 outcome-missing")
            let done = try await clinic.ok(
                clinic.technician, "\(task)/$complete", [OrderClinic.reference("output", report)])
            #expect(done["status"]?.string == "completed")
            #expect(done["executionPeriod"]?["end"] != nil)
            #expect(try await clinic.status(order) == "completed")
        }
    }

    @Test func rejectedOrdersTasksSayWhy() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let task = "Task/\(try await clinic.task(of: order)["id"]?.string ?? "")"
            try await clinic.ok(clinic.technician, "\(task)/$reject", [OrderClinic.text("reason", "not our test")])
            #expect(try await clinic.events(task) == ["task.rejected"])
            // It was not begun: the order may be taken back.
            try await clinic.ok(clinic.doctor, "\(order)/$cancel")
            #expect(try await clinic.status(task) == "rejected")
        }
    }
}
