import ClinicOrders
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `$verify`, `$correct`, `$acknowledge` and what becomes of critical results.
@Suite struct ResultLifeTests {
    @Test func whoEnteredMayNotVerify() async throws {
        try await OrderClinic.with { clinic in
            let report = try await clinic.enter(try await clinic.order())
            #expect(try await clinic.outcome(clinic.technician, "\(report)/$verify") == "403 second-person-required")
            #expect(try await clinic.status(report) == "preliminary")
            // Nor who added to it.
            let order = try #require(try await clinic.read(report)["basedOn"]?.items.first?["reference"]?.string)
            try await clinic.ok(
                clinic.pathologist, "DiagnosticReport/$enter-results",
                [OrderClinic.request(order), OrderClinic.result("2951-2", OrderClinic.mmol("140"))])
            #expect(try await clinic.outcome(clinic.pathologist, "\(report)/$verify") == "403 second-person-required")
            #expect(try await clinic.outcome(clinic.technician, "\(report)/$verify") == "403 second-person-required")
            try await clinic.ok(
                clinic.doctor, "$clinic-setting-set",
                [OrderClinic.code("name", "results.second-person"), OrderClinic.text("value", "false")])
            try await clinic.ok(clinic.technician, "\(report)/$verify")
        }
    }

    @Test func parallelVerificationsSignOnce() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let report = try await clinic.enter(order, "2823-3", OrderClinic.mmol("7"))
            let outcomes = try await parallel(32) { _ in
                try await clinic.outcome(clinic.pathologist, "\(report)/$verify")
            }
            #expect(outcomes == ["200": 1, "422 illegal-transition": 31])
            #expect(try await clinic.search("Task?code=review-result").count == 1)
            #expect(try await clinic.read(report)["resultsInterpreter"]?.count == 1)
            #expect(try await clinic.events(report).filter { $0 == "result.critical" }.count == 1)
        }
    }

    /// Two reports of one order, verified at once, complete it.
    @Test func parallelReportsCompleteTheOrder() async throws {
        try await OrderClinic.with { clinic in
            for round in 0..<6 {
                let order = try await clinic.order("o\(round)")
                for number in 0..<8 {
                    try await clinic.put(
                        """
                        {"resourceType":"DiagnosticReport","id":"r\(round)-\(number)","status":"preliminary",
                         "code":{"text":"part"},"basedOn":[{"reference":"\(order)"}]}
                        """)
                }
                let outcomes = try await parallel(8) { number in
                    try await clinic.outcome(clinic.pathologist, "DiagnosticReport/r\(round)-\(number)/$verify")
                }
                #expect(outcomes == ["200": 8])
                #expect(try await clinic.status(order) == "completed")
            }
        }
    }

    @Test func staleVersionsAndUnknownReports() async throws {
        try await OrderClinic.with { clinic in
            let report = try await clinic.enter(try await clinic.order())
            let stale = try await clinic.pathologist.call("\(report)/$verify", headers: [("If-Match", #"W/"9""#)])
            #expect(stale.status == 412)
            #expect(try await clinic.status(report) == "preliminary")
            for name in ["verify", "acknowledge"] {
                #expect(try await clinic.outcome(clinic.doctor, "DiagnosticReport/none/$\(name)") == "404 not-found")
            }
            #expect(try await clinic.outcome(clinic.doctor, "\(report)/$acknowledge") == "422 not-verified")
            let entry = OrderClinic.result("2823-3", OrderClinic.mmol("4"))
            #expect(
                try await clinic.outcome(
                    clinic.technician, "\(report)/$correct", [entry, OrderClinic.text("reason", "x")])
                    == "422 illegal-transition")
        }
    }

    @Test func correctionsKeepWhatWas() async throws {
        try await OrderClinic.with { clinic in
            let report = try await clinic.enter(try await clinic.order(), "2823-3", OrderClinic.mmol("4.20"))
            try await clinic.ok(clinic.pathologist, "\(report)/$verify")
            let address = "Observation/\(try await clinic.observation(of: report)["id"]?.string ?? "")"
            let entry = OrderClinic.result("2823-3", OrderClinic.mmol("7.20"))
            let reason = OrderClinic.text("reason", "mixed up")
            #expect(
                try await clinic.outcome(clinic.technician, "\(report)/$correct", [entry]) == "400 invalid-parameter")
            #expect(
                try await clinic.outcome(clinic.technician, "\(report)/$correct", [reason]) == "400 invalid-parameter")
            let wrong = OrderClinic.result("2823-3", #""valueQuantity":{"value":4,"unit":"g"}"#)
            #expect(
                try await clinic.outcome(clinic.technician, "\(report)/$correct", [wrong, reason])
                    == "422 unit-mismatch")

            let added = OrderClinic.result("2951-2", OrderClinic.mmol("140"))
            let corrected = try await clinic.ok(clinic.technician, "\(report)/$correct", [entry, added, reason])
            #expect(corrected["status"]?.string == "corrected")
            #expect(corrected["result"]?.count == 2)
            let now = try await clinic.read(address)
            #expect(now["status"]?.string == "corrected")
            #expect(now["valueQuantity"]?["value"]?.numberText == "7.20")
            #expect(now["interpretation"]?.items.first?["coding"]?.items.first?["code"]?.string == "HH")
            #expect(now["note"]?.items.last?["text"]?.string == "Corrected: mixed up")
            let before = try await clinic.read("\(address)/_history/2")
            #expect(before["status"]?.string == "final")
            #expect(before["valueQuantity"]?["value"]?.numberText == "4.20")
            #expect(try await clinic.read("\(report)/_history/2")["status"]?.string == "final")
            let provenance = try await clinic.search("Provenance?target=\(report)")
            #expect(provenance.first?["reason"]?.items.first?["text"]?.string == "mixed up")
            let review = try await clinic.search("Task?code=review-result&focus=\(report)")
            #expect(review.compactMap { $0["priority"]?.string } == ["stat"])
            #expect(try await clinic.events(report).suffix(2) == ["result.corrected", "result.critical"])
            // Never back, by no door.
            for (place, body) in [
                (report, try await clinic.doctor.get(report).text),
                (address, try await clinic.doctor.get(address).text),
            ] {
                let back = try await clinic.doctor.put(place, body.replacing(#""corrected""#, with: #""preliminary""#))
                #expect(back.issueCodes == ["illegal-transition"])
            }
            try await clinic.ok(clinic.technician, "\(report)/$correct", [entry, reason])
        }
    }

    @Test func parallelAcknowledgementsCloseOnce() async throws {
        try await OrderClinic.with { clinic in
            let report = try await clinic.enter(try await clinic.order(), "2823-3", OrderClinic.mmol("7"))
            try await clinic.ok(clinic.pathologist, "\(report)/$verify")
            let outcomes = try await parallel(32) { _ in
                try await clinic.outcome(clinic.doctor, "\(report)/$acknowledge", [OrderClinic.text("comment", "ok")])
            }
            #expect(outcomes == ["200": 1, "422 already-acknowledged": 31])
            #expect(try await clinic.events(report).filter { $0 == "result.acknowledged" }.count == 1)
        }
    }

    @Test func criticalResultsEscalateOnce() async throws {
        try await OrderClinic.with { clinic in
            let waiting = try await clinic.enter(try await clinic.order("1"), "2823-3", OrderClinic.mmol("7"))
            let seen = try await clinic.enter(try await clinic.order("2"), "2823-3", OrderClinic.mmol("2"))
            let normal = try await clinic.enter(try await clinic.order("3"), "2823-3", OrderClinic.mmol("4"))
            for report in [waiting, seen, normal] { try await clinic.ok(clinic.pathologist, "\(report)/$verify") }
            try await clinic.ok(clinic.doctor, "\(seen)/$acknowledge")
            let job = EscalateResults()
            let store = clinic.server.store
            // Half an hour is not over.
            #expect(try await job.run(store) == 0)
            try await clinic.ok(
                clinic.doctor, "$clinic-setting-set",
                [OrderClinic.code("name", "results.escalation-minutes"), OrderClinic.text("value", "0")])
            _ = try await parallel(4) { _ in String(try await job.run(store)) }
            #expect(try await job.run(store) == 0)
            #expect(try await clinic.events(waiting).filter { $0 == "result.escalated" }.count == 1)
            for report in [seen, normal] { #expect(!(try await clinic.events(report)).contains("result.escalated")) }
            let task = try #require(try await clinic.search("Task?focus=\(waiting)&code=review-result").first)
            #expect(task["businessStatus"]?["coding"]?.items.first?["code"]?.string == "escalated")
            #expect(task["status"]?.string == "requested")
            try await clinic.ok(clinic.doctor, "\(waiting)/$acknowledge")
        }
    }
}
