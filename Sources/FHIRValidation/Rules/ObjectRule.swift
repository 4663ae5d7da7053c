/// Which rule, beyond the definitions' tables, an object of a type is put to.
///
/// A rule joins the one pass of `StructureWalk`: it is called for an object after its members have been checked, and
/// reports through `report(_:at:_:rule:)`. To add one: a case here, chosen by the type's name when the rule table is
/// compiled; a file with an extension of `StructureWalk`; a line in `StructureWalk.check(rule:_:_:)`.
enum ObjectRule: UInt8 {
    case none, `extension`, bundleEntry, coding, attachment

    init(typeName: String) {
        switch typeName {
        case "Extension": self = .extension
        case "Bundle.entry": self = .bundleEntry
        case "Coding": self = .coding
        case "Attachment": self = .attachment
        default: self = .none
        }
    }
}
