/// What one JSON text may cost: every bound that `Document` enforces while it parses.
package struct JSONLimits: Sendable {
    /// Greatest size of the text, in bytes. Values past 256 MiB count as that: the tape's lengths have 28 bits.
    package var maximumByteCount: Int
    /// Greatest nesting of objects and arrays together. Parsing recurses: about 200 bytes of stack per level.
    package var maximumDepth: Int
    /// Greatest length of one number's text, in bytes.
    package var maximumNumberByteCount: Int
    /// Greatest magnitude of a number's exponent; PostgreSQL expands exponents into digits.
    package var maximumExponent: Int
    /// Refuse empty strings, arrays and objects, and `null` outside arrays, as FHIR does (R4 json.html).
    package var refusesEmptyValues: Bool

    package init(
        maximumByteCount: Int = 100 << 20, maximumDepth: Int = 64, maximumNumberByteCount: Int = 256,
        maximumExponent: Int = 1000, refusesEmptyValues: Bool = false
    ) {
        self.maximumByteCount = maximumByteCount
        self.maximumDepth = maximumDepth
        self.maximumNumberByteCount = maximumNumberByteCount
        self.maximumExponent = maximumExponent
        self.refusesEmptyValues = refusesEmptyValues
    }

    /// JSON as FHIR R4 allows it (R4 json.html): nothing empty, `null` only to align arrays of primitives.
    package static var fhir: JSONLimits { JSONLimits(refusesEmptyValues: true) }
}
