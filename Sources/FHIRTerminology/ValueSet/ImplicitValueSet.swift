/// Value sets that a URL alone defines.
package enum ImplicitValueSet {
    /// Nil for a URL that stands for none.
    ///
    /// - SNOMED CT (R4 snomedct.html#implicit): `http://snomed.info/sct?fhir_vs`, `?fhir_vs=isa/138875005`; an edition
    ///   and version before the question mark are those of the code system.
    /// - LOINC (R4 loinc.html#implicit): `http://loinc.org/vs`, all of its codes.
    package static func definition(_ canonical: String) -> ValueSetDefinition? {
        let whole = Canonical(canonical)
        if whole.url == "http://loinc.org/vs" {
            return ValueSetDefinition(
                canonical: whole, includes: [.init(system: "http://loinc.org", version: whole.version)])
        }
        let parts = canonical.split(separator: "?", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("http://snomed.info/sct") else { return nil }
        let edition = String(parts[0])
        let version = edition == "http://snomed.info/sct" ? nil : edition
        var part = ValueSetDefinition.Part(system: "http://snomed.info/sct", version: version)
        if parts[1].hasPrefix("fhir_vs=isa/") {
            let code = String(parts[1].dropFirst("fhir_vs=isa/".count))
            part.filters = [ConceptFilter(property: "concept", op: .isA, value: code)]
        } else if parts[1] != "fhir_vs" {
            return nil
        }
        return ValueSetDefinition(canonical: Canonical(url: canonical, version: nil), includes: [part])
    }
}
