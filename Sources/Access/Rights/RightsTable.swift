package import JSONTape
import FHIRFormats

/// Which role may do what in which module, in one version. `standard` holds until somebody changes it.
package struct RightsTable: Sendable, Hashable {
    /// Counts the changes; 0 for the standard.
    package var version: Int
    package var grants: [String: [AccessModule: AccessGrant]]
    /// Whether every physician reads the record of every patient of the clinic, and not only of those in whose care
    /// they take part.
    package var physiciansReadAll = false
    /// Roles whose accounts need a second factor: without one there is neither session nor token.
    package var secondFactorFor: Set<String> = []
    /// The strictest label of confidentiality that a role is cleared for: `N`, `R` or `V`
    /// (http://terminology.hl7.org/CodeSystem/v3-Confidentiality).
    package var clearances: [String: String]

    private init(grants: [String: [AccessModule: AccessGrant]], clearances: [String: String]) {
        version = 0
        self.grants = grants
        self.clearances = clearances
    }

    package func grant(_ role: String, _ module: AccessModule) -> AccessGrant? { grants[role]?[module] }

    // MARK: - The standard

    private static let roles = [
        "superadmin", "facility-head", "medical-admin", "physician", "nurse", "registration", "laboratory", "pharmacy",
        "cashier", "hr", "helpdesk", "quality", "satisfaction", "maintenance", "patient",
    ]

    /// A column for each role, in the order of `roles`.
    private static let rows: [(AccessModule, String)] = [
        (.patients, "all vx vceax vce(team) vce vced v v v . . v . . v(own)"),
        (.scheduling, "all vax vceadx vce vce vced v v v v . v . . vce(own)"),
        (.encounters, "all v vax vce(team) vce v(no-text) . v(meds) . . . v(case) . . v(own)"),
        (.laboratory, "all v vax vc(team) vc . vceda . v(price) . . v . . v(own)"),
        (.radiology, "all v vax vc(team) v . v . v(price) . . v . . v(own)"),
        (.medicines, "all v va vce(team) v . . vceda v(price) . . v . . v(own)"),
        (.inventory, "all vax v . v . vce vcedax v . . v . vce ."),
        (.billing, "all vax v v(own) . vc . vc vcedax . . v . . v(own)"),
        (.referrals, "all va vceax vce(team) v vce . . . . . v . . v(own)"),
        (.humanResources, "all vax v v(own) v(own) v(own) v(own) v(own) v(own) vcedamx v(own) v(own) v(own) v(own) ."),
        (.helpdesk, "all vax vc vc vc vc vc vc vc vc vcedamx vc vc vc ."),
        (.quality, "all vax va vc vc vc vc vc vc vc vc vcedamx v vc ."),
        (.satisfaction, "all vx vx v(own) v vc v v v v v vx vcedmx v c(own)"),
        (.maintenance, "all vax vc vc vc vc vc vc vc vc vc v vc vcedamx ."),
        (.users, "all v(audit) v . . . . . . vce(staff) v(accounts) v(audit) . . v(own)"),
        (.reports, "all vx vx v v v v vx vx vx vx vx vx vx v(own)"),
        (.directory, "all vce vce v v v v v v vce v v v v v"),
        (.definitions, "all v vce v v v v v v v v v v v v"),
        (.system, "all . . . . . . . . . . . . . ."),
    ]

    package static let standard: RightsTable = {
        var grants: [String: [AccessModule: AccessGrant]] = [:]
        for (module, row) in rows {
            for (role, text) in zip(roles, row.split(separator: " ")) {
                grants[role, default: [:]][module] = AccessGrant(String(text))
            }
        }
        grants["proxy"] = grants["patient"]
        // Programs do what their scopes say.
        grants["system"] = Dictionary(uniqueKeysWithValues: AccessModule.allCases.map { ($0, AccessGrant(.all, .all)) })
        return RightsTable(
            grants: grants,
            clearances: [
                "superadmin": "V", "medical-admin": "V", "physician": "R", "nurse": "R", "patient": "V", "proxy": "R",
                "system": "V",
            ])
    }()

    // MARK: - JSON

    /// As it is kept and shown: `{"grants":{"nurse":{"patients":"vce", …}}, "clearances":{…}, "physiciansReadAll":…,
    /// "secondFactorFor":["physician"]}`.
    /// What superadmins may do never changes, and is left out.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("physiciansReadAll")
        writer.bool(physiciansReadAll)
        writer.key("secondFactorFor")
        writer.beginArray()
        for role in secondFactorFor.sorted() { writer.string(role) }
        writer.endArray()
        writer.key("clearances")
        writer.beginObject()
        for (role, label) in clearances.sorted(by: { $0.key < $1.key }) {
            writer.key(named: role)
            writer.string(label)
        }
        writer.endObject()
        writer.key("grants")
        writer.beginObject()
        for (role, modules) in grants.sorted(by: { $0.key < $1.key }) where role != "superadmin" {
            writer.key(named: role)
            writer.beginObject()
            for module in AccessModule.allCases {
                guard let grant = modules[module] else { continue }
                writer.key(named: module.rawValue)
                writer.string(grant.text)
            }
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Reads a table, or the changes of one: what is not named stays as in `base`. Nil for what is none.
    package init?(_ node: JSONNode, over base: RightsTable, version: Int) {
        self = base
        self.version = version
        if let value = node["physiciansReadAll"] {
            guard let flag = value.bool else { return nil }
            physiciansReadAll = flag
        }
        if let roles = node["secondFactorFor"] {
            let names = roles.items.compactMap(\.string)
            // Programs have no second factor, but keys.
            guard roles.isArray, names.count == roles.count,
                names.allSatisfy({ base.grants[$0] != nil && $0 != "system" })
            else { return nil }
            secondFactorFor = Set(names)
        }
        if let labels = node["clearances"] {
            guard labels.isObject else { return nil }
            for (role, label) in labels.members {
                guard base.grants[role] != nil, let label = label.string, ["N", "R", "V"].contains(label) else {
                    return nil
                }
                clearances[role] = label
            }
        }
        guard let roles = node["grants"] else { return }
        guard roles.isObject else { return nil }
        for (role, modules) in roles.members {
            // Nobody takes from superadmins what only they can give back.
            guard base.grants[role] != nil, role != "superadmin", modules.isObject else { return nil }
            for (name, text) in modules.members {
                guard let module = AccessModule(rawValue: name),
                    let grant = text.string.flatMap(AccessGrant.init)
                else {
                    return nil
                }
                grants[role]?[module] = grant
            }
        }
    }
}
