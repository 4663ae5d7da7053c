import Testing

@testable import FHIRSearch

@Suite struct XXHash64Tests {
    /// From the reference implementation.
    @Test(
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B), ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
            ("xxhash", 20_141_025, 0xB559_B98D_844E_0635),
        ] as [(String, UInt64, UInt64)])
    func matchesTheReference(text: String, seed: UInt64, expected: UInt64) {
        #expect(XXHash64.hash(text, seed: seed) == expected)
    }

    @Test func keysAreStable() {
        // Stored keys: a change here needs a reindex of every database.
        let seed = KeySeed(url: "http://hl7.org/fhir/SearchParameter/clinical-code")
        #expect(KeySeed.target("Patient/23") == XXHash64.hash("Patient/23"))
        #expect(seed.parameterNumber == Int32(truncatingIfNeeded: seed.value & 0x7FFF_FFFF))
    }
}
