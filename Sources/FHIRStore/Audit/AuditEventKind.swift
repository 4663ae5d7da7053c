/// A code of a system.
struct AuditCoding: Sendable, Hashable {
    var system: String
    var code: String
    var display: String?

    init(_ system: String, _ code: String, _ display: String? = nil) {
        self.system = system
        self.code = code
        self.display = display
    }
}

/// What AuditEvents of a deed have in common.
struct AuditEventKind {
    var type: AuditCoding
    var subtypes: [AuditCoding] = []
    /// http://hl7.org/fhir/audit-event-action
    var action: String
    /// Name of the profile of BALP, `Read` or `Query`; nil where it has none.
    var profile: String?
    /// Whether data went to the client because of it, as far as BALP sees it: the client is then the destination.
    var isPulled = false
    /// Whether the address is told: of searches and of all that has no resource of its own.
    var keepsQuery = false

    private static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
    private static let interaction = "http://hl7.org/fhir/restful-interaction"
    /// Deeds that FHIR and DICOM have no code for.
    private static let own = "urn:martlet:deed"

    init(_ row: AuditRow) {
        if row.effect == .nothing, let deed = AuditDeed(rawValue: row.facts.deed) {
            self = Self(deed)
            return
        }
        let deed = row.deed
        type = AuditCoding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "Restful Operation")
        subtypes = [AuditCoding(Self.interaction, deed, deed)]
        switch deed {
        case "create": (action, profile) = ("C", "Create")
        case "update", "patch": (action, profile) = ("U", "Update")
        case "delete": (action, profile) = ("D", "Delete")
        case "read", "vread", "history-instance": (action, profile, isPulled) = ("R", "Read", true)
        case "search-type", "search-system", "history-type", "history-system":
            (action, profile, keepsQuery) = ("E", "Query", true)
        case "operation", "batch", "transaction": (action, keepsQuery) = ("E", true)
        default:
            (action, keepsQuery) = ("E", true)
            subtypes = [AuditCoding(Self.own, deed)]
        }
        if row.isRefused { keepsQuery = true }
        if deed == "operation", let name = row.detail?.split(separator: " ").first, name.first == "$" {
            subtypes.append(AuditCoding("urn:martlet:operation", String(name.dropFirst())))
        }
    }

    private init(_ deed: AuditDeed) {
        action = "E"
        subtypes = [AuditCoding(Self.own, deed.rawValue)]
        switch deed {
        case .signedIn, .signInRefused:
            type = AuditCoding(Self.dicom, "110114", "User Authentication")
            subtypes.insert(AuditCoding(Self.dicom, "110122", "Login"), at: 0)
        case .signedOut:
            type = AuditCoding(Self.dicom, "110114", "User Authentication")
            subtypes.insert(AuditCoding(Self.dicom, "110123", "Logout"), at: 0)
        case .tokenIssued, .tokenRefused:
            type = AuditCoding(Self.dicom, "110114", "User Authentication")
        case .lockedOut, .bulkReading:
            type = AuditCoding(Self.dicom, "110113", "Security Alert")
        case .brokenGlass:
            type = AuditCoding(Self.dicom, "110113", "Security Alert")
            subtypes.insert(AuditCoding(Self.dicom, "110127", "Emergency Override Started"), at: 0)
        case .message:
            type = AuditCoding(Self.dicom, "110107", "Import")
        case .webhook:
            type = AuditCoding(Self.dicom, "110107", "Import")
            keepsQuery = true
        case .messageSent:
            type = AuditCoding(Self.dicom, "110106", "Export")
            isPulled = true
        case .server, .command:
            type = AuditCoding(Self.dicom, "110100", "Application Activity")
        }
    }
}
