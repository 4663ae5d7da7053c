import Testing

@testable import FHIRStore

@Suite("Rank of definitions")
struct DefinitionRankTests {
    @Test(
        arguments: [
            (("draft", "9", 9), ("active", "1", 1)),
            (("active", nil, 9), ("active", "1", 1)),
            (("active", "1.9.0", 9), ("active", "1.10.0", 1)),
            (("active", "2.0.0-ballot", 9), ("active", "2.0.0", 1)),
            (("active", "1.0.0", 1), ("active", "1.0.0", 2)),
            (("retired", nil, 1), ("draft", nil, 2)),
        ] as [((String, String?, Int64), (String, String?, Int64))])
    func comesBefore(less: (String, String?, Int64), greater: (String, String?, Int64)) {
        let left = DefinitionRank(status: less.0, version: less.1, updated: less.2)
        let right = DefinitionRank(status: greater.0, version: greater.1, updated: greater.2)
        #expect(left < right)
        #expect(!(right < left))
    }
}
