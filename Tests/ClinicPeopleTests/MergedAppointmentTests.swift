import Clinic
import ClinicTesting
import ClinicWorkflows
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Patients who both have appointments, results and invoices are merged, and parted again.
@Suite struct MergedAppointmentTests {
    private static let merge = [
        People.parameter("source-patient", reference: "Patient/a"),
        People.parameter("target-patient", reference: "Patient/b"),
    ]

    private static func patient(_ id: String) -> String {
        MergeFixture.patient(id, "M-\(id)").replacing(
            "\"gender\"", with: #""telecom":[{"system":"email","value":"jane@example.org"}],"gender""#)
    }

    /// A booked appointment; `hour` is on the clock of 6 May 2030.
    private static func appointment(_ id: String, _ patient: String, _ hour: String, length: String = "30") -> String {
        """
        {"resourceType":"Appointment","id":"\(id)","status":"booked","start":"2030-05-06T\(hour):00:00Z",
         "end":"2030-05-06T\(hour):\(length):00Z","participant":[
         {"actor":{"reference":"Patient/\(patient)"},"status":"accepted"}]}
        """
    }

    /// Runs a job until it has heard of all events. Those of transactions that are open, of other tests too, hold
    /// back those behind them.
    private static func run(_ name: String, _ listener: String, _ server: TestServer) async throws {
        let job = try #require(ClinicWorkflows.jobs().first { $0.name == name })
        while true {
            _ = try await job.run(server.store)
            let behind = try await server.count(
                """
                SELECT count(*) FROM clinic_event e, clinic_listener l
                WHERE l.name = '\(listener)' AND (e.xact, e.id) > (l.xact, l.id)
                """)
            if behind == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("nobody is in two places at one time", arguments: ["$merge", "preview", "A40"])
    func overlappingAppointmentsStandInTheWay(door: String) async throws {
        try await MessageFixture.with { server, messages in
            let client = server.client
            for id in ["a", "b"] { try await client.store(Self.patient(id)) }
            try await client.store(Self.appointment("x1", "a", "09"))
            try await client.store(Self.appointment("x2", "b", "09", length: "15"))
            try await client.store(Self.appointment("y1", "a", "11"))
            try await client.store(Self.appointment("z2", "b", "11").replacing("booked", with: "cancelled"))
            let addresses = ["Patient/a", "Patient/b", "Appointment/x1", "Appointment/x2", "Appointment/y1"]
            let before = try await server.contents(addresses)
            func refused(_ control: String) async throws {
                if door == "A40" {
                    #expect(await messages.merge(control, survivor: "M-b", prior: "M-a") != "AA")
                } else {
                    let preview = door == "preview" ? [#"{"name":"preview","valueBoolean":true}"#] : []
                    let answer = try await client.call("Patient/$merge", Self.merge + preview)
                    #expect(answer.refusal == "409 slot-taken", "\(answer.text)")
                    #expect(answer.text.contains("Appointment/x1") && answer.text.contains("Appointment/x2"))
                }
            }
            try await refused("m1")
            #expect(try await server.contents(addresses) == before)
            #expect(try await server.count("SELECT count(*) FROM record_merge") == 0)
            // Once one of them gives way, the merge goes through, and back.
            #expect(try await client.call("Appointment/x2/$cancel").status == 200)
            let apart = try await server.contents(addresses)
            if door == "A40" {
                #expect(await messages.merge("m2", survivor: "M-b", prior: "M-a") == "AA")
            } else {
                #expect(try await client.call("Patient/$merge", Self.merge).status == 200)
            }
            // The time is the survivor's now.
            let again = try await client.post("Appointment", Self.appointment("n", "b", "11"))
            #expect(again.refusal == "409 slot-taken", "\(again.text)")
            let undone = try await client.call("Patient/$unmerge", Self.merge)
            #expect(undone.status == 200, "\(undone.text)")
            #expect(try await server.contents(addresses) == apart)
            #expect(try await client.post("Appointment", Self.appointment("n", "b", "11")).status == 201)
        }
    }

    @Test func theJourneyOfTwoWhoAreOne() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            func call(_ actor: String, _ path: String, _ parameters: [String] = []) async throws -> JSONNode {
                let answer = try await client.call(
                    path, parameters, headers: [("X-Martlet-Actor", "Practitioner/\(actor)")])
                try #require(answer.status == 200, "\(path): \(answer.text)")
                return try answer.json
            }
            for id in ["dr", "nurse", "lab", "pathologist", "desk", "cashier"] {
                try await client.store(#"{"resourceType":"Practitioner","id":"\#(id)"}"#)
            }
            try await client.store(
                """
                {"resourceType":"ChargeItemDefinition","id":"visit","url":"urn:price:visit","status":"active",
                 "code":{"coding":[{"system":"urn:x","code":"visit"}]},"propertyGroup":[{"priceComponent":[
                 {"type":"base","amount":{"value":80.00,"currency":"EUR"}}]}]}
                """)
            var reports: [String] = []
            for (id, hour) in [("a", "09"), ("b", "10")] {
                try await client.store(Self.patient(id))
                // The desk books, the doctor orders, the laboratory answers.
                let wish = Self.appointment("w", id, hour).replacing("booked", with: "proposed")
                let booked = try await call(
                    "desk", "Appointment/$book", [People.parameter("appointment-resource", resource: wish)])
                #expect(booked["entry"]?.items.first?["resource"]?["status"]?.string == "booked")
                let code = #"{"coding":[{"system":"http://loinc.org","code":"2823-3"}]}"#
                let orders = try await call(
                    "dr", "ServiceRequest/$submit-order",
                    [
                        People.parameter("patient", reference: "Patient/\(id)"),
                        #"{"name":"items","part":[{"name":"code","valueCodeableConcept":\#(code)}]}"#,
                    ])
                let order = (orders["entry"]?.items ?? []).compactMap { $0["resource"] }
                    .first { $0["resourceType"]?.string == "ServiceRequest" }
                let request = People.parameter("request", reference: "ServiceRequest/\(order?["id"]?.string ?? "")")
                _ = try await call(
                    "nurse", "Specimen/$collect", [request, People.parameter("label", string: "L-\(id)")])
                let value =
                    #"{"value":4.2,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}"#
                let report = try await call(
                    "lab", "DiagnosticReport/$enter-results",
                    [
                        request,
                        #"{"name":"observations","part":[{"name":"code","valueCodeableConcept":\#(code)},"#
                            + #"{"name":"value","valueQuantity":\#(value)}]}"#,
                    ])
                reports.append("DiagnosticReport/\(report["id"]?.string ?? "")")
                _ = try await call("pathologist", "\(reports[reports.count - 1])/$verify")
                // The visit is paid for.
                try await client.store(
                    #"{"resourceType":"Account","id":"acc-\#(id)","status":"active","#
                        + #""subject":[{"reference":"Patient/\#(id)"}]}"#)
                try await client.store(
                    """
                    {"resourceType":"Encounter","id":"e-\(id)","status":"finished",
                     "subject":{"reference":"Patient/\(id)"},
                     "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
                     "type":[{"coding":[{"system":"urn:x","code":"visit"}]}],"period":{"start":"2026-03-01T09:00:00Z"},
                     "account":[{"reference":"Account/acc-\(id)"}]}
                    """)
                _ = try await call("cashier", "Encounter/e-\(id)/$capture-charges")
                let invoice = try await call(
                    "cashier", "Invoice/$generate", [People.parameter("account", reference: "Account/acc-\(id)")])
                _ = try await call("cashier", "Invoice/\(invoice["id"]?.string ?? "")/$issue")
            }
            try await Self.run("reminder-planning", "appointment-reminders", server)
            try await Self.run("notice-planning", "appointment-notices", server)
            let types = [
                "Appointment", "ServiceRequest", "Specimen", "DiagnosticReport", "Observation", "Encounter", "Account",
                "Invoice", "ChargeItem", "CommunicationRequest", "Communication",
            ]
            func total(_ type: String, _ patient: String) async throws -> Int {
                let found = try await client.get("\(type)?patient=\(patient)&_summary=count")
                return found.content?["total"]?.integer ?? -1
            }
            var each: [String: Int] = [:]
            for type in types where type != "Specimen" && type != "Account" { each[type] = try await total(type, "a") }
            #expect(each["Appointment"] == 1 && each["Invoice"] == 1 && each["CommunicationRequest"] == 2, "\(each)")
            let contents = try await Self.contents(server, types)

            // The desk finds that they are one.
            let merged = try await call("desk", "Patient/$merge", Self.merge)
            #expect(merged["parameter"] != nil)
            for (type, count) in each {
                #expect(try await total(type, "b") == 2 * count, "\(type)")
                #expect(try await total(type, "a") == 2 * count, "\(type)")
            }
            // Reminders go on, to the survivor; nobody is told that anything was moved.
            try await Self.run("reminder-planning", "appointment-reminders", server)
            try await Self.run("notice-planning", "appointment-notices", server)
            #expect(
                try await client.get("CommunicationRequest?status=active&recipient=Patient/b&_summary=count").content?[
                    "total"]?.integer == 4)
            #expect(try await total("Communication", "b") == 2 * (each["Communication"] ?? 0))
            for report in reports {
                let stored = try await client.get(report)
                #expect(stored.content?["subject"]?["reference"]?.string == "Patient/b")
                #expect(stored.content?["status"]?.string == "final")
            }
            // They were two after all: everything is what it was.
            let parted = try await call("desk", "Patient/$unmerge", Self.merge)
            #expect(parted["parameter"] != nil)
            #expect(try await Self.contents(server, types) == contents)
            for (type, count) in each { #expect(try await total(type, "b") == count, "\(type)") }
            try await Self.run("reminder-planning", "appointment-reminders", server)
            #expect(
                try await client.get("CommunicationRequest?status=active&recipient=Patient/a&_summary=count").content?[
                    "total"]?.integer == 2)
        }
    }

    /// Everything of some types as the database holds it.
    private static func contents(_ server: TestServer, _ types: [String]) async throws -> [String: String] {
        var addresses: [String] = []
        for type in types {
            let found = try await server.client.get("\(type)?_count=1000")
            addresses += (found.content?["entry"]?.items ?? []).compactMap { entry in
                entry["resource"]?["id"]?.string.map { "\(type)/\($0)" }
            }
        }
        return try await server.contents(addresses)
    }
}
