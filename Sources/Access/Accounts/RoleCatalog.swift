/// The roles of `urn:martlet:role`, and who may give them to others.
package enum RoleCatalog {
    package static let system = "urn:martlet:role"

    /// Roles of staff, with their names for people.
    package static let staff: [(code: String, display: String)] = [
        ("superadmin", "Administrator of the system"), ("facility-head", "Head of the facility"),
        ("medical-admin", "Medical administrator"), ("physician", "Physician"), ("nurse", "Nurse"),
        ("registration", "Registration"), ("laboratory", "Laboratory"), ("pharmacy", "Pharmacy"),
        ("cashier", "Cashier"), ("hr", "Human resources"), ("helpdesk", "Helpdesk"), ("quality", "Quality"),
        ("satisfaction", "Satisfaction"), ("maintenance", "Maintenance"),
    ]

    /// Roles of people who are no staff: by what their account is linked to, and by no PractitionerRole.
    package static let ofPatients: Set<String> = ["patient", "proxy"]

    private static let staffCodes = Set(staff.map(\.code))

    /// A role that a person may have, with underscores read as hyphens; nil for any other, `system` among them.
    package static func code(_ typed: String) -> String? {
        let code = typed.replacing("_", with: "-").lowercased()
        return staffCodes.contains(code) || ofPatients.contains(code) ? code : nil
    }

    package static func isStaff(_ role: String) -> Bool { staffCodes.contains(role) }

    package static func display(_ role: String) -> String {
        staff.first { $0.code == role }?.display ?? role.prefix(1).uppercased() + role.dropFirst()
    }

    /// The tree of who gives which roles to others. Nobody who is not in it gives any.
    ///
    ///     superadmin ─┬─ facility-head, hr, quality, … (all of staff)
    ///                 ├─ medical-admin ── physician, nurse, laboratory, pharmacy, registration, patient, proxy
    ///                 └─ registration ── patient, proxy
    private static let below: [String: Set<String>] = [
        "superadmin": staffCodes.union(ofPatients),
        "medical-admin": ofPatients.union(["physician", "nurse", "laboratory", "pharmacy", "registration"]),
        "registration": ofPatients,
    ]

    /// Whether somebody with these roles may give a role to another person.
    package static func mayGive(_ role: String, by roles: Set<String>) -> Bool {
        roles.contains { below[$0]?.contains(role) == true }
    }

    /// Roles that human resources may propose, which then wait for an administrator.
    package static func mayPropose(_ role: String, by roles: Set<String>) -> Bool {
        roles.contains("hr") && staffCodes.contains(role) && !["superadmin", "facility-head", "hr"].contains(role)
    }
}
