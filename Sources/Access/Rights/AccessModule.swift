/// A part of the clinic's work that roles have rights in: the sixteen of the table of rights, and three more for what
/// everybody needs to read, or nobody but those who run the house.
package enum AccessModule: String, Sendable, Hashable, CaseIterable {
    case patients, scheduling, encounters, laboratory, radiology, medicines, inventory, billing, referrals
    case humanResources = "hr"
    case helpdesk, quality, satisfaction, maintenance, users, reports
    /// Places and services: read by everybody.
    case directory
    /// Conformance and terminology resources: read by everybody.
    case definitions
    /// What runs the server.
    case system
}

/// What may be done in a module, by the letters of the table of rights.
package struct AccessPermissions: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let view = AccessPermissions(rawValue: 1)
    package static let create = AccessPermissions(rawValue: 2)
    package static let edit = AccessPermissions(rawValue: 4)
    package static let delete = AccessPermissions(rawValue: 8)
    package static let approve = AccessPermissions(rawValue: 16)
    package static let export = AccessPermissions(rawValue: 32)
    package static let admin = AccessPermissions(rawValue: 64)
    package static let all: AccessPermissions = [.view, .create, .edit, .delete, .approve, .export, .admin]

    private static let letters: [(Character, AccessPermissions)] = [
        ("v", .view), ("c", .create), ("e", .edit), ("d", .delete), ("a", .approve), ("x", .export), ("m", .admin),
    ]

    /// Reads letters in any order; nil for others.
    init?(letters: some StringProtocol) {
        self = []
        for letter in letters {
            guard let found = Self.letters.first(where: { $0.0 == letter }) else { return nil }
            insert(found.1)
        }
    }

    private static let words: [(String, AccessPermissions)] = [
        ("view", .view), ("create", .create), ("edit", .edit), ("delete", .delete), ("approve", .approve),
        ("export", .export), ("admin", .admin),
    ]

    /// The permissions in words: `view`, `create` and so on.
    package var codes: [String] { Self.words.filter { contains($0.1) }.map(\.0) }

    package var letters: String { String(Self.letters.filter { contains($0.1) }.map(\.0)) }
}

/// Rights of a role in a module: `vce(team)`.
package struct AccessGrant: Sendable, Hashable {
    /// Which of the module's resources are meant.
    package enum Reach: String, Sendable, Hashable, CaseIterable {
        case all
        /// Those that name the person as author, performer or subject; of patients, their own record.
        case own
        /// Own ones, and those of patients in whose care the person takes part.
        case team
        /// Those of a kind, see `reachedTypes`.
        case medicines = "meds"
        case qualityCase = "case"
        case withoutText = "no-text"
        case price, audit, staff, accounts
    }

    package var permissions: AccessPermissions
    package var reach: Reach

    /// Reads `vce`, `vce(team)`, `all`, and `.` for nothing; nil for anything else.
    package init?(_ text: String) {
        if text == "all" {
            self.init(.all, .all)
            return
        }
        if text == "." {
            self.init([], .all)
            return
        }
        var letters = text[...]
        var reach = Reach.all
        if let open = text.firstIndex(of: "("), text.last == ")" {
            let name = text[text.index(after: open)...].dropLast()
            guard let found = Reach(rawValue: String(name)) else { return nil }
            reach = found
            letters = text[..<open]
        }
        guard let permissions = AccessPermissions(letters: letters), !permissions.isEmpty else { return nil }
        self.init(permissions, reach)
    }

    init(_ permissions: AccessPermissions, _ reach: Reach) {
        self.permissions = permissions
        self.reach = reach
    }

    package var text: String {
        if permissions.isEmpty { return "." }
        let letters = permissions == .all ? "vcedaxm" : permissions.letters
        return reach == .all ? letters : "\(letters)(\(reach.rawValue))"
    }

    /// The types that a reach of one kind is about; nil for the others.
    var reachedTypes: Set<String>? {
        switch reach {
        case .all, .own, .team: nil
        case .medicines: ["AllergyIntolerance", "DetectedIssue", "Immunization"]
        case .qualityCase: ["AdverseEvent", "DetectedIssue", "Flag"]
        case .withoutText: ["CareTeam", "Encounter", "EpisodeOfCare"]
        case .price: ["MedicationDispense", "MedicationRequest", "ServiceRequest"]
        case .audit: ["AuditEvent", "Provenance"]
        case .staff: ["Person"]
        case .accounts: ["Person"]
        }
    }
}
