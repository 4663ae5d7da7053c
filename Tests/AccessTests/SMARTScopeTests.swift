import Access
import Testing

@Suite struct SMARTScopeTests {
    private static let valid: [(String, String, String?, SMARTScope.Permissions)] = [
        ("patient/Observation.rs", "patient", "Observation", SMARTScope.Permissions([.read, .search])),
        ("user/*.cruds", "user", nil, .all),
        ("system/Patient.read", "system", "Patient", [.read, .search]),
        ("system/*.write", "system", nil, [.create, .update, .delete]),
        ("patient/*.*", "patient", nil, .all),
    ]

    @Test(arguments: valid)
    func reads(text: String, context: String, type: String?, permissions: SMARTScope.Permissions) throws {
        let scope = try #require(SMARTScope(text))
        #expect(scope.context.rawValue == context)
        #expect(scope.type == type)
        #expect(scope.permissions == permissions)
        #expect(scope.conditions.isEmpty)
    }

    @Test func conditionsAreDecoded() throws {
        let category = "http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fobservation-category%7Claboratory"
        let scope = try #require(SMARTScope("patient/Observation.rs?category=\(category)&status=final"))
        #expect(
            scope.conditions == [
                .init(
                    name: "category",
                    value: "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"),
                .init(name: "status", value: "final"),
            ])
    }

    @Test(arguments: [
        "launch/patient", "openid", "patient/Observation", "patient/Observation.", "patient/.rs", "all/Observation.rs",
        "patient/Observation.sr", "patient/Observation.rr", "patient/Observation.rsx", "patient/Obs-1.rs",
        "patient/Observation.rs?", "patient/Observation.rs?category", "patient/Observation.rs?=x",
        "patient/Observation.rs?category=%GG", "Patient/Observation.rs",
    ])
    func refuses(text: String) { #expect(SMARTScope(text) == nil) }
}
