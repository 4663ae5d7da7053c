package import FHIRDefinitions
package import FHIRSearch

/// What `$everything` is asked for (R4 operation-patient-everything.html and its sisters).
package struct EverythingRequest: Sendable {
    /// Around whom.
    package enum Focus: Sendable {
        /// These patients, in one result; ids need not exist.
        case patients([String])
        /// Every patient there is.
        case allPatients
        /// One encounter, and the hash of its patient as the database has it.
        case encounter(id: String, patient: Int64?)
    }

    package var focus: Focus
    /// Only what was changed at this time or later; microseconds since 1970.
    package var since: Int64?
    /// Only care in this span; what has no date of care stays in.
    package var care: DateRange?
    /// Only resources of these types; nil for all.
    package var types: Set<TypeID>?
    /// Resources on a page, at least 1.
    package var count: Int
    /// Where the page begins; nil for the first.
    package var position: EverythingPosition?

    package init(
        focus: Focus, since: Int64? = nil, care: DateRange? = nil, types: Set<TypeID>? = nil, count: Int,
        position: EverythingPosition? = nil
    ) {
        self.focus = focus
        self.since = since
        self.care = care
        self.types = types
        self.count = count
        self.position = position
    }
}

/// The last resource before a page. Rows keep their number for as long as the resource lives, whatever versions come,
/// so pages neither skip nor repeat one that is left alone or updated while they are read.
package enum EverythingPosition: Hashable, Sendable {
    /// In the compartment, behind this row of a type; types come in the order of their names, the focus first.
    case compartment(typeName: String, rid: Int64)
    /// Among supporting resources, behind this one; before all of them if both are empty.
    case supporting(typeName: String, id: String)

    /// `["c", type, row]` or `["s", type, id]`
    var fields: [String] {
        switch self {
        case .compartment(let name, let rid): ["c", name, String(rid)]
        case .supporting(let name, let id): ["s", name, id]
        }
    }

    /// Reads `fields`; nil for anything else.
    init?(fields: [String]) {
        guard fields.count == 3 else { return nil }
        switch fields[0] {
        case "c":
            guard let rid = Int64(fields[2]) else { return nil }
            self = .compartment(typeName: fields[1], rid: rid)
        case "s": self = .supporting(typeName: fields[1], id: fields[2])
        default: return nil
        }
    }
}

/// One page of `$everything`.
package struct EverythingPage: Sendable {
    /// Resources of the compartment, the focus first.
    package var matches: [StoredVersion] = []
    /// Resources of no compartment that these refer to, directly or through each other. Each stands once in the whole
    /// result, behind all matches.
    package var included: [StoredVersion] = []
    /// Number of matches in the whole result, where the page holds all of them.
    package var total: Int?
    package var next: EverythingPosition?
}
