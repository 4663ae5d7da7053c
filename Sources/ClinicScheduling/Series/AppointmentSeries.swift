/// Appointments that were booked together share an identifier.
enum AppointmentSeries {
    static let system = "urn:martlet:appointment-series"
    /// The most appointments of one series.
    static let limit = 104
}
