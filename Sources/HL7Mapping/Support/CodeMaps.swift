/// What an administrator says of a sender's own codes, units and assigners, beside what the tables here know.
///
/// Everything is looked up by the local system that the mapping gives such a code: `urn:martlet:source:NAME:OBX-3`,
/// the system of a coding system name, `urn:martlet:source:NAME:OBX-6` for units, `urn:martlet:source:NAME:assigner`
/// for assigning authorities.
package protocol CodeMaps: Sendable {
    /// Codings that mean the same or include it; empty if nothing is known.
    func targets(system: String, code: String) -> [MappedCoding]

    /// Told of a code that no table knows, so that somebody can map it.
    func note(_ code: UnmappedCode)
}

/// A coding that a table adds.
package struct MappedCoding: Sendable, Hashable {
    package let system: String
    package let code: String
    package let display: String?

    package init(system: String, code: String, display: String?) {
        self.system = system
        self.code = code
        self.display = display
    }
}

/// A code of a sender's own that has no other meaning yet.
package struct UnmappedCode: Sendable, Hashable {
    /// `SourceProfile.id`.
    package let source: String
    /// Where it stood: `OBX-3`, `OBR-4`, `OBX-6`.
    package let field: String
    package let system: String
    package let code: String
    /// As last sent.
    package let display: String

    package init(source: String, field: String, system: String, code: String, display: String) {
        self.source = source
        self.field = field
        self.system = system
        self.code = code
        self.display = display
    }

    package static func == (left: UnmappedCode, right: UnmappedCode) -> Bool {
        left.source == right.source && left.field == right.field && left.system == right.system
            && left.code == right.code
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(field)
        hasher.combine(system)
        hasher.combine(code)
    }
}

extension SourceProfile {
    /// System of codes that stand in a field without a system of their own.
    package func localSystem(ofField field: String) -> String { localSystem("source", field) }

    /// The UCUM code that a table gives a unit.
    /// - Parameter name: the unit's coding system as sent; nil or empty for none.
    func mappedUnit(_ code: String, system name: String?) -> String? {
        guard let codeMaps else { return nil }
        var systems = [localSystem(ofField: "OBX-6")]
        if let name, !name.isEmpty { systems.append(codeSystems[name] ?? localSystem("code", name)) }
        for system in systems {
            if let target = codeMaps.targets(system: system, code: code).first(where: {
                $0.system == "http://unitsofmeasure.org"
            }) {
                return target.code
            }
        }
        return nil
    }

    /// The identifier system that a table gives an assigning authority.
    func mappedAssigner(_ name: String) -> String? {
        codeMaps?.targets(system: localSystem(ofField: "assigner"), code: name).first?.code
    }
}
