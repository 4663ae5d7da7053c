package import Clinic
package import FHIRStore

/// Scheduling: bookings and the time of people and places.
package enum SchedulingArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        BookAppointment(), HoldAppointment(), ConfirmAppointment(), RescheduleAppointment(), CancelAppointment(),
        CheckInAppointment(), NoShowAppointment(), CompleteAppointment(), ResetAppointment(), FindAppointments(),
        SetAvailability(), GenerateSlots(), BlockTime(), UnblockTime(),
        JoinWaitlist(), OfferToWaitlist(), AcceptOffer(), AppointmentCalendar(), AppointmentStatistics(),
        ScheduleReminders(),
    ]
    package static var migrations: [Migration] { SchedulingMigrations.all }
    package static let jobs: [any ClinicJob] = [HoldExpiryJob(), NoShowJob(), ReminderPlanningJob()]
    package static let settings: [ClinicSetting] = SchedulingRules.all
}
