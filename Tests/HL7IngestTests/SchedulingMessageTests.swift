import ClinicScheduling
import FHIRStore
import HL7Mapping
import JSONTape
import Testing

/// SIU: appointments of another calendar. §2.9.
@Suite struct SchedulingMessageTests {
    @Test func theMarkOfOverbookingIsOne() {
        #expect(StatedAppointment.overbookExtension == ExternalBooking.overbookExtension)
    }

    @Test func anAppointmentIsBookedMovedAndMissed() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(siu("S12", "1", at: "08", start: "202602010900")) == "AA")
            var appointment = try await harness.only("Appointment")
            #expect(appointment["status"]?.string == "booked")
            #expect(appointment["start"]?.string == "2026-02-01T09:00:00+00:00")
            #expect(appointment["end"]?.string == "2026-02-01T09:30:00+00:00")
            #expect(appointment["minutesDuration"]?.numberText == "30")
            #expect(appointment["serviceType"]?.items.first?["coding"]?.items.first?["code"]?.string == "CONS")
            let actors = appointment["participant"]?.items.compactMap { $0["actor"]?["reference"]?.string } ?? []
            #expect(actors.contains { $0.hasPrefix("Patient/") })
            #expect(actors.contains { $0.hasPrefix("Practitioner/") })
            #expect(actors.contains { $0.hasPrefix("Device/") })
            #expect(await harness.code(siu("S13", "2", at: "09", start: "202602021000")) == "AA")
            appointment = try await harness.only("Appointment")
            #expect(appointment["start"]?.string == "2026-02-02T10:00:00+00:00")
            try await harness.expect(1, "SELECT count(*) FROM appointment_history")
            #expect(await harness.code(siu("S26", "3", at: "10", start: "202602021000")) == "AA")
            appointment = try await harness.only("Appointment")
            #expect(appointment["status"]?.string == "noshow")
            try await harness.expect(0, "SELECT count(*) FROM hl7_message WHERE state <> 'applied'")
        }
    }

    @Test func aCancellationHasItsReasonAndOutlivesALateBooking() async throws {
        try await IngestHarness.with { harness in
            let cancel = siu("S15", "2", at: "11", start: "202602010900", reason: "SICK^Patient is ill^L")
            #expect(await harness.code(siu("S12", "1", at: "10", start: "202602010900")) == "AA")
            #expect(await harness.code(cancel) == "AA")
            var appointment = try await harness.only("Appointment")
            #expect(appointment["status"]?.string == "cancelled")
            #expect(appointment["cancelationReason"]?["coding"]?.items.first?["code"]?.string == "SICK")
            try await harness.expect(0, "SELECT count(*) FROM appointment_busy")
            #expect(await harness.code(siu("S13", "3", at: "09", start: "202603010900")) == "AA")
            appointment = try await harness.only("Appointment")
            #expect(appointment["status"]?.string == "cancelled")
            #expect(appointment["start"]?.string == "2026-02-01T09:00:00+00:00")
            // The other calendar may bring it back, whatever our own state machine says.
            #expect(await harness.code(siu("S13", "4", at: "12", start: "202603010900")) == "AA")
            appointment = try await harness.only("Appointment")
            #expect(appointment["status"]?.string == "booked")
            #expect(appointment["cancelationReason"] == nil)
        }
    }

    @Test func aDeletedAppointmentWasEnteredInError() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(siu("S17", "1", at: "08", start: "202602010900", number: "A9")) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM appointment")
            #expect(await harness.code(siu("S12", "2", at: "08", start: "202602010900")) == "AA")
            #expect(await harness.code(siu("S17", "3", at: "09", start: "202602010900")) == "AA")
            let found1 = try await harness.only("Appointment")
            #expect(found1["status"]?.string == "entered-in-error")
        }
    }

    @Test func aBookingOverAnotherIsKeptMarkedAndShownToAPerson() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(siu("S12", "1", at: "08", start: "202602010900")) == "AA")
            let second = siu("S12", "2", at: "08", start: "202602010915", number: "A2", patient: "M2")
            let answer = await harness.send(second)
            #expect(IngestHarness.code(answer) == "AA")
            #expect(answer?.contains("|205^") == true)
            let found = try await harness.search("Appointment", [("identifier", "A2")])
            let appointment = try #require(found.first)
            #expect(appointment["status"]?.string == "booked")
            #expect(appointment["extension"]?.items.first?["valueBoolean"]?.bool == true)
            try await harness.expect(1, "SELECT count(*) FROM task")
            // The repeated news makes no second task, and a move out of the way takes the whole time.
            #expect(
                await harness.code(siu("S14", "3", at: "09", start: "202602010915", number: "A2", patient: "M2"))
                    == "AA")
            try await harness.expect(1, "SELECT count(*) FROM task")
            #expect(
                await harness.code(siu("S13", "4", at: "10", start: "202602011200", number: "A2", patient: "M2"))
                    == "AA")
            try await harness.expect(1, "SELECT count(*) FROM task")
            try await harness.expect(
                6, "SELECT count(*) FROM appointment_busy WHERE upper(during) - lower(during) = interval '30 min'")
            try await harness.expect(4, "SELECT count(*) FROM hl7_message WHERE state = 'applied'")
        }
    }

    @Test func servicesComeAndGoOneByOne() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(siu("S12", "1", at: "08", start: "202602010900")) == "AA")
            let gone = MessageText.make(
                "SIU^S20^SIU_S12", "2", at: "20260101090000+0000",
                ["SCH|P1|A1^CAL", "RGS|1", "AIG|1|D|SCAN1^Scanner^L"])
            #expect(await harness.code(gone) == "AA")
            let appointment = try await harness.only("Appointment")
            #expect(appointment["status"]?.string == "booked")
            let device = appointment["participant"]?.items.first {
                $0["actor"]?["reference"]?.string?.hasPrefix("Device/") == true
            }
            #expect(device?["status"]?.string == "declined")
            #expect(appointment["participant"]?.items.count == 3)
        }
    }

    @Test func blockedTimeIsASlotAndOpensAgain() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(siu("S23", "1", at: "08", start: "202602010900", number: "B1")) == "AA")
            try await harness.expect(
                2, "SELECT count(*) FROM slot WHERE content ->> 'status' = 'busy-unavailable'")
            try await harness.expect(0, "SELECT count(*) FROM appointment")
            #expect(await harness.code(siu("S24", "2", at: "09", start: "202602010900", number: "B1")) == "AA")
            try await harness.expect(2, "SELECT count(*) FROM slot WHERE content ->> 'status' = 'free'")
            // What is open is taken by an appointment, and given back by its cancellation.
            #expect(await harness.code(siu("S12", "3", at: "10", start: "202602010915")) == "AA")
            try await harness.expect(2, "SELECT count(*) FROM slot WHERE content ->> 'status' = 'busy'")
            #expect(await harness.code(siu("S15", "4", at: "11", start: "202602010915")) == "AA")
            try await harness.expect(2, "SELECT count(*) FROM slot WHERE content ->> 'status' = 'free'")
        }
    }

    @Test func whatCannotBeReadIsAnswered() async throws {
        try await IngestHarness.with { harness in
            let nothing = MessageText.make("SIU^S12^SIU_S12", "1", [])
            #expect(await harness.code(nothing) == "AE")
            let unnamed = MessageText.make("SIU^S12^SIU_S12", "2", ["SCH|||"])
            #expect(await harness.send(unnamed)?.contains("SCH^1^2|101") == true)
            let timeless = MessageText.make("SIU^S12^SIU_S12", "3", ["SCH|P1|A1"])
            #expect(await harness.code(timeless) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM appointment")
            try await harness.expect(3, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
        }
    }

    private func siu(
        _ trigger: String, _ control: String, at hour: String, start: String, number: String = "A1",
        reason: String = "", patient: String = "M1"
    ) -> [UInt8] {
        MessageText.make(
            "SIU^\(trigger)^SIU_S12", control, at: "20260101\(hour)0000+0000", patient: patient,
            [
                "SCH|P1|\(number)^CAL||||\(reason)|CHECKUP|Normal|30|min|^^^\(start)+0000||||||",
                "NTE|1||Bring papers",
                "RGS|1|A",
                "AIS|1|A|CONS^Consultation^L",
                "AIG|1|A|SCAN1^Scanner^L",
                "AIP|1|A|D7^Who^Doctor^^^^^^HOSP",
            ])
    }
}

extension IngestHarness {
    /// The only resource of the type.
    func only(_ type: String) async throws -> JSONNode {
        let found = try await search(type, [])
        #expect(found.count == 1, "\(type)")
        return try #require(found.first)
    }
}
