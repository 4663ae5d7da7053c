package import FHIRDefinitions

/// Which optional columns of a type's table are used.
package struct IndexPlan: Hashable, Sendable {
    /// Whether `subj` holds the patient: the type has one single-valued reference to a Patient.
    package var hasSubject: Bool
    /// Code of the parameter whose span is in `date_lo` and `date_hi`.
    package var dateParameter: String?
    /// Code of the parameter whose value is in `vq` and `vq_hi`.
    package var quantityParameter: String?

    /// The plan of a resource type by the standard's parameters.
    package static func plan(for type: TypeID, in definitions: FHIRDefinitions) -> IndexPlan {
        TypeIndexCompiler(definitions: definitions, type: type).compile().plan
    }

    /// Codes that name a type's main date, best first; a type without any of these has no date columns.
    static let datePreference = [
        "date", "birthdate", "period", "authoredon", "authored-on", "onset-date", "start", "effective-time",
        "effective", "whenhandedover", "whenprepared", "started", "occurrence", "collected", "created", "issued",
        "recorded", "sent", "received", "start-date", "identified", "timing-date", "asserted-date",
    ]
    /// Codes that name a type's main quantity.
    static let quantityPreference = ["value-quantity", "totalnet", "quantity"]
}
