import Clinic
import ClinicScheduling
import FHIRStore
import JSONTape
import Testing

/// `Idempotency-Key` on operations.
@Suite struct IdempotencyTests {
    @Test func theSameCallIsAnsweredFromMemory() async throws {
        try await ClinicFixture.with { clinic in
            let call = try ClinicFixture.call(Self.booking("s0"), key: "k")
            let first = try await clinic.runner.run(BookAppointment(), call)
            let second = try await clinic.runner.run(BookAppointment(), call)
            #expect(first.resource == second.resource)
            #expect(try await clinic.count("appointment") == 1)
        }
    }

    @Test func parallelCallsWithOneKeyHaveOneEffect() async throws {
        try await ClinicFixture.with { clinic in
            let call = try ClinicFixture.call(Self.booking("s0"), key: "k")
            let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<16 {
                    group.addTask { try await clinic.runner.run(BookAppointment(), call).resource }
                }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            #expect(try await clinic.count("appointment") == 1)
        }
    }

    @Test func aKeyBelongsToOneRequestOfOneCaller() async throws {
        try await ClinicFixture.with { clinic in
            _ = try await clinic.runner.run(BookAppointment(), ClinicFixture.call(Self.booking("s0"), key: "k"))
            let other = try ClinicFixture.call(Self.booking("s1"), key: "k")
            #expect(
                await refusal { _ = try await clinic.runner.run(BookAppointment(), other) }
                    == "businessRule idempotency-mismatch")
            let somebodyElse = try ClinicFixture.call(Self.booking("s1"), key: "k", caller: "else")
            _ = try await clinic.runner.run(BookAppointment(), somebodyElse)
        }
    }

    @Test func refusalsAreForgotten() async throws {
        try await ClinicFixture.with { clinic in
            let id = try #require(try await clinic.book(["s0"], patient: "Patient/b")["id"]?.string)
            let call = try ClinicFixture.call(Self.booking("s0"), key: "k")
            #expect(
                await refusal { _ = try await clinic.runner.run(BookAppointment(), call) } == "conflict slot-taken")
            try await clinic.cancel(id)
            _ = try await clinic.runner.run(BookAppointment(), call)
        }
    }

    @Test func afterADayTheKeyIsFree() async throws {
        try await ClinicFixture.with { clinic in
            let call = try ClinicFixture.call(Self.booking("s0"), key: "k")
            _ = try await clinic.runner.run(BookAppointment(), call)
            try await clinic.script("UPDATE clinic_idempotency SET created = now() - interval '25 hours'")
            let other = try ClinicFixture.call(Self.booking("s1"), key: "k")
            _ = try await clinic.runner.run(BookAppointment(), other)
            #expect(try await clinic.count("clinic_idempotency") == 1)
        }
    }

    @Test func theVersionIsRememberedToo() async throws {
        try await ClinicFixture.with { clinic in
            let id = try #require(try await clinic.book(["s0"])["id"]?.string)
            let call = try ClinicFixture.call(ClinicFixture.parameters([]), id: id, key: "k")
            let first = try await clinic.runner.run(CancelAppointment(), call)
            let second = try await clinic.runner.run(CancelAppointment(), call)
            #expect(second.stamp == first.stamp)
            #expect(second.stamp != nil)
        }
    }

    private static func booking(_ slot: String) -> String {
        ClinicFixture.parameters([
            #"{"name":"slot","valueReference":{"reference":"Slot/\#(slot)"}}"#,
            #"{"name":"patient-reference","valueReference":{"reference":"Patient/a"}}"#,
        ])
    }
}
