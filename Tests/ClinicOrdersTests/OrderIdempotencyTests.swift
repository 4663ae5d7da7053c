import ClinicOrders
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Each operation sent twice with one `Idempotency-Key` has one effect, and the same answer.
@Suite struct OrderIdempotencyTests {
    private typealias Step = (
        path: String, parameters: [String], client: any KeyPath<OrderClinic, TestClient> & Sendable
    )

    private static let names = [
        "submit-order", "cancel", "refer", "collect", "receive", "reject-specimen", "enter-results", "verify",
        "correct",
        "acknowledge", "submit-request", "claim", "accept", "reject", "start", "complete", "fulfil",
    ]

    @Test func everyOperationIsHere() {
        #expect(Self.names.count == OrdersArea.operations.count)
    }

    @Test(arguments: names) func twiceIsOnce(_ name: String) async throws {
        try await OrderClinic.with { clinic in
            let step = try await prepare(name, clinic)
            let client = clinic[keyPath: step.client]
            let answers = try await parallel(4) { _ in
                let answer = try await client.call(step.path, step.parameters, key: "k")
                return "\(answer.status) \(answer.text)"
            }
            #expect(answers.count == 1, "\(answers.keys)")
            #expect(answers.keys.first?.hasPrefix("200 ") == true, "\(answers.keys)")
            let events = try await clinic.count("SELECT count(*) FROM clinic_event")
            let again = try await client.call(step.path, step.parameters, key: "k")
            #expect("200 \(again.text)" == answers.keys.first)
            #expect(try await clinic.count("SELECT count(*) FROM clinic_event") == events)
            let other = try await client.call(
                step.path, step.parameters + [OrderClinic.text("note", "another body")], key: "k")
            #expect([400, 422].contains(other.status))
        }
    }

    /// What has to be there before an operation, and how it is called.
    private func prepare(_ name: String, _ clinic: OrderClinic) async throws -> Step {
        let submit = "ServiceRequest/$submit-order"
        let reason = OrderClinic.text("reason", "because")
        switch name {
        case "submit-order": return (submit, OrderClinic.submit(patient: "p", [OrderClinic.item("1")]), \.doctor)
        case "refer":
            let parameters = [
                OrderClinic.reference("patient", "Patient/p"), OrderClinic.reference("performer", "Practitioner/other"),
            ]
            return ("ServiceRequest/$refer", parameters, \.doctor)
        case "submit-request", "claim", "accept", "reject", "start", "complete", "fulfil":
            return try await prepareTask(name, clinic)
        default: break
        }
        let order = try await clinic.order()
        switch name {
        case "cancel": return ("\(order)/$cancel", [reason], \.doctor)
        case "collect": return ("Specimen/$collect", OrderClinic.collect(order, "L"), \.nurse)
        case "receive": return ("\(try await clinic.collect(order, label: "L"))/$receive", [], \.technician)
        case "reject-specimen":
            return ("\(try await clinic.collect(order, label: "L"))/$reject", [reason], \.technician)
        case "enter-results":
            let parameters = [OrderClinic.request(order), OrderClinic.result("2823-3", OrderClinic.mmol("4"))]
            return ("DiagnosticReport/$enter-results", parameters, \.technician)
        default: break
        }
        let report = try await clinic.enter(order, "2823-3", OrderClinic.mmol("7"))
        if name == "verify" { return ("\(report)/$verify", [], \.pathologist) }
        try await clinic.ok(clinic.pathologist, "\(report)/$verify")
        if name == "acknowledge" { return ("\(report)/$acknowledge", [], \.doctor) }
        return ("\(report)/$correct", [OrderClinic.result("2823-3", OrderClinic.mmol("5")), reason], \.technician)
    }

    private func prepareTask(_ name: String, _ clinic: OrderClinic) async throws -> Step {
        let parameters = [OrderClinic.reference("for", "Patient/p"), OrderClinic.code("code", "call-back")]
        if name == "submit-request" { return ("Task/$submit-request", parameters, \.doctor) }
        let stored = try await clinic.ok(clinic.doctor, "Task/$submit-request", parameters)
        let task = "Task/\(stored["id"]?.string ?? "")"
        if ["start", "complete", "fulfil"].contains(name) { try await clinic.ok(clinic.nurse, "\(task)/$accept") }
        return ("\(task)/$\(name)", name == "reject" ? [OrderClinic.text("reason", "because")] : [], \.nurse)
    }
}
