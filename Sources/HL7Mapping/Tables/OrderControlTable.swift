/// ORC-1 (table 0119): what the sender wants done with an order, or says was done. §2.3.
enum OrderControl: Hashable, Sendable {
    /// NW, and RO or RQ, which take the place of the order in front of them.
    case new(replaces: Bool)
    /// XO asks, XX and XR tell.
    case change
    case cancel, discontinue, hold, release
    /// RP and RU: an order that another takes the place of.
    case replaced
    /// PA: what the orders behind it are part of.
    case parent
    /// CH: part of the order in front of it.
    case child
    /// SC: ORC-5, else OBR-25.
    case statusChanged
    /// The other side says so: FHIR status of the order.
    case told(String)
    /// UA, UC, UD, UH, UR, UX, UM: the other side refused a task of this kind.
    case refused(OrderTask)
    /// DE, ER.
    case failed
    /// SN: asks for a number.
    case sendNumber
    /// NA: tells the number.
    case numberAssigned
    /// PR: an earlier order, sent along for information.
    case previous
    /// No change: CN, LI, RE, RR, SS, SR, UN, CP and what nobody knows.
    case noted

    init(_ code: String) {
        self =
            switch code {
            case "NW", "": .new(replaces: false)
            case "RO", "RQ": .new(replaces: true)
            case "XO", "XR", "XX": .change
            case "CA": .cancel
            case "DC": .discontinue
            case "HD": .hold
            case "RL": .release
            case "RP", "RU": .replaced
            case "PA": .parent
            case "CH": .child
            case "SC": .statusChanged
            case "OK", "AF", "PY", "OE", "OR": .told("active")
            case "CR", "OC", "DR", "OD", "DF": .told("revoked")
            case "HR", "OH": .told("on-hold")
            case "FU": .told("completed")
            case "UA": .refused(.fulfill)
            case "UC", "UD": .refused(.abort)
            case "UH": .refused(.suspend)
            case "UR": .refused(.resume)
            case "UX": .refused(.change)
            case "UM": .refused(.replace)
            case "DE", "ER": .failed
            case "SN": .sendNumber
            case "NA": .numberAssigned
            case "PR": .previous
            default: .noted
            }
    }

    /// Whether the sender waits for what we make of it.
    var isRequest: Bool {
        switch self {
        case .new, .change, .cancel, .discontinue, .hold, .release, .replaced, .parent, .child, .sendNumber: true
        default: false
        }
    }

    /// Whether an order that is not known is made of it, where its details are there.
    var makesOrder: Bool {
        switch self {
        case .new, .change, .parent, .child, .sendNumber, .statusChanged, .told, .noted: true
        default: false
        }
    }

    /// Whether the details that come with it are taken over.
    var carriesDetails: Bool {
        switch self {
        case .new, .change, .parent, .child, .sendNumber: true
        default: false
        }
    }

    /// ORC-1 of the answer, if all went well and if not.
    var answers: (done: String, refused: String) {
        switch self {
        case .change: ("XR", "UX")
        case .cancel: ("CR", "UC")
        case .discontinue: ("DR", "UD")
        case .hold: ("HR", "UH")
        case .release: ("OR", "UR")
        case .replaced: ("RQ", "UM")
        case .sendNumber: ("NA", "UA")
        default: ("OK", "UA")
        }
    }
}

/// Kinds of work on an order: http://hl7.org/fhir/CodeSystem/task-code.
enum OrderTask: String, Sendable {
    case fulfill, abort, replace, change, suspend, resume
}
