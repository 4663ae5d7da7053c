/// `value[x]` of an Observation or of one of its components.
struct ObservationValue: Sendable, Hashable {
    /// `valueQuantity` and so on.
    let key: String
    let value: FHIRValue
    /// What stands beside a primitive value.
    var companion: FHIRValue?

    func set(in object: inout FHIRObject) {
        object.set(key, value)
        object.set("_" + key, companion)
    }
}
