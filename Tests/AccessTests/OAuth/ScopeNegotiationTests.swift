import Access
import Testing

@Suite struct ScopeNegotiationTests {
    @Test(arguments: [
        ("patient/*.rs", "patient/*.cruds", "patient/*.rs"),
        ("patient/*.read", "patient/*.rs", "patient/*.read"),
        ("patient/*.*", "patient/*.rs", "patient/*.read"),
        ("patient/*.cruds", "patient/*.rs patient/*.cud", "patient/*.cruds"),
        ("patient/Observation.rs", "patient/*.rs", "patient/Observation.rs"),
        ("patient/Observation.cruds", "patient/*.s", "patient/Observation.s"),
        ("patient/*.rs", "patient/Observation.r patient/Condition.s", "patient/Observation.r patient/Condition.s"),
        ("user/*.rs", "patient/*.rs", ""),
        ("system/*.rs", "user/*.cruds", ""),
        ("patient/Observation.rs", "patient/Observation.rs?category=a", "patient/Observation.rs?category=a"),
        (
            "patient/Observation.rs?status=final", "patient/Observation.rs?category=a",
            "patient/Observation.rs?category=a&status=final"
        ),
        ("patient/Observation.rs?category=a", "patient/Observation.rs", "patient/Observation.rs?category=a"),
        ("openid launch fhirUser", "openid fhirUser", "openid fhirUser"),
        ("nonsense", "nonsense openid", "nonsense"),
    ])
    func grantsWhatBothAllow(asked: String, allowed: String, granted: String) {
        let both = ScopeNegotiation.intersection(ScopeNegotiation.words(asked), ScopeNegotiation.words(allowed))
        #expect(both.joined(separator: " ") == granted)
    }
}
