import Clinic
import ClinicScheduling
import FHIRStore
import JSONTape
import Testing

/// `Appointment/[id]/$cancel`.
@Suite struct CancelAppointmentTests {
    @Test func slotsAreFreedAndBookedAgain() async throws {
        try await ClinicFixture.with { clinic in
            let first = try #require(try await clinic.book(["s0", "s1"])["id"]?.string)
            let cancelled = try await clinic.cancel(first, [#"{"name":"reason","valueString":"ill"}"#])
            #expect(cancelled["status"]?.string == "cancelled")
            #expect(cancelled["cancelationReason"]?["text"]?.string == "ill")
            #expect(cancelled["meta"]?["versionId"]?.string == "2")
            for slot in ["s0", "s1"] { #expect(try await clinic.status("Slot", slot) == "free") }
            let second = try await clinic.book(["s1"], patient: "Patient/b")
            #expect(second["id"]?.string != first)
            #expect(await refusal { try await clinic.cancel(first) } == "businessRule illegal-transition")
        }
    }

    @Test func bookingAndCancellingRaceWithoutOrphans() async throws {
        try await ClinicFixture.with { clinic in
            for round in 0..<8 {
                let id = try #require(try await clinic.book(["s0"])["id"]?.string)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = await refusal { try await clinic.cancel(id) } }
                    for number in 0..<4 {
                        group.addTask {
                            _ = await refusal { try await clinic.book(["s0"], patient: "Patient/\(round)-\(number)") }
                        }
                    }
                }
                let live = try await clinic.count("appointment", where: "content->>'status' = 'booked'")
                #expect(live <= 1)
                #expect(try await clinic.status("Slot", "s0") == (live == 1 ? "busy" : "free"))
                try await clinic.script("DELETE FROM appointment")
                try await clinic.putSlot("s0", quarter: 0)
            }
        }
    }

    @Test(arguments: [
        ("proposed", "none"), ("waitlist", "none"), ("pending", "none"), ("booked", "none"),
        ("arrived", "businessRule reason-required"), ("checked-in", "businessRule reason-required"),
        ("noshow", "businessRule illegal-transition"), ("fulfilled", "businessRule illegal-transition"),
        ("cancelled", "businessRule illegal-transition"), ("entered-in-error", "businessRule illegal-transition"),
    ])
    func stateDecides(_ status: String, _ expected: String) async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", status: status, actors: ["Patient/a"]))
            #expect(await refusal { try await clinic.cancel("a") } == expected)
            #expect(try await clinic.status("Appointment", "a") == (expected == "none" ? "cancelled" : status))
        }
    }

    @Test func afterArrivalOnlyStaffCancelsAndSaysWhy() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", status: "checked-in", actors: ["Patient/a"]))
            let reason = #"{"name":"reason","valueCodeableConcept":{"text":"left"}}"#
            let byPatient = await refusal {
                try await clinic.cancel("a", [reason, #"{"name":"by","valueCode":"patient"}"#])
            }
            #expect(byPatient == "businessRule cut-off")
            try await clinic.cancel("a", [reason])
        }
    }

    @Test func staleVersionsChangeNothing() async throws {
        try await ClinicFixture.with { clinic in
            let id = try #require(try await clinic.book(["s0"])["id"]?.string)
            #expect(
                await refusal { try await clinic.cancel(id, ifMatch: #"W/"7""#) } == "versionConflict version-conflict")
            #expect(try await clinic.status("Slot", "s0") == "busy")
            try await clinic.cancel(id, ifMatch: #"W/"1""#)
        }
    }

    @Test func unknownAppointmentsAndSlotsFromElsewhere() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            #expect(await refusal { try await clinic.cancel("none") } == "notFound -")
            try await clinic.put(ClinicFixture.appointment("a", actors: ["Patient/a"], slot: "elsewhere"))
            try await clinic.cancel("a")
        }
    }
}
