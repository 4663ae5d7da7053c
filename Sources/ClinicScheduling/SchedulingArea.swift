package import Clinic
package import FHIRStore

/// Scheduling: bookings and the time of people and places.
package enum SchedulingArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [BookAppointment(), CancelAppointment()]
    package static var migrations: [Migration] { SchedulingMigrations.all }
    package static let jobs: [any ClinicJob] = []
}
