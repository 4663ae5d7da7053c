internal import HL7Syntax

/// CE, CWE, CNE, CF, IS to CodeableConcept: every triplet is kept as it came, the text too. CWE[CodeableConcept].
struct CodeableConceptMap {
    let context: MappingContext

    /// - Parameters:
    ///   - local: names the field (`OBX-3`) in the system of codes that are the sender's own.
    ///   - table: the HL7 table to which codes without a system belong, such as `0074`.
    func map(_ repetition: Repetition, local: String, table: String? = nil) -> FHIRValue? {
        func text(_ number: Int) -> String? {
            let value = repetition[component: number].value?.cleaned
            return value?.isEmpty == true ? nil : value
        }
        var concept = FHIRObject()
        for (code, display, system, version) in [(1, 2, 3, 7), (4, 5, 6, 8), (10, 11, 12, 14)] {
            guard let value = text(code)?.collapsed else { continue }
            var coding = FHIRObject()
            coding.set("system", self.system(text(system), local: local, table: table).map { .string($0) })
            coding.set("version", .text(text(version)))
            coding.set("code", .string(value))
            coding.set("display", .text(text(display)))
            concept.append("coding", .object(coding))
        }
        concept.set("text", .text(text(9) ?? text(2) ?? text(5)))
        return concept.isEmpty ? nil : .object(concept)
    }

    /// CWE.3 to a URI; `nil` never, because a code without system would be compared with any other.
    private func system(_ name: String?, local: String, table: String?) -> String? {
        if let name, let known = context.profile.codeSystems[name] ?? CodingSystemTable.uri(name) { return known }
        if let name, name.uppercased() != "L", !name.hasPrefix("99"), !name.isEmpty {
            return context.profile.localSystem("code", name)
        }
        if let table, name == nil { return "http://terminology.hl7.org/CodeSystem/v2-" + table }
        return context.profile.localSystem("source", local)
    }
}
