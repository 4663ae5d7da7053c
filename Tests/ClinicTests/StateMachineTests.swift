import Clinic
import FHIRStore
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
        try await ClinicFixture.with(slots: 0) { clinic in
            for machine in StateMachine.scheduling {
                let count = try await clinic.count("clinic_transition", where: "machine = '\(machine.typeName)'")
                #expect(count == machine.transitions.count)
            }
        }
    }

    @Test(arguments: StateMachine.appointment.states)
    func appointmentsChangeLegally(from: String) async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            for to in StateMachine.appointment.states {
                let id = "\(from)-\(to)"
                try await clinic.put(ClinicFixture.appointment(id, status: from, actors: ["Practitioner/\(id)"]))
                let refused = await refusal {
                    try await clinic.put(ClinicFixture.appointment(id, status: to, actors: ["Practitioner/\(id)"]))
                }
                let isLegal = StateMachine.appointment.allows(from, to)
                #expect(refused == (isLegal ? "none" : "businessRule illegal-transition"), "\(from) → \(to)")
                #expect(try await clinic.status("Appointment", id) == (isLegal ? to : from))
            }
        }
    }

    @Test(arguments: StateMachine.slot.states)
    func slotsChangeLegally(from: String) async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            func slot(_ id: String, _ status: String) -> String {
                """
                {"resourceType":"Slot","id":"\(id)","schedule":{"reference":"Schedule/sch"},"status":"\(status)",
                 "start":"2030-01-01T09:00:00Z","end":"2030-01-01T09:15:00Z"}
                """
            }
            for to in StateMachine.slot.states {
                let id = "\(from)-\(to)"
                try await clinic.put(slot(id, from))
                // In a transaction, the other way that statements reach the database.
                let refused = await refusal {
                    try await clinic.store.transaction { transaction in
                        _ = try await transaction.update(clinic.input(slot(id, to)), id: id)
                    }
                }
                let isLegal = StateMachine.slot.allows(from, to)
                #expect(refused == (isLegal ? "none" : "businessRule illegal-transition"), "\(from) → \(to)")
                #expect(try await clinic.status("Slot", id) == (isLegal ? to : from))
            }
        }
    }

    @Test func messagesQuoteOnlyKnownStates() async throws {
        try await ClinicFixture.with(slots: 0) { clinic in
            try await clinic.put(ClinicFixture.appointment("a", actors: ["Practitioner/p"]))
            let error = try await #require(throws: StoreError.self) {
                try await clinic.put(ClinicFixture.appointment("a", status: "Jane Miller", actors: ["Practitioner/p"]))
            }
            #expect(error.message == "Appointment.status may not change from booked to what is no status")
        }
    }
}
