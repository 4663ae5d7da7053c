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
        var codings: [(system: String?, code: String)] = []
        for (code, display, system, version) in [(1, 2, 3, 7), (4, 5, 6, 8), (10, 11, 12, 14)] {
            guard let value = text(code)?.collapsed else { continue }
            var coding = FHIRObject()
            let uri = self.system(text(system), local: local, table: table)
            codings.append((uri, value))
            coding.set("system", uri.map { .string($0) })
            coding.set("version", .text(text(version)))
            coding.set("code", .string(value))
            coding.set("display", .text(text(display)))
            concept.append("coding", .object(coding))
        }
        if let maps = context.profile.codeMaps { add(maps, codings, local, text(2) ?? text(9) ?? "", to: &concept) }
        concept.set("text", .text(text(9) ?? text(2) ?? text(5)))
        return concept.isEmpty ? nil : .object(concept)
    }

    /// Adds what tables say of the codings, behind those that were sent (F-14), and notes what nobody knows.
    private func add(
        _ maps: any CodeMaps, _ codings: [(system: String?, code: String)], _ local: String, _ display: String,
        to concept: inout FHIRObject
    ) {
        var present = codings
        for coding in codings {
            guard let system = coding.system else { continue }
            for target in maps.targets(system: system, code: coding.code) {
                guard !present.contains(where: { $0.system == target.system && $0.code == target.code }) else {
                    continue
                }
                present.append((target.system, target.code))
                concept.append(
                    "coding",
                    .object([
                        "system": .string(target.system), "code": .string(target.code),
                        "display": .text(target.display), "userSelected": .bool(false),
                    ]))
            }
        }
        guard Self.reported.contains(local), let first = codings.first, let system = first.system,
            present.allSatisfy({ $0.system?.hasPrefix("urn:martlet:") ?? true })
        else { return }
        maps.note(
            UnmappedCode(source: context.profile.id, field: local, system: system, code: first.code, display: display))
    }

    /// Fields whose codes somebody should map: what was ordered, and what was found.
    private static let reported: Set<String> = ["OBX-3", "OBR-4"]

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
