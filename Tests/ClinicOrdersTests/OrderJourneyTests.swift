import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// From the order to the doctor who has seen the result.
@Suite struct OrderJourneyTests {
    @Test func orderToAcknowledgement() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let stored = try await clinic.read(order)
            #expect(stored["status"]?.string == "active")
            #expect(stored["intent"]?.string == "order")
            #expect(stored["requester"]?["reference"]?.string == "Practitioner/dr")
            #expect(stored["encounter"]?["reference"]?.string == "Encounter/e")
            #expect(try await clinic.search("ServiceRequest?patient=p&status=active&category=108252007").count == 1)
            let task = "Task/\(try await clinic.task(of: order)["id"]?.string ?? "")"
            #expect(try await clinic.status(task) == "requested")

            let specimen = try await clinic.collect(order, label: "L1")
            #expect(try await clinic.status(specimen) == "available")
            #expect(try await clinic.status(task) == "in-progress")
            try await clinic.ok(clinic.technician, "\(specimen)/$receive")
            #expect(try await clinic.read(specimen)["receivedTime"] != nil)

            let report = try await clinic.enter(order, "2823-3", OrderClinic.mmol("7.10"))
            #expect(try await clinic.status(report) == "preliminary")
            let before = try await clinic.observation(of: report)
            #expect(before["status"]?.string == "preliminary")
            #expect(before["valueQuantity"]?["value"]?.numberText == "7.10")
            #expect(before["specimen"]?["reference"]?.string == specimen)
            #expect(try await clinic.status(order) == "active")

            try await clinic.ok(clinic.pathologist, "\(report)/$verify")
            #expect(try await clinic.status(report) == "final")
            #expect(try await clinic.observation(of: report)["status"]?.string == "final")
            #expect(try await clinic.flag(of: report) == "HH")
            #expect(try await clinic.status(order) == "completed")
            #expect(try await clinic.status(task) == "completed")
            #expect(try await clinic.search("DiagnosticReport?patient=p&category=LAB").count == 1)
            let review = try #require(
                try await clinic.search("Task?code=review-result&owner=Practitioner/dr&status=requested").first)
            #expect(review["priority"]?.string == "stat")
            #expect(review["focus"]?["reference"]?.string == report)

            let closed = try await clinic.ok(
                clinic.doctor, "\(report)/$acknowledge",
                [OrderClinic.text("comment", "seen"), OrderClinic.code("action", "repeat")])
            #expect(closed["id"]?.string == review["id"]?.string)
            #expect(closed["status"]?.string == "completed")
            #expect(closed["note"]?.items.first?["text"]?.string == "seen")
            // Each legal step is a version of its own.
            #expect(closed["meta"]?["versionId"]?.string == "4")
            #expect(
                try await clinic.events(report) == [
                    "result.entered", "result.available", "report.final", "result.critical", "result.acknowledged",
                ])
            #expect(try await clinic.events(order) == ["order.submitted", "order.completed"])
            #expect(
                try await clinic.outcome(clinic.doctor, "\(report)/$acknowledge") == "422 already-acknowledged")
        }
    }

    /// An order of two reports is done when both are.
    @Test func severalReportsOfOneOrder() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            try await clinic.put(
                """
                {"resourceType":"DiagnosticReport","id":"elsewhere","status":"preliminary","code":{"text":"other"},
                 "basedOn":[{"reference":"\(order)"}],"subject":{"reference":"Patient/p"}}
                """)
            let report = try await clinic.enter(order)
            #expect(report != "DiagnosticReport/elsewhere")
            // Results come one after the other, into one report.
            #expect(try await clinic.enter(order, "2951-2", OrderClinic.mmol("140")) == report)
            #expect(try await clinic.enter(order, "2823-3", OrderClinic.mmol("4.3")) == report)
            #expect(try await clinic.read(report)["result"]?.count == 2)
            #expect(try await clinic.observation(of: report)["meta"]?["versionId"]?.string == "2")
            try await clinic.ok(clinic.pathologist, "\(report)/$verify")
            #expect(try await clinic.status(order) == "active")
            try await clinic.ok(clinic.pathologist, "DiagnosticReport/elsewhere/$verify")
            #expect(try await clinic.status(order) == "completed")
        }
    }

    @Test func radiologyIsAReportWithADocument() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order("36643-5", [OrderClinic.code("category", "radiology")])
            let attachment = #"{"name":"attachment","valueAttachment":{"contentType":"text/plain","data":"T0s="}}"#
            let report = try await clinic.ok(
                clinic.technician, "DiagnosticReport/$enter-results", [OrderClinic.request(order), attachment])
            #expect(report["presentedForm"]?.items.first?["data"]?.string == "T0s=")
            let address = "DiagnosticReport/\(report["id"]?.string ?? "")"
            #expect(try await clinic.search("DiagnosticReport?patient=p&category=RAD").count == 1)
            let final = try await clinic.ok(
                clinic.doctor, "\(address)/$verify", [OrderClinic.text("conclusion", "no fracture")])
            // The signer is named.
            #expect(final["resultsInterpreter"]?.items.first?["identifier"]?["value"]?.string == "dr-a")
            #expect(final["conclusion"]?.string == "no fracture")
            #expect(try await clinic.status(order) == "completed")
            // Nobody was asked to look; whoever did is on record.
            let task = try await clinic.ok(clinic.doctor, "\(address)/$acknowledge")
            #expect(task["status"]?.string == "completed")
            #expect(task["focus"]?["reference"]?.string == address)
        }
    }
}
