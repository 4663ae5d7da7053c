/// Which rule, beyond the definitions' tables, an object of a type is put to. One file per rule.
///
/// A rule joins the one pass of `StructureWalk`: it is called for an object after its members have been checked, and
/// reports through `report(_:at:_:)`. To add one: a case here, chosen by the type's name when the rule table is
/// compiled; a file beside this one with an extension of `StructureWalk`; a line in `StructureWalk.check(rule:_:)`.
/// Rules that need more than the tape (bindings, invariants, profiles) get their compiled form from `RuleTable`, by
/// element or type number, so that the pass still compares numbers and allocates nothing.
enum ObjectRule: UInt8 {
    case none, `extension`, reference

    init(typeName: String) {
        switch typeName {
        case "Extension": self = .extension
        case "Reference": self = .reference
        default: self = .none
        }
    }
}
