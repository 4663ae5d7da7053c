/// Who works in a clinic, and who is served by it: the roles that operations are granted to.
package enum ClinicRole: String, Sendable, Hashable, CaseIterable {
    case superadmin
    case facilityHead = "facility-head"
    case medicalAdmin = "medical-admin"
    case physician
    case registration
    case laboratory
    case pharmacy
    case cashier
    case humanResources = "hr"
    case helpdesk
    case quality
    case satisfaction
    case maintenance
    case nurse
    case patient
    case proxy
    /// A client that acts for no person.
    case system
}
