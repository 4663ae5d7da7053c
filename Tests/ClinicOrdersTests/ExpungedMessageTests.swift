import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// A record that is erased leaves no copy in the messages that it came by.
@Suite struct ExpungedMessageTests {
    @Test func bodiesOfMessagesAreErased() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let number = try await clinic.number(of: order)
            let message = ResultMessage(number: number, control: "1", value: "4.0", flag: "N")
            #expect(await clinic.send(message, to: clinic.ingest) == "AA")
            let kept = "SELECT count(*) FROM hl7_message WHERE length(body) > 0 AND acknowledgement IS NOT NULL"
            #expect(try await clinic.count(kept) == 1)

            let visit = try await clinic.doctor.get("Encounter/e").text
            let finished = visit.replacing("in-progress", with: "finished")
            let put = try await clinic.doctor.send("PUT", "Encounter/e", json: Array(finished.utf8))
            try #require(put.status == 200, "\(put.text)")
            try await clinic.ok(
                clinic.doctor, "$clinic-setting-set",
                [OrderClinic.code("name", "privacy.retention-years"), OrderClinic.text("value", "0")])
            let answer = try await clinic.ok(
                clinic.doctor, "Patient/p/$expunge",
                [OrderClinic.text("reason", "asked for"), OrderClinic.code("legal-basis", "consent-withdrawn")])
            #expect(answer["parameter"]?.items.contains { $0["name"]?.string == "proof" } == true)
            #expect(try await clinic.count(kept) == 0)
            #expect(try await clinic.count("SELECT count(*) FROM hl7_message WHERE reason = 'expunged'") == 1)
            #expect(try await clinic.doctor.get("DiagnosticReport?patient=p").json["total"]?.integer == 0)
        }
    }
}
