import CFHIRDefinitions

/// The texts that the definitions are read from.
struct Tables {
    var structures: UnsafeBufferPointer<UInt8>
    var invariants: UnsafeBufferPointer<UInt8>
    var valueSets: UnsafeBufferPointer<UInt8>
    var searchParameters: UnsafeBufferPointer<UInt8>
    var compartments: UnsafeBufferPointer<UInt8>
    var terminology: UnsafeBufferPointer<UInt8>

    /// Those in the program itself, which live as long as the process.
    static var embedded: Tables {
        func bytes(_ table: CFHIRTable) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(start: table.bytes, count: table.count)
        }
        return Tables(
            structures: bytes(cfhir_r4_structures()), invariants: bytes(cfhir_r4_invariants()),
            valueSets: bytes(cfhir_r4_value_sets()), searchParameters: bytes(cfhir_r4_search_parameters()),
            compartments: bytes(cfhir_r4_compartments()), terminology: bytes(cfhir_r4_terminology()))
    }

    /// The URL that a table writes without its usual beginning.
    static func url(_ text: UnsafeBufferPointer<UInt8>, _ resource: String) -> String {
        let string = text.tableString
        return text.contains(UInt8(ascii: ":")) ? string : "http://hl7.org/fhir/\(resource)/\(string)"
    }
}
