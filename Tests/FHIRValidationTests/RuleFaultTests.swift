import FHIRDefinitions
import FHIRPath
import FHIRValidation
import FHIRValidationTesting
import JSONTape
import Testing

/// Resources with one fault each, and others that only look as if they had one.
@Suite struct RuleFaultTests {
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    private static func errors(_ text: String, _ type: String) throws -> [ValidationIssue] {
        // Without FHIR's limits, so that what the parser would refuse reaches the validator.
        let node = JSONNode(try Document.parse(text))
        let type = try #require(FHIRDefinitions.r4.resourceType(named: type))
        return validator.issues(in: node, type: type).filter { $0.severity == .error }
    }

    @Test(arguments: RuleFault.all)
    func faultIsNamedAtItsPlace(_ fault: RuleFault) throws {
        let errors = try Self.errors(fault.text, fault.type)
        #expect(errors.map(\.expression) == [fault.expression])
        let error = try #require(errors.first)
        if let words = RuleFault.said[fault.rule] {
            #expect(error.message.contains(words))
        } else {
            #expect(error.rule == fault.rule)
        }
    }

    @Test(arguments: RuleFault.sound)
    func soundResourceIsAccepted(_ sound: RuleFault) throws {
        #expect(try Self.errors(sound.text, sound.type).map { "\($0.expression): \($0.message)" } == [])
    }

    @Test(arguments: SoundResource.types)
    func startingPointIsSound(_ type: String) throws {
        #expect(
            try Self.errors(SoundResource.text(type, nil, nil), type).map { "\($0.expression): \($0.message)" } == [])
    }

    @Test func tablesAreWide() {
        let faults = RuleFault.all
        #expect(faults.count >= 150)
        #expect(Set(faults.map(\.type)).count >= 30)
        #expect(RuleFault.sound.count >= 60)
        print("faults: \(faults.count) of \(Set(faults.map(\.type)).count) types, sound: \(RuleFault.sound.count)")
    }
}
