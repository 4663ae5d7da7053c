import Clinic
import ClinicScheduling
import ClinicWorkflows
import FHIRDefinitions
import FHIRStore
import JSONTape
import Testing

/// `Appointment/$book`.
@Suite struct BookAppointmentTests {
    @Test func sixtyFourBookingsOfOneSlotGiveOneSuccess() async throws {
        try await ClinicFixture.with { clinic in
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<64 {
                    group.addTask { await refusal { try await clinic.book(["s0"], patient: "Patient/n\(number)") } }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["none": 1, "conflict slot-taken": 63])
            let count = try await clinic.count("appointment")
            #expect(count == 1)
            #expect(try await clinic.status("Slot", "s0") == "busy")
        }
    }

    @Test func slotsAreEnough() async throws {
        try await ClinicFixture.with { clinic in
            let booked = try await clinic.book(["s1", "s0"])
            #expect(booked["status"]?.string == "booked")
            #expect(booked["start"]?.string == ClinicFixture.time(0))
            #expect(booked["end"]?.string == ClinicFixture.time(2))
            let actors = booked["participant"]?.items.compactMap { $0["actor"]?["reference"]?.string }
            #expect(actors == ["Practitioner/p", "Location/l", "Patient/a"])
            #expect(booked["meta"]?["versionId"]?.string == "1")
            for slot in ["s0", "s1"] { #expect(try await clinic.status("Slot", slot) == "busy") }
        }
    }

    @Test func aProposalKeepsWhatItSays() async throws {
        try await ClinicFixture.with { clinic in
            let proposal = """
                {"resourceType":"Appointment","status":"proposed","priority":5,"slot":[{"reference":"Slot/s0"}],
                 "_comment":{"extension":[{"url":"http://x","valueDecimal":1.00}]},
                 "participant":[{"actor":{"reference":"Patient/a"},"status":"needs-action"}]}
                """
            let parameters = ClinicFixture.parameters([
                #"{"name":"appointment-resource","resource":\#(proposal)}"#,
                #"{"name":"comment","valueString":"by phone"}"#, #"{"name":"reason","valueString":"cough"}"#,
                #"{"name":"supporting","valueReference":{"reference":"DocumentReference/d"}}"#,
            ])
            let booked = try await clinic.book(try ClinicFixture.call(parameters))
            #expect(booked["comment"]?.string == "by phone")
            #expect(booked["reasonCode"]?.items.first?["text"]?.string == "cough")
            #expect(booked["supportingInformation"]?.count == 1)
            #expect(booked["participant"]?.items.first?["status"]?.string == "accepted")
            #expect(booked["_comment"]?["extension"]?.items.first?["valueDecimal"]?.numberText == "1.00")
        }
    }

    @Test func aStoredProposalBecomesTheBooking() async throws {
        try await ClinicFixture.with { clinic in
            try await clinic.put(
                ClinicFixture.appointment("a", status: "proposed", actors: ["Patient/a"], slot: "s0"))
            let call = try ClinicFixture.call(
                ClinicFixture.parameters([
                    #"{"name":"appointment-reference","valueReference":{"reference":"Appointment/a"}}"#
                ]))
            let booked = try await clinic.book(call)
            #expect(booked["id"]?.string == "a")
            #expect(booked["meta"]?["versionId"]?.string == "2")
            #expect(await refusal { try await clinic.book(call) } == "businessRule illegal-transition")
        }
    }

    @Test func timesMayBeGivenWithoutSlots() async throws {
        try await ClinicFixture.with { clinic in
            func call(_ quarters: Range<Int>?) throws -> ClinicCall {
                let proposal = ClinicFixture.appointment(
                    status: "proposed", quarters: quarters, actors: ["Practitioner/p", "Patient/a"])
                return try ClinicFixture.call(proposal)
            }
            try await clinic.book(call(0..<2))
            #expect(await refusal { try await clinic.book(call(1..<3)) } == "conflict slot-taken")
            #expect(await refusal { try await clinic.book(call(nil)) } == "businessRule time-missing")
        }
    }

    @Test func differentSlotsOfOnePractitionerCollideByTime() async throws {
        try await ClinicFixture.with { clinic in
            try await clinic.put(
                #"{"resourceType":"Schedule","id":"other","actor":[{"reference":"Practitioner/p"}]}"#)
            try await clinic.putSlot("wide", quarter: 0, length: 2, schedule: "other")
            try await clinic.book(["s1"])
            let refused = await refusal { try await clinic.book(["wide"], patient: "Patient/b") }
            #expect(refused == "conflict slot-taken")
            #expect(try await clinic.status("Slot", "wide") == "free")
        }
    }

    @Test func touchingSlotsAreBookedInParallel() async throws {
        try await ClinicFixture.with(slots: 8) { clinic in
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<8 {
                    group.addTask { await refusal { try await clinic.book(["s\(number)"]) } }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["none": 8])
        }
    }

    @Test func overlappingSetsOfSlotsDoNotBlockEachOther() async throws {
        try await ClinicFixture.with { clinic in
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<32 {
                    let slots = number.isMultiple(of: 2) ? ["s0", "s1"] : ["s1", "s0"]
                    group.addTask { await refusal { try await clinic.book(slots, patient: "Patient/n\(number)") } }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["none": 1, "conflict slot-taken": 31])
        }
    }

    @Test func refusalsNameFreeTimes() async throws {
        try await ClinicFixture.with(slots: 8) { clinic in
            try await clinic.book(["s2"])
            let error = try await #require(throws: ClinicError.self) {
                try await clinic.book(["s2"], patient: "Patient/b")
            }
            #expect(error.alternatives.map(\.slot.id) == ["s3", "s4", "s5", "s6", "s7"])
            #expect(error.alternatives.first?.start == ClinicFixture.time(3))
        }
    }

    @Test func patientsAreCreatedWhereTheyAreNew() async throws {
        try await ClinicFixture.with { clinic in
            try await clinic.put(#"{"resourceType":"Patient","id":"known"}"#)
            let patients = [
                #"{"resourceType":"Patient","id":"known"}"#, #"{"resourceType":"Patient","gender":"male"}"#,
            ]
            for (slot, patient) in zip(["s0", "s1"], patients) {
                try await clinic.book(
                    ClinicFixture.call(
                        ClinicFixture.parameters([
                            #"{"name":"slot","valueReference":{"reference":"Slot/\#(slot)"}}"#,
                            #"{"name":"patient-resource","resource":\#(patient)}"#,
                        ])))
            }
            #expect(try await clinic.count("patient") == 2)
        }
    }

    @Test(
        arguments: [
            ([], "invalidRequest invalid-parameter"),
            ([#"{"name":"slot","valueReference":{"reference":"Slot/none"}}"#], "businessRule unknown-slot"),
            ([#"{"name":"slot","valueReference":{"reference":"Patient/s0"}}"#], "invalidRequest invalid-parameter"),
            ([#"{"name":"slot","valueInteger":1}"#], "invalidRequest invalid-parameter"),
            ([#"{"name":"slots","valueString":"s0"}"#], "invalidRequest unknown-parameter"),
            (
                [#"{"name":"appointment-resource","resource":{"resourceType":"Patient"}}"#],
                "invalidRequest invalid-parameter"
            ),
            ([#"{"name":"appointment-reference","valueString":"none"}"#], "notFound unknown-appointment"),
            (
                [
                    #"{"name":"slot","valueString":"s0"}"#, #"{"name":"comment","valueString":"a"}"#,
                    #"{"name":"comment","valueString":"b"}"#,
                ], "invalidRequest invalid-parameter"
            ),
            (
                [
                    #"{"name":"appointment-resource","resource":{"resourceType":"Appointment","status":"proposed","#
                        + #""start":"2030-05-06T08:00:00Z","slot":[{"reference":"Slot/s0"}]}}"#
                ], "businessRule outside-slot"
            ),
        ] as [([String], String)])
    func badRequestsAreRefused(_ parameters: [String], _ expected: String) async throws {
        try await ClinicFixture.with(slots: 1) { clinic in
            let call = try ClinicFixture.call(ClinicFixture.parameters(parameters))
            #expect(await refusal { try await clinic.book(call) } == expected)
            #expect(try await clinic.count("appointment") == 0)
            #expect(try await clinic.status("Slot", "s0") == "free")
        }
    }

    @Test func declarationsAreSound() {
        for operation in ClinicWorkflows.operations {
            let declaration = operation.declaration
            let names = declaration.parameters.filter { $0.use == .input }.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(declaration.level == .system || FHIRDefinitions.r4.resourceType(named: declaration.typeName) != nil)
            for parameter in declaration.parameters {
                #expect(parameter.type.map { FHIRDefinitions.r4.type(named: $0) != nil } ?? true)
            }
        }
    }
}
