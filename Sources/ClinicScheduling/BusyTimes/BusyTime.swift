/// Which appointments take time away from whom.
package enum BusyTime {
    /// Statuses in which an appointment holds its time.
    package static let statuses = ["pending", "booked", "arrived", "checked-in", "fulfilled"]
    /// Name of the exclusion constraint; also, with a dash, the code of the 409 it leads to.
    package static let constraint = "slot_taken"
    /// Codes of `Location.physicalType` for places that hold one appointment at a time: room and bed. A house or a
    /// ward holds many, and so does a place whose kind is not known.
    package static let exclusivePlaces = ["ro", "bd"]
}
